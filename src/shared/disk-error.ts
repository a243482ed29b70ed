import { statfs } from "node:fs/promises";
import { dirname } from "node:path";
import { isDangoError, WarehouseError } from "./errors.js";

/** What a failed write to `path` is: a WarehouseError of type `disk` that names the path and the bytes free (rule R9). */
export async function explainDiskError(error: unknown, path: string): Promise<unknown> {
  if (isDangoError(error) || !(error instanceof Error)) return error;
  const { code } = error as NodeJS.ErrnoException;
  const free = await readFreeBytes(dirname(path));
  const isFull = code === "ENOSPC" || code === "EDQUOT";
  const what = isFull ? `The disk is full: ${path} cannot grow` : `Cannot write ${path}: ${error.message}`;
  const left = free === undefined ? "" : ` (${free.toLocaleString("en")} bytes free)`;
  return new WarehouseError(`${what}${left}`, "disk", {
    hint: isFull ? "free some space, then sync again" : "check that the project's folder can be written",
    cause: error,
    context: { path, ...(free === undefined ? {} : { bytes_free: free }) },
  });
}

async function readFreeBytes(directory: string): Promise<number | undefined> {
  try {
    const { bavail, bsize } = await statfs(directory);
    return bavail * bsize;
  } catch {
    return undefined;
  }
}
