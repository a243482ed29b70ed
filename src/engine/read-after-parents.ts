import { createSemaphore } from "../shared/semaphore.js";
import type { ParentRecords } from "../model/source.js";
import type { ChosenResource } from "./choose-resources.js";
import { describeRow } from "./describe-row.js";
import type { Extraction } from "./extract-resource.js";

/** Reads one resource; `index` is its place among all, `parent` what its parent came to. */
export type ResourceReader = (
  chosen: ChosenResource,
  index: number,
  parent: Extraction | undefined,
) => Promise<Extraction>;

/**
 * Reads resources, at most `concurrency` at once, each after its parent, and resolves in the order given. Once `read`
 * rejects no other is begun, and when those under way have ended this rejects with its reason.
 */
export async function readAfterParents(
  chosen: readonly ChosenResource[],
  concurrency: number,
  read: ResourceReader,
): Promise<Extraction[]> {
  const inTurn = createSemaphore(concurrency);
  const started = new Map<string, Promise<Extraction>>();
  let rejected: { readonly reason: unknown } | undefined;

  const readInTurn = async (index: number): Promise<Extraction> => {
    const one = chosen[index] as ChosenResource;
    const { parent: parentName } = one.resource;
    const parent = parentName === undefined ? undefined : await start(parentName);
    return inTurn(async () => {
      if (rejected !== undefined) throw rejected.reason;
      try {
        return await read(one, index, parent);
      } catch (reason) {
        rejected ??= { reason };
        throw reason;
      }
    });
  };
  const start = (name: string): Promise<Extraction> => {
    const index = chosen.findIndex(({ resource }) => resource.options.name === name);
    const reading = started.get(name) ?? readInTurn(index);
    started.set(name, reading);
    return reading;
  };

  const settled = await Promise.allSettled(chosen.map(({ resource }) => start(resource.options.name)));
  return settled.map((one) => {
    if (one.status === "rejected") throw one.reason;
    return one.value;
  });
}

/** A parent's records as its children see them: as its processing steps left them. */
export function recordsOf({ spooled }: Extract<Extraction, { status: "read" }>): ParentRecords {
  return { files: spooled.files, describeRow: (row) => describeRow(spooled, row) };
}
