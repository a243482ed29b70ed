/**
 * The candidate that a mistyped name most likely means, or undefined if none is near enough to suggest.
 * Case and the difference between `-` and `_` count for nothing; the first of equally near candidates wins.
 */
export function nearestName(name: string, candidates: Iterable<string>): string | undefined {
  const wanted = fold(name);
  const limit = Math.max(1, Math.floor(wanted.length / 3));
  let best: string | undefined;
  let bestDistance = limit + 1;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - wanted.length) > limit) continue;
    const distance = editDistance(wanted, fold(candidate));
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** The hint at an unknown name: the candidate that it most likely means, then `rest`, which says what there is. */
export function suggestName(name: string, candidates: Iterable<string>, rest: string): string {
  const near = nearestName(name, candidates);
  return near === undefined ? rest : `Did you mean "${near}"? ${rest}`;
}

function fold(name: string): string {
  return name.toLowerCase().replaceAll("-", "_");
}

/** Insertions, deletions, substitutions and swaps of neighbours, each counted as one. */
function editDistance(from: string, to: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const cost = from[row - 1] === to[column - 1] ? 0 : 1;
      let distance = Math.min(
        (current[column - 1] ?? 0) + 1,
        (last[column] ?? 0) + 1,
        (last[column - 1] ?? 0) + cost,
      );
      const isSwap = from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      if (row > 1 && column > 1 && isSwap) distance = Math.min(distance, (beforeLast[column - 2] ?? 0) + 1);
      current.push(distance);
    }
    beforeLast = last;
    last = current;
  }
  return last[to.length] ?? 0;
}
