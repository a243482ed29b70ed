import { parseLossless } from "../json/parse-lossless.js";
import { findMatches, type JsonLocation, type JsonPath } from "./json-path.js";
import { RecordCollector, type CollectedRecords, type CollectorOptions } from "./record-collector.js";
import { findPlaces, type Cut, type PlaceTree } from "./walk-keys.js";

/** What a JSONPath matched in a body. */
export interface WalkedJsonPath {
  readonly records: CollectedRecords;
  /** The step that names a key which no value on the way has; undefined if records were found or could have been. */
  readonly missing: { readonly step: string; readonly before: readonly unknown[] } | undefined;
  /** All values on the path's way, the body first: where an error of the server may stand (rule D3). */
  onWay(): readonly unknown[];
  /** The body parsed, without the records. */
  readEnvelope(): unknown;
}

/**
 * Takes the records that a JSONPath matches (rule D1). The path is evaluated on the parsed body, the records are
 * taken from its bytes, so numbers keep their spelling.
 */
export function walkJsonPath(body: Buffer, path: JsonPath, options: CollectorOptions): WalkedJsonPath {
  // Before anything is written into the body's bytes: matches may lie within each other.
  const parsed: unknown = JSON.parse(body.toString("utf8"));
  const matches = findMatches(parsed, path.text);
  const records = new RecordCollector(options);
  const last = path.segments.at(-1);
  const isWild = last?.kind === "wildcard";
  const root: PlaceTree = { children: new Map() };
  const places = matches.map((match) => growTree(root, match.location));
  findPlaces(body, firstByte(body), body.length, root);
  for (const { place } of places) {
    if (place === undefined) continue;
    const bytes = Buffer.from(body.subarray(place.start, place.end));
    if (bytes[0] === 0x5b && !isWild) records.addList(bytes, 0, bytes.length);
    else if (bytes[0] !== 0x6e || isWild) records.addOne(bytes, 0, bytes.length);
  }
  return {
    records,
    missing: matches.length > 0 ? undefined : findMissing(parsed, path),
    onWay: () => [parsed, ...path.segments.slice(0, -1).flatMap((step) => valuesAt(parsed, step.prefix))],
    readEnvelope: () =>
      emptyPlaces(
        parseLossless(body, 0, body.length),
        matches.map((match) => match.location),
      ),
  };
}

function firstByte(body: Buffer): number {
  let at = 0;
  while ((body[at] ?? 0x7b) <= 0x20) at += 1;
  return at;
}

function growTree(root: PlaceTree, location: JsonLocation): PlaceTree & { place?: Cut } {
  let tree = root;
  for (const step of location) {
    let child = tree.children.get(step);
    if (child === undefined) {
      child = { children: new Map() };
      tree.children.set(step, child);
    }
    tree = child;
  }
  return tree;
}

/** "Matches nothing" means that a named key is missing, below a wildcard in all of its elements (rule D1). */
function findMissing(parsed: unknown, path: JsonPath): WalkedJsonPath["missing"] {
  let before: readonly unknown[] = [parsed];
  for (const step of path.segments) {
    const found = valuesAt(parsed, step.prefix);
    if (found.length > 0) {
      before = found;
      continue;
    }
    const holdsAnything = before.some((value) => typeof value === "object");
    return step.kind === "wildcard" && holdsAnything ? undefined : { step: step.text, before };
  }
  return undefined;
}

function valuesAt(parsed: unknown, prefix: string): unknown[] {
  return findMatches(parsed, prefix).map((match) => match.value);
}

/** Takes matched lists, and the lists that hold other matches, out of a parsed body. */
function emptyPlaces(parsed: unknown, locations: readonly JsonLocation[]): unknown {
  const emptied = new Set<unknown[]>();
  for (const location of locations) {
    let value = parsed;
    let parent: unknown;
    for (const step of location) {
      parent = value;
      value = (value as Record<string | number, unknown>)[step];
    }
    if (Array.isArray(value)) emptied.add(value);
    else if (Array.isArray(parent)) emptied.add(parent);
  }
  for (const list of emptied) list.length = 0;
  return parsed;
}
