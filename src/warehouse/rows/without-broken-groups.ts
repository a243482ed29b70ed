import { DataError, GuardError } from "../../shared/errors.js";
import type { SourceLoad } from "../../model/warehouse.js";
import { isReplacing, rootTableOf } from "./guard-replace.js";
import type { LoadWork } from "./load-work.js";

/**
 * Leaves out what is refused, and with it what replaces the same table (M9) and the rest of its family (I4): these are
 * added to `refused`, with an error of the same exit code.
 */
export function withoutBrokenGroups(
  works: readonly LoadWork[],
  load: SourceLoad,
  refused: Map<string, Error>,
): readonly LoadWork[] {
  let left = works.filter(({ name }) => !refused.has(name));
  for (let before = -1; before !== left.length;) {
    before = left.length;
    for (const work of left) {
      const problem = findBrokenTable(work, load, refused) ?? findBrokenFamily(work, load, refused);
      if (problem !== undefined) refused.set(work.name, problem);
    }
    left = left.filter(({ name }) => !refused.has(name));
  }
  return left;
}

type Refused = ReadonlyMap<string, Error>;

function findBrokenTable(work: LoadWork, load: SourceLoad, refused: Refused): Error | undefined {
  if (!isReplacing(work)) return undefined;
  const table = rootTableOf(work);
  const culprit = load.resources.find(
    (other) =>
      refused.has(other.options.name) &&
      isReplacing({ load: other }) &&
      rootTableOf({ load: other }) === table,
  )?.options.name;
  if (culprit === undefined) return undefined;
  const message = `${work.name}: ${culprit}, which fills the table ${table} with it, failed; none of them was replaced`;
  return failLike(refused.get(culprit), message, culprit);
}

function findBrokenFamily(
  { name, load: { family } }: LoadWork,
  load: SourceLoad,
  refused: Refused,
): Error | undefined {
  if (family === undefined) return undefined;
  const culprit = load.resources.find((other) => refused.has(other.options.name) && other.family === family)
    ?.options.name;
  if (culprit === undefined) return undefined;
  const message = `${name}: ${culprit} failed, and a parent and its children are loaded together or not at all`;
  return failLike(refused.get(culprit), message, culprit);
}

function failLike(error: Error | undefined, message: string, culprit: string): Error {
  const hint = `see the error of ${culprit}`;
  return error instanceof GuardError ? new GuardError(message, { hint }) : new DataError(message, { hint });
}
