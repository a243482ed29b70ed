import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openWorkingDirectory } from "../../../src/engine/working-directory.js";
import { ownProcess } from "../../../src/shared/process-identity.js";

const { pid, start } = ownProcess();
const ended = "run-999999999-1.000000";

test("removes what killed runs left, and leaves those alone that go on", async () => {
  const root = await mkdtemp(join(tmpdir(), "dango-runs-"));
  const base = join(root, ".dlt/pipelines/shop");
  const running = `run-${String(pid)}${start === undefined ? "" : `@${start}`}-1.000000`;
  for (const name of [ended, running, "traces"]) await mkdir(join(base, name), { recursive: true });
  // The number of a killed run that another process has by now.
  if (start !== undefined) await mkdir(join(base, `run-${String(process.ppid)}@1-1.000000`));
  {
    await using directory = await openWorkingDirectory(root, "shop", "2.000000");
    expect((await readdir(base)).map((name) => join(base, name)).sort()).toEqual(
      [join(base, running), join(base, "traces"), directory.path].sort(),
    );
  }
  expect((await readdir(base)).sort()).toEqual([running, "traces"].sort());
  await rm(root, { recursive: true });
});
