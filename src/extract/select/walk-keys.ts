import { skipValue } from "../../json/skip-value.js";
import { forEachElement, forEachMember } from "./object-members.js";
import { RecordCollector, type CollectedRecords, type CollectorOptions } from "../record-collector.js";

/** A stretch of a body. */
export interface Cut {
  readonly start: number;
  readonly end: number;
}

/** What stands under a path of keys. */
export interface WalkedKeys {
  /** `missing`: no such key. `scalar`: a wildcard over a value that has neither elements nor members. */
  readonly found: "list" | "one" | "null" | "scalar" | "missing";
  readonly records: CollectedRecords;
  /** Lists whose records were taken, in order: the envelope is the body with these left empty. */
  readonly cuts: readonly Cut[];
  /** The offset after the body's value. */
  readonly after: number;
}

/**
 * Walks the value at `at` along `keys` and takes the records there, without parsing anything on the way. Of duplicate
 * keys the last counts, as everywhere. Throws a JsonFault.
 */
export function walkKeys(
  body: Cut & { readonly buffer: Buffer },
  keys: readonly string[],
  isWild: boolean,
  options: CollectorOptions,
): WalkedKeys {
  const { buffer, end } = body;
  const mark = options.learner.mark();
  const cuts: Cut[] = [];
  let found: WalkedKeys["found"] = "missing";
  let records = new RecordCollector(options);

  const forget = (): void => {
    options.learner.rollback(mark);
    found = "missing";
    records = new RecordCollector(options);
  };
  const takeMembers = (at: number): number => {
    found = "list";
    return forEachMember(buffer, at, end, (_, valueAt) => records.addOne(buffer, valueAt, end));
  };
  const takeList = (at: number): number => {
    found = "list";
    const after = records.addList(buffer, at, end);
    cuts.push({ start: at, end: after });
    return after;
  };
  const take = (at: number): number => {
    const byte = buffer[at];
    if (byte === 0x5b) return takeList(at);
    if (byte === 0x7b && isWild) return takeMembers(at);
    if (byte === 0x6e || isWild) {
      found = byte === 0x6e ? "null" : "scalar";
      return skipValue(buffer, at, end);
    }
    found = "one";
    return records.addOne(buffer, at, end);
  };
  const descend = (at: number, depth: number): number => {
    if (depth === keys.length) return take(at);
    if (buffer[at] !== 0x7b) return skipValue(buffer, at, end);
    return forEachMember(buffer, at, end, (key, valueAt) => {
      if (key !== keys[depth]) return skipValue(buffer, valueAt, end);
      forget();
      return descend(valueAt, depth + 1);
    });
  };
  const after = descend(body.start, 0);
  return { found, records, cuts, after };
}

/** A place to find, and those below it. */
export interface PlaceTree {
  readonly children: Map<string | number, PlaceTree>;
  /** Set when found. */
  place?: Cut;
}

/** Finds the bytes of every place of a tree in the value at `at`; returns the offset after the value. */
export function findPlaces(buffer: Buffer, at: number, end: number, tree: PlaceTree): number {
  const visit = (step: string | number, valueAt: number): number => {
    const child = tree.children.get(step);
    return child === undefined ? skipValue(buffer, valueAt, end) : findPlaces(buffer, valueAt, end, child);
  };
  const byte = tree.children.size === 0 ? undefined : buffer[at];
  let after: number;
  if (byte === 0x7b) after = forEachMember(buffer, at, end, visit);
  else if (byte === 0x5b) after = forEachElement(buffer, at, end, visit);
  else after = skipValue(buffer, at, end);
  tree.place = { start: at, end: after };
  return after;
}
