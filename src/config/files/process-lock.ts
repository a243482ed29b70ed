import { mkdir, open, readFile, rm, stat, type FileHandle } from "node:fs/promises";
import { dirname } from "node:path";
import { LockedError } from "../../shared/errors.js";
import { isProcessAlive, ownProcess, type ProcessIdentity } from "../../shared/process-identity.js";
import type { Clock } from "../../shared/async.js";

/** How a lock is waited for. */
export interface LockWait {
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

const POLL_MS = 100;
const LONGEST_WAIT_MS = 300_000;
/** Writing a mark and taking over take milliseconds: what is older was left by a killed process. */
const STALE_MS = 10_000;
/** What waits in this process; each waits for the one before it. */
const queues = new Map<string, Promise<void>>();

/**
 * Holds `path` for this process until disposed of; waits for another holder that lives, and takes over from one that
 * does not. Rejects with LockedError (exit 4) after five minutes.
 */
export async function acquireLock(path: string, wait: LockWait): Promise<AsyncDisposable> {
  const before = queues.get(path);
  let leave: () => void = () => undefined;
  const mine = new Promise<void>((resolve) => {
    leave = resolve;
  });
  queues.set(path, mine);
  try {
    await before;
    await createOrTakeOver(path, wait);
  } catch (error) {
    leave();
    throw error;
  }
  return {
    async [Symbol.asyncDispose]() {
      try {
        await rm(path, { force: true });
      } finally {
        if (queues.get(path) === mine) queues.delete(path);
        leave();
      }
    },
  };
}

async function createOrTakeOver(path: string, { clock, signal }: LockWait): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const untilMs = clock.now() + LONGEST_WAIT_MS;
  while (!(await create(path, ownMark()))) {
    const owner = await readMark(path);
    if (owner !== undefined && !isAlive(owner)) {
      await takeAway(path, owner);
      continue;
    }
    if (clock.now() >= untilMs) {
      throw new LockedError(`The refresh token is in use by process ${owner?.text.split(" ")[0] ?? "?"}`, {
        hint: `Wait for that process to end, or end it; its lock is ${path}.`,
      });
    }
    await clock.sleep(POLL_MS, signal);
  }
}

/** False if it is there already. A file that cannot be written to the end, on a full disk, does not stay. */
async function create(path: string, mark: string): Promise<boolean> {
  let handle: FileHandle;
  try {
    handle = await open(path, "wx", 0o600);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
  try {
    await handle.writeFile(mark);
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  } finally {
    await handle.close();
  }
  return true;
}

/** What a lock says of its owner: number and start of the process. */
interface Mark {
  readonly text: string;
  readonly ageMs: number;
}

/** Undefined if the lock is gone. */
async function readMark(path: string): Promise<Mark | undefined> {
  try {
    const [text, { mtimeMs }] = await Promise.all([readFile(path, "utf8"), stat(path)]);
    return { text, ageMs: Date.now() - mtimeMs };
  } catch {
    return undefined;
  }
}

/** Only the holder of the guard removes a lock that is not its own, so no living one is removed by mistake. */
async function takeAway(path: string, mark: Mark): Promise<void> {
  const guard = `${path}.guard`;
  if (!(await create(guard, ownMark()))) {
    const other = await readMark(guard);
    if (other !== undefined && other.ageMs > STALE_MS) await rm(guard, { force: true });
    return;
  }
  try {
    if ((await readMark(path))?.text === mark.text) await rm(path, { force: true });
  } finally {
    await rm(guard, { force: true });
  }
}

function ownMark(): string {
  const { pid, start } = ownProcess();
  return `${String(pid)} ${start ?? UNKNOWN}`;
}

function isAlive({ text, ageMs }: Mark): boolean {
  // Empty for the moment between its creation and its writing.
  if (!/^\d+ \S+$/.test(text)) return ageMs < STALE_MS;
  const owner = parseMark(text);
  // This process waits for itself in its queue, so the lock is of an earlier one with the same number.
  return owner.pid !== process.pid && isProcessAlive(owner);
}

function parseMark(text: string): ProcessIdentity {
  const [pid, start] = text.split(" ");
  return { pid: Number(pid), start: start === UNKNOWN ? undefined : start };
}

const UNKNOWN = "-";
