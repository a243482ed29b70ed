import { mkdir, open, realpath, rename, rm, type FileHandle } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

/** A file that can be replaced as a whole at any moment. */
export interface FileReplacement extends AsyncDisposable {
  /** Resolves when the new content is on disk under the file's name, with mode 0600; a crash leaves the old or the new. */
  commit(text: string): Promise<void>;
}

/**
 * Opens a temporary file beside `path`, which proves that it can be replaced; creates its folder with mode 0700. Follows
 * a symbolic link. For one process at a time. Rejects with Node's own error.
 */
export async function prepareReplacement(path: string): Promise<FileReplacement> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const target = await realpath(path).catch(() => path);
  const temporary = join(dirname(target), `.${basename(target)}.tmp`);
  // One that a killed process has left.
  await rm(temporary, { force: true });
  const handle = await open(temporary, "wx", 0o600);
  let isOpen = true;
  const close = async (): Promise<void> => {
    if (isOpen) await handle.close();
    isOpen = false;
  };
  return {
    async commit(text) {
      await handle.writeFile(text, "utf8");
      await handle.sync();
      await close();
      await rename(temporary, target);
      await syncDirectory(dirname(target));
    },
    async [Symbol.asyncDispose]() {
      await close();
      await rm(temporary, { force: true });
    },
  };
}

/** Some systems cannot open a folder; the rename itself is done by then. */
async function syncDirectory(path: string): Promise<void> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(path, "r");
    await handle.sync();
  } catch {
    return;
  } finally {
    await handle?.close();
  }
}
