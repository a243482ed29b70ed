const tails = new Map<string, Promise<unknown>>();

/**
 * Runs `action` when every earlier one for `path` in this process has ended. DuckDB's lock on a file only keeps
 * other processes out: two instances of one process could both open it, and would destroy it.
 */
export async function exclusive<T>(path: string, action: () => Promise<T>): Promise<T> {
  const before = tails.get(path);
  const current = (async () => {
    await before?.catch(() => undefined);
    return action();
  })();
  tails.set(path, current);
  try {
    return await current;
  } finally {
    if (tails.get(path) === current) tails.delete(path);
  }
}
