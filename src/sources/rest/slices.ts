import type { ParentConfig } from "../../model/rest-config.js";
import type { IncrementalBounds, RecordCopy } from "../../model/source.js";
import { describeParentValues, type ParentValues } from "./parent-values.js";
import type { PlaceholderLookup } from "./placeholder-text.js";

/**
 * One request chain of a resource. A resource has one for each distinct combination of its parents' values (I4), and of
 * these one for each window of its incremental interval; guards and limits count per chain.
 */
export interface Slice {
  /** Names the chain in messages: `users.id 7`; undefined for a resource's only chain. */
  readonly label: string | undefined;
  /** What `{incremental.…}` stands for; undefined for resources without a cursor. */
  readonly bounds: IncrementalBounds | undefined;
  /** What `{resources.…}` stands for. */
  readonly lookUpParent: PlaceholderLookup;
  /** What each record is given of its parent (rule I4); undefined: records stay as they are. */
  readonly copies?: readonly RecordCopy[] | undefined;
}

/** The chain of a resource that has neither parents nor windows, and what others begin from. */
export function createSlice(bounds: IncrementalBounds | undefined): Slice {
  return { label: undefined, bounds, lookUpParent: () => undefined };
}

/** The slices of a child, in the order of its parent's records. */
export function* createChildSlices(
  parent: ParentConfig,
  combinations: readonly ParentValues[],
  bounds: IncrementalBounds | undefined,
): Generator<Slice> {
  for (const one of combinations) {
    yield {
      label: describeParentValues(parent, one),
      bounds,
      lookUpParent: (name) => one.values.get(name),
      copies: one.copies,
    };
  }
}

/** The slices of a resource, in the order in which their records are loaded: windows within each parent. */
export function* listSlices(parents: Iterable<Slice>): Generator<Slice> {
  for (const parent of parents) yield parent;
}

/** All that a slice's placeholders stand for, those of the paginator excepted. */
export function lookUpIn({ bounds, lookUpParent }: Slice): PlaceholderLookup {
  return (name) => {
    switch (name) {
      case "incremental.start_value":
        return bounds?.startValue;
      case "incremental.initial_value":
        return bounds?.initialValue;
      case "incremental.last_value":
        return bounds?.lastValue;
      case "incremental.end_value":
        return bounds?.endValue;
      default:
        return lookUpParent(name);
    }
  };
}
