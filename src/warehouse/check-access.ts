import { existsSync, statSync } from "node:fs";
import { access, constants, statfs } from "node:fs/promises";
import { dirname } from "node:path";
import type { WarehouseTarget } from "../model/warehouse.js";
import type { Clock } from "../shared/async.js";
import { WarehouseError } from "../shared/errors.js";
import { withAttached } from "./attach.js";
import { openDuckDb } from "./duckdb.js";
import { engineSettings } from "./engine-settings.js";

const LEAST_FREE_BYTES = 64 * 2 ** 20;

/**
 * Whether a sync could commit now: the file can be held for writing (or its folder takes a new one), and the disk has
 * room. Changes nothing. Throws WarehouseError or LockedError.
 */
export async function checkAccess(
  target: WarehouseTarget,
  clock: Clock,
  signal: AbortSignal,
): Promise<{ readonly freeBytes: number }> {
  const { path, lockWaitMs, onLockWait } = target;
  const folder = nearestFolder(path);
  if (!statSync(folder).isDirectory()) {
    throw new WarehouseError(`${folder} is no folder, so the warehouse ${path} cannot be made`, "disk", {
      hint: "move it away, or set `warehouse` in .dango/sources.yml to another path",
      context: { path },
    });
  }
  await assertWritable(folder, path);
  if (existsSync(path)) {
    await assertWritable(path, path);
    await using db = await openDuckDb({ config: engineSettings(target.tempDirectory), signal });
    const options = { path, lockWaitMs, onLockWait, clock, signal, mode: "write" } as const;
    await withAttached(db, options, () => Promise.resolve({ value: undefined, isCommitted: true }));
  }
  const { bavail, bsize } = await statfs(folder);
  const freeBytes = bavail * bsize;
  if (freeBytes >= LEAST_FREE_BYTES) return { freeBytes };
  throw new WarehouseError(`The disk of ${folder} has ${String(freeBytes)} bytes free`, "disk", {
    hint: "make room, or set `warehouse` in .dango/sources.yml to a path on another disk",
    context: { path, free_bytes: freeBytes },
  });
}

/** The folder of the file or, where that is not there yet, the one that it will be made in. */
function nearestFolder(path: string): string {
  let folder = dirname(path);
  while (!existsSync(folder) && dirname(folder) !== folder) folder = dirname(folder);
  return folder;
}

async function assertWritable(place: string, path: string): Promise<void> {
  try {
    await access(place, constants.W_OK);
  } catch (cause) {
    const what = place === path ? `The warehouse ${path} cannot be written` : `${place} takes no new files`;
    throw new WarehouseError(`${what}: no permission`, "disk", {
      hint: "change its permissions, or set `warehouse` in .dango/sources.yml to another path",
      context: { path },
      cause,
    });
  }
}
