/** Hands out the staged keys of one object: unique regardless of case, none empty, the API's own where that works. */
export interface StagedKeys {
  /** `key` itself if `read_ndjson` can name it beside the object's other keys. */
  own(key: string): string | undefined;
  /** A key that no member of the data has. */
  fresh(base: string): string;
}

/** `apiKeys` are all keys of the object as the API spells them; of those that differ in case only, the first is kept. */
export function createStagedKeys(apiKeys: Iterable<string>): StagedKeys {
  const owners = new Map<string, string>();
  const taken = new Set<string>();
  for (const key of apiKeys) {
    const folded = key.toLowerCase();
    if (!owners.has(folded)) owners.set(folded, key);
  }
  return {
    own(key) {
      return isReadable(key) && owners.get(key.toLowerCase()) === key ? key : undefined;
    },
    fresh(base) {
      const readable = isReadable(base) ? base : "_key";
      for (let count = 2; ; count += 1) {
        const key = `${readable}_${String(count)}`;
        const folded = key.toLowerCase();
        if (owners.has(folded) || taken.has(folded)) continue;
        taken.add(folded);
        return key;
      }
    },
  };
}

/** DuckDB takes any name but an empty one; control characters are not worth the risk. */
function isReadable(key: string): boolean {
  return /^[^\p{Cc}]+$/u.test(key);
}
