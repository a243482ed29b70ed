import type { IncrementalOptions } from "../../../model/resource.js";
import type { ParentConfig } from "../../../model/rest-config.js";
import type { IncrementalBounds, ReadContext, RecordCopy } from "../../../model/source.js";
import type { FunctionLookup } from "../../../model/user-function.js";
import { listWindows } from "./incremental-windows.js";
import { describeParentValues, spellParentKey, type ParentValues } from "./parent-values.js";
import type { PlaceholderLookup } from "../requests/placeholder-text.js";
import { prepareSent, type SentValues } from "../requests/sent-values.js";

/**
 * One request chain of a resource. A resource has one for each distinct combination of its parents' values (I4), and of
 * these one for each window of its incremental interval (I6); guards and limits count per chain.
 */
export interface Slice {
  /** Names the chain in messages: `users.id 7`; undefined for a resource's only chain. */
  readonly label: string | undefined;
  /** The interval of the chain, in the API's own spelling; undefined for resources without a cursor. */
  readonly bounds: IncrementalBounds | undefined;
  /** Where the interval really ends; `bounds.endValue` is what is asked for. */
  readonly end?: IncrementalBounds["endValue"];
  /** What `{incremental.…}` stands for; set by {@link prepareSlice}. */
  readonly sent?: SentValues;
  /** What `{resources.…}` stands for. */
  readonly lookUpParent: PlaceholderLookup;
  /** The key of the parent's values, where each has a cursor of its own. */
  readonly parentKey?: string;
  /** What each record is given of its parent (rule I4); undefined: records stay as they are. */
  readonly copies?: readonly RecordCopy[] | undefined;
}

/** What cutting a resource into slices depends on. */
export interface SliceRules {
  readonly incremental: IncrementalOptions | undefined;
  /** Where an interval without an end value ends. */
  readonly nowMs: number;
  /** For messages: `my_api.orders`. */
  readonly name: string;
  readonly functions: FunctionLookup;
}

/** The chain of a resource that has neither parents nor windows, and what others begin from. */
export function createSlice(bounds: IncrementalBounds | undefined): Slice {
  return { label: undefined, bounds, lookUpParent: () => undefined };
}

/** The slices of a child, in the order of its parent's records. */
export function* createChildSlices(
  parent: ParentConfig,
  combinations: readonly ParentValues[],
  { incremental, boundsOf }: Pick<ReadContext, "incremental" | "boundsOf">,
): Generator<Slice> {
  for (const one of combinations) {
    const parentKey = boundsOf === undefined ? undefined : spellParentKey(parent, one);
    yield {
      label: describeParentValues(parent, one),
      ...(parentKey === undefined ? {} : { parentKey }),
      bounds: parentKey === undefined ? incremental : boundsOf?.(parentKey),
      lookUpParent: (name) => one.values.get(name),
      copies: one.copies,
    };
  }
}

/** The slices of a resource, in the order in which their records are loaded: windows within each parent. */
export function* listSlices(
  parents: Iterable<Slice>,
  { incremental, nowMs }: Pick<SliceRules, "incremental" | "nowMs">,
): Generator<Slice> {
  for (const parent of parents) {
    if (parent.bounds === undefined || incremental === undefined) {
      yield parent;
      continue;
    }
    for (const { label, bounds, end } of listWindows(parent.bounds, incremental, nowMs)) {
      const labels = [parent.label, label].filter((part) => part !== undefined);
      yield { ...parent, label: labels.length === 0 ? undefined : labels.join(", "), bounds, end };
    }
  }
}

/** The slice with its values as they are sent; rejects with what a user's `convert` throws. */
export async function prepareSlice(
  slice: Slice,
  { incremental, name, functions }: Pick<SliceRules, "incremental" | "name" | "functions">,
): Promise<Slice> {
  if (slice.bounds === undefined || incremental === undefined) return slice;
  return { ...slice, sent: await prepareSent(slice.bounds, incremental, { name, functions }) };
}

/** All that a slice's placeholders stand for, those of the paginator excepted. */
export function lookUpIn({ sent, lookUpParent }: Slice): PlaceholderLookup {
  return (name) =>
    name.startsWith("incremental.") ? sent?.[name.slice("incremental.".length)] : lookUpParent(name);
}
