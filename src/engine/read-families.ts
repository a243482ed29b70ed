import type { ParentRecords } from "../model/source.js";
import type { ChosenResource } from "./choose-resources.js";
import type { Extraction } from "./extract-resource.js";
import { familiesOf, failWithFamily, failWithParent, spreadFailures } from "./families.js";
import { readAfterParents, recordsOf } from "./read-after-parents.js";
import type { Failure } from "./reported-error.js";

/** How {@link readFamilies} reads, or does not read, one resource. */
export interface FamilyReader {
  read(chosen: ChosenResource, index: number, parent: ParentRecords | undefined): Promise<Extraction>;
  /** The outcome of a resource that is not read, because `failure` says that nothing of it could be loaded. */
  leaveOut(chosen: ChosenResource, failure: Failure): Extraction;
}

/**
 * Reads resources, at most `concurrency` at once, each after its parent, and resolves in the order given. When one of a
 * family fails, those not yet begun are left out, and all of it has failed (rule I4). Rejects if `read` does.
 */
export async function readFamilies(
  chosen: readonly ChosenResource[],
  concurrency: number,
  reader: FamilyReader,
): Promise<Extraction[]> {
  const familyOf = familiesOf(chosen.map(({ resource }) => resource));
  const failures = new Map<string, Failure>();
  const findFailure = (name: string, parent: Extraction | undefined): Failure | undefined => {
    if (parent?.status === "failed")
      return failWithParent(name, parent.resource.options.name, parent.failure);
    const culprit = [...failures].find(([other]) => familyOf(other) === familyOf(name));
    return culprit === undefined ? undefined : failWithFamily(name, ...culprit);
  };
  const extractions = await readAfterParents(chosen, concurrency, async (one, index, parent) => {
    const { name } = one.resource.options;
    const failure = findFailure(name, parent);
    if (failure !== undefined) return reader.leaveOut(one, failure);
    const records = parent?.status === "read" ? recordsOf(parent) : undefined;
    const extraction = await reader.read(one, index, records);
    if (extraction.status === "failed") failures.set(name, extraction.failure);
    return extraction;
  });
  const names = chosen.map(({ resource }) => resource.options.name);
  const spread = spreadFailures(names, failures, familyOf);
  return extractions.map((extraction, index) => {
    const failure = spread.get(extraction.resource.options.name);
    if (failure === undefined || extraction.status === "failed") return extraction;
    const { traffic, seconds, firstRequest } = extraction;
    return { ...reader.leaveOut(chosen[index] as ChosenResource, failure), traffic, seconds, firstRequest };
  });
}
