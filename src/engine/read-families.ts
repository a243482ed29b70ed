import { createSemaphore } from "../shared/semaphore.js";
import type { ParentRecords } from "../model/source.js";
import type { ChosenResource } from "./choose-resources.js";
import { describeRow } from "./describe-row.js";
import type { Extraction } from "./extract-resource.js";
import { familiesOf, failWithFamily, failWithParent, spreadFailures } from "./families.js";
import type { Failure } from "./reported-error.js";

/** How {@link readFamilies} reads, or does not read, one resource. */
export interface FamilyReader {
  read(chosen: ChosenResource, index: number, parent: ParentRecords | undefined): Promise<Extraction>;
  /** The outcome of a resource that is not read, because `failure` says that nothing of it could be loaded. */
  leaveOut(chosen: ChosenResource, failure: Failure): Extraction;
}

/**
 * Reads resources, at most `concurrency` at once, each after its parent, and resolves in the order given. When one of a
 * family fails, those not yet begun are left out, and all of it has failed (rule I4). Rejects as soon as `read` does.
 */
export async function readFamilies(
  chosen: readonly ChosenResource[],
  concurrency: number,
  reader: FamilyReader,
): Promise<Extraction[]> {
  const familyOf = familiesOf(chosen.map(({ resource }) => resource));
  const inTurn = createSemaphore(concurrency);
  const started = new Map<string, Promise<Extraction>>();
  const failures = new Map<string, Failure>();
  let isBroken = false;

  const readAfterParent = async (one: ChosenResource, index: number): Promise<Extraction> => {
    const { options, parent: parentName } = one.resource;
    const parent = parentName === undefined ? undefined : await start(parentName);
    return inTurn(async () => {
      if (isBroken) throw new Error("another resource could not be read");
      const failure = findFailure(options.name, parent);
      if (failure !== undefined) return reader.leaveOut(one, failure);
      const records = parent?.status === "read" ? recordsOf(parent) : undefined;
      const extraction = await reader.read(one, index, records);
      if (extraction.status === "failed") failures.set(options.name, extraction.failure);
      return extraction;
    });
  };
  const findFailure = (name: string, parent: Extraction | undefined): Failure | undefined => {
    if (parent?.status === "failed")
      return failWithParent(name, parent.resource.options.name, parent.failure);
    const culprit = [...failures].find(([other]) => familyOf(other) === familyOf(name));
    return culprit === undefined ? undefined : failWithFamily(name, ...culprit);
  };
  const start = (name: string): Promise<Extraction> => {
    const known = started.get(name);
    if (known !== undefined) return known;
    const index = chosen.findIndex(({ resource }) => resource.options.name === name);
    const reading = readAfterParent(chosen[index] as ChosenResource, index);
    reading.catch(() => {
      isBroken = true;
    });
    started.set(name, reading);
    return reading;
  };

  const names = chosen.map(({ resource }) => resource.options.name);
  const settled = await Promise.allSettled(names.map(start));
  const extractions = settled.map((one) => {
    if (one.status === "rejected") throw one.reason;
    return one.value;
  });
  const spread = spreadFailures(names, failures, familyOf);
  return extractions.map((extraction, index) => {
    const failure = spread.get(extraction.resource.options.name);
    if (failure === undefined || extraction.status === "failed") return extraction;
    const { traffic, seconds, firstRequest } = extraction;
    return { ...reader.leaveOut(chosen[index] as ChosenResource, failure), traffic, seconds, firstRequest };
  });
}

/** A parent's records as its children see them: as its processing steps left them. */
export function recordsOf({ spooled }: Extract<Extraction, { status: "read" }>): ParentRecords {
  return { files: spooled.files, describeRow: (row) => describeRow(spooled, row) };
}
