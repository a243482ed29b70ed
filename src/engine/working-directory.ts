import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { isProcessAlive, ownProcess } from "../shared/process-identity.js";

/** Where one run of one pipeline keeps its spool and temporary files; removed at the end on every path out. */
export interface WorkingDirectory extends AsyncDisposable {
  readonly path: string;
  /** A subdirectory, created with mode 0700 (rule S3). */
  create(name: string): Promise<string>;
}

/**
 * Makes `.dlt/pipelines/<pipeline>/run-<pid>@<start>-<loadId>` and removes what killed runs have left beside it. Runs of
 * living processes are not touched.
 */
export async function openWorkingDirectory(
  root: string,
  pipeline: string,
  loadId: string,
): Promise<WorkingDirectory> {
  const base = join(root, ".dlt", "pipelines", pipeline);
  await mkdir(base, { recursive: true, mode: 0o700 });
  await removeLeftovers(base);
  const { pid, start } = ownProcess();
  const path = join(base, `run-${String(pid)}${start === undefined ? "" : `@${start}`}-${loadId}`);
  await mkdir(path, { recursive: true, mode: 0o700 });
  return {
    path,
    async create(name) {
      const directory = join(path, name);
      await mkdir(directory, { recursive: true, mode: 0o700 });
      return directory;
    },
    async [Symbol.asyncDispose]() {
      await rm(path, { recursive: true, force: true });
    },
  };
}

async function removeLeftovers(base: string): Promise<void> {
  for (const name of await readdir(base)) {
    const [, pid, start] = /^run-(\d+)(?:@(\d+))?-/.exec(name) ?? [];
    if (pid !== undefined && !isProcessAlive({ pid: Number(pid), start }))
      await rm(join(base, name), { recursive: true, force: true });
  }
}
