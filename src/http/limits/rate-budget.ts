import { mkdir, open, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { RateLimitConfig } from "../../model/rest-config.js";
import { WarehouseError } from "../../shared/errors.js";
import type { RateWindow } from "./rate-window.js";

/** A budget is counted in slices of its time: what was used in a slice comes free when the slice's end is past. */
const SLICES = 60;
/** Taken from the file at once, so that a budget of thousands costs no file per request; what is left over counts as used. */
const BLOCKS = 1_000;
/** A lock this old was left by a process that was killed. */
const STALE_LOCK_MS = 10_000;
const LOCK_POLL_MS = 20;

/**
 * Counts limits over an hour or more in the file at `path`, across runs and processes. Requests are counted in it
 * before they go out, so a crash forgets none of them.
 */
export function createBudgetFile(path: string): (origin: string, limit: RateLimitConfig) => RateWindow {
  return (origin, limit) => {
    const key = `${origin} ${String(limit.requests)}/${String(limit.perMs)}`;
    const blockSize = Math.max(1, Math.min(50, Math.floor(limit.requests / BLOCKS)));
    let left = 0;
    let claimedMs = 0;
    return {
      async take(nowMs) {
        const sliceMs = limit.perMs / SLICES;
        // What was claimed counts in the slice of its claim; later it would free up too early.
        if (left === 0 || nowMs - claimedMs >= sliceMs) {
          const claim = await withLock(path, () => claimBlock(path, { key, limit, blockSize, nowMs }));
          left = claim.granted;
          claimedMs = nowMs;
          if (left === 0) return claim.waitMs;
        }
        left -= 1;
        return 0;
      },
      sent: () => undefined,
    };
  };
}

/** Requests by the number of their slice, by limit. */
type Counts = Record<string, Record<string, number>>;

interface ClaimRequest {
  readonly key: string;
  readonly limit: RateLimitConfig;
  readonly blockSize: number;
  readonly nowMs: number;
}

async function claimBlock(
  path: string,
  { key, limit, blockSize, nowMs }: ClaimRequest,
): Promise<{ granted: number; waitMs: number }> {
  const counts = await readCounts(path);
  const sliceMs = limit.perMs / SLICES;
  const current = Math.floor(nowMs / sliceMs);
  // A slice from the future was counted before the clock was set back: it counts as used now.
  const slices = Object.entries(counts[key] ?? {}).map(
    ([slice, used]) => [Math.min(Number(slice), current), used] as const,
  );
  const kept = slices.filter(([slice]) => freeAtMs(slice, limit) > nowMs);
  const used = kept.reduce((sum, [, count]) => sum + count, 0);
  const granted = Math.min(blockSize, Math.max(0, limit.requests - used));
  if (granted === 0) {
    const oldest = Math.min(...kept.map(([slice]) => slice));
    return { granted, waitMs: freeAtMs(oldest, limit) - nowMs };
  }
  const merged: Record<string, number> = {};
  for (const [slice, count] of [...kept, [current, granted] as const])
    merged[String(slice)] = (merged[String(slice)] ?? 0) + count;
  await writeCounts(path, { ...counts, [key]: merged });
  return { granted, waitMs: 0 };
}

/** One slice longer than `perMs`: its last request may have gone out a slice after the claim. */
function freeAtMs(slice: number, limit: RateLimitConfig): number {
  return (slice + 2) * (limit.perMs / SLICES) + limit.perMs;
}

async function readCounts(path: string): Promise<Counts> {
  try {
    const parsed: unknown = JSON.parse(await readFile(path, "utf8"));
    return typeof parsed === "object" && parsed !== null && "limits" in parsed
      ? (parsed.limits as Counts)
      : {};
  } catch (error) {
    // The file is only ever replaced as a whole: one that is no JSON is not ours.
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === "ENOENT") return {};
    throw error;
  }
}

async function writeCounts(path: string, limits: Counts): Promise<void> {
  const draft = `${path}.${String(process.pid)}.tmp`;
  await writeFile(draft, `${JSON.stringify({ version: 1, limits })}\n`, { mode: 0o600 });
  await rename(draft, path);
}

async function withLock<Result>(path: string, work: () => Promise<Result>): Promise<Result> {
  const lock = `${path}.lock`;
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await takeLock(lock);
    try {
      return await work();
    } finally {
      await rm(lock, { force: true });
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new WarehouseError(`The requests of a rate limit cannot be counted: ${reason}`, "disk", {
      hint: "Make the folder writable, or leave out limits over an hour or more.",
      cause: error,
    });
  }
}

async function takeLock(lock: string): Promise<void> {
  for (;;) {
    try {
      const handle = await open(lock, "wx", 0o600);
      await handle.close();
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    const age = Date.now() - ((await stat(lock).catch(() => undefined))?.mtimeMs ?? Date.now());
    if (age > STALE_LOCK_MS) await rm(lock, { force: true });
    else await delay(LOCK_POLL_MS);
  }
}
