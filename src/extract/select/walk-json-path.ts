import { parseLossless } from "../../json/parse-lossless.js";
import { findMatches, type JsonLocation, type JsonPath } from "./json-path.js";
import { RecordCollector, type CollectedRecords, type CollectorOptions } from "../record-collector.js";
import { spellKey } from "../record-shape.js";
import { findPlaces, type Cut, type PlaceTree } from "./walk-keys.js";

/** What a JSONPath matched in a body. */
export interface WalkedJsonPath {
  readonly records: CollectedRecords;
  /** The step that names a key which no value on the way has; undefined if records were found or could have been. */
  readonly missing: { readonly step: string; readonly before: readonly unknown[] } | undefined;
  /** Ancestors' members that no record was given. */
  readonly absentAncestors: readonly string[];
  /** All values on the path's way, the body first: where an error of the server may stand (rule D3). */
  onWay(): readonly unknown[];
  /** The body parsed, without the records. */
  readEnvelope(): unknown;
}

/** As for a collector, and what is added to each record. */
export interface PathOptions extends CollectorOptions {
  /** Members of the objects above a record, the nearest first, that it is given as `_<name>` (rule D5). */
  readonly ancestors: readonly string[];
}

/**
 * Takes the records that a JSONPath matches (rule D1). The path is evaluated on the parsed body, the records are
 * taken from its bytes, so numbers keep their spelling.
 */
export function walkJsonPath(body: Buffer, path: JsonPath, options: PathOptions): WalkedJsonPath {
  // Before anything is written into the body's bytes: matches may lie within each other.
  const parsed: unknown = JSON.parse(body.toString("utf8"));
  const matches = findMatches(parsed, path.text);
  const records = new RecordCollector(options);
  const last = path.segments.at(-1);
  const isWild = last?.kind === "wildcard";
  const root: PlaceTree = { children: new Map() };
  const places = matches.map(({ location }) => ({
    record: growTree(root, location),
    inherited: options.ancestors.flatMap((name) => {
      const found = findAncestor(parsed, location, name);
      return found === undefined ? [] : [{ name, tree: growTree(root, [...found, name]) }];
    }),
  }));
  findPlaces(body, firstByte(body), body.length, root);
  for (const { record, inherited } of places) {
    const { place } = record;
    if (place === undefined) continue;
    if (inherited.length > 0)
      records.shape = { names: options.shape?.names, members: spellMembers(body, inherited) };
    else records.shape = options.shape;
    const bytes = Buffer.from(body.subarray(place.start, place.end));
    if (bytes[0] === 0x5b && !isWild) records.addList(bytes, 0, bytes.length);
    else if (bytes[0] !== 0x6e || isWild) records.addOne(bytes, 0, bytes.length);
  }
  const inherited = new Set(places.flatMap((place) => place.inherited.map(({ name }) => name)));
  return {
    records,
    absentAncestors: options.ancestors.filter((name) => !inherited.has(name)),
    missing: matches.length > 0 ? undefined : findMissing(parsed, path),
    onWay: () => [parsed, ...path.segments.slice(0, -1).flatMap((step) => valuesAt(parsed, step.prefix))],
    readEnvelope: () =>
      emptyPlaces(
        parseLossless(body, 0, body.length),
        matches.map((match) => match.location),
      ),
  };
}

/** Where the nearest object above a match has the member, if any has. */
function findAncestor(parsed: unknown, location: JsonLocation, name: string): JsonLocation | undefined {
  let found: JsonLocation | undefined;
  let value = parsed;
  for (const [depth, step] of location.entries()) {
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    if (isObject && Object.hasOwn(value as object, name)) found = location.slice(0, depth);
    value = (value as Record<string | number, unknown>)[step];
  }
  return found;
}

function spellMembers(
  body: Buffer,
  inherited: readonly { readonly name: string; readonly tree: PlaceTree }[],
): Buffer {
  const members = inherited.map(({ name, tree: { place } }, index) =>
    Buffer.concat([
      Buffer.from(index === 0 ? "" : ","),
      spellKey(`_${name}`),
      body.subarray(place?.start, place?.end),
    ]),
  );
  return Buffer.concat(members);
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
