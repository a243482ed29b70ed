import { normalizeIdentifier } from "./normalize-identifier.js";

/**
 * The name of a column or table in dlt's `snake_case`: `__` separates parts, blank parts fall away, each part is
 * normalised on its own. Idempotent. `""` when nothing is left (`__`), see {@link keyName}.
 */
export function normalizePath(path: string): string {
  return path
    .split("__")
    .map(normalizeIdentifier)
    .filter((part) => part !== "")
    .join("__");
}

/** The name that a record's key gets by itself: {@link normalizePath}, `_empty` when nothing is left of it. */
export function keyName(key: string): string {
  const name = normalizePath(key);
  return name === "" ? "_empty" : name;
}
