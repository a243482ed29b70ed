import type { FamilyTable } from "./table-family.js";

/**
 * The way from a record down to a row of a list, as SQL: for each list a letter, which of its parent's it is, and the
 * index. Rows that were kept in a table at `keptDepth` have the way there as `way`.
 */
export function spellWay(lists: readonly FamilyTable[], keptDepth: number): string[] {
  const below = lists.filter(({ depth }) => depth > keptDepth);
  const steps = below.flatMap(({ ordinal, depth }) => [`'${letters(ordinal)}'`, `i${String(depth)}`]);
  return keptDepth === 0 ? steps : ["way", ...steps];
}

/** `a`, `b`, …, `z`, `aa`, … */
function letters(ordinal: number): string {
  const rest = Math.floor(ordinal / ALPHABET.length);
  return (rest === 0 ? "" : letters(rest - 1)) + ALPHABET.charAt(ordinal % ALPHABET.length);
}

const ALPHABET = "abcdefghijklmnopqrstuvwxyz";
