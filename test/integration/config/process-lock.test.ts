import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeEach, expect, test } from "vitest";
import { acquireLock } from "../../../src/config/files/process-lock.js";
import { systemClock } from "../../../src/shared/async.js";
import { ownProcess } from "../../../src/shared/process-identity.js";

let path = "";
beforeEach(async () => {
  const root = await mkdtemp(join(tmpdir(), "dango-lock-"));
  path = join(root, "tokens.lock");
  return () => rm(root, { recursive: true, force: true });
});
const wait = { clock: systemClock, signal: new AbortController().signal };

test("a lock that cannot be let go of fails its holder, and does not keep the next one waiting", async () => {
  const first = await acquireLock(path, wait);
  const next = acquireLock(path, wait);
  await rm(path);
  await mkdir(path);
  await expect(first[Symbol.asyncDispose]()).rejects.toMatchObject({ code: "ERR_FS_EISDIR" });
  await rm(path, { recursive: true });
  await (await next)[Symbol.asyncDispose]();
  expect(existsSync(path)).toBe(false);
});

test("a lock that cannot be written, for want of space, does not stay", () => {
  const script = fileURLToPath(new URL("hold-lock.ts", import.meta.url));
  // A file may have no byte: the write fails as it does on a full disk.
  const limited = 'trap "" XFSZ; ulimit -f 0; exec "$@"';
  const child = ["-c", limited, "sh", process.execPath, "--import", "jiti/register", script, path];
  const { stdout } = spawnSync("bash", child, {
    encoding: "utf8",
    env: { ...process.env, JITI_FS_CACHE: "0" },
  });
  expect(stdout).toBe("EFBIG");
  expect(existsSync(path)).toBe(false);
});

test.runIf(ownProcess().start !== undefined)(
  "a lock whose number another process has by now is taken over (R5)",
  async () => {
    await writeFile(path, `${String(process.ppid)} 1`);
    await using _ = await acquireLock(path, wait);
    expect(await readFile(path, "utf8")).toBe(`${String(process.pid)} ${ownProcess().start ?? "-"}`);
  },
);
