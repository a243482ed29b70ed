import { CARRIED } from "../../../extract/carried-members.js";
import { readRecords, type SpooledRecord } from "../../../extract/spool/read-records.js";
import type { ParentConfig, ParentField } from "../../../model/rest-config.js";
import type { ParentRecords, RecordCopy } from "../../../model/source.js";
import { DataError } from "../../../shared/errors.js";
import {
  createFieldReader,
  listKeys,
  readFieldValue,
  type FieldReader,
  type FieldValue,
} from "../requests/field-values.js";
import { showValue } from "../show-value.js";

/** One distinct combination of a parent's values: one request chain (rule I4). */
export interface ParentValues {
  /** By placeholder: `resources.users.id`. */
  readonly values: ReadonlyMap<string, FieldValue>;
  /** One for each distinct combination of `include_from_parent` fields; undefined: records stay as they are. */
  readonly copies: readonly RecordCopy[] | undefined;
}

/** What was taken from a parent's records. */
export interface ParentReading {
  readonly slices: readonly ParentValues[];
  /** Records left out by `on_missing_parent_field: skip`. */
  readonly skipped: number;
}

/**
 * Takes the distinct combinations of values from a parent's records, in their order; only these are kept in memory.
 * Throws a DataError that names the record for a field that is missing, or has no value a request could be made with.
 */
export async function readParentValues(
  parent: ParentConfig,
  records: ParentRecords,
  place: { readonly name: string; readonly signal: AbortSignal },
): Promise<ParentReading> {
  const reader = createTupleReader(parent);
  const found = new Map<string, Gathered>();
  let skipped = 0;
  for await (const chunk of readRecords(records.files, place.signal)) {
    for (const record of chunk) {
      const problem = gather(record, reader, found);
      if (problem === undefined) continue;
      if (parent.onMissingField === "error")
        throw missingField(parent, { records, record, problem }, place.name);
      skipped += 1;
    }
  }
  return { slices: [...found.values()].map((one) => toSlice(parent, one)), skipped };
}

/** A combination in words: `users.id 7, users.name "Ada"`. */
export function describeParentValues(parent: ParentConfig, { values }: ParentValues): string {
  return parent.fields
    .map(({ placeholder, resource, path }) => {
      const value = values.get(placeholder);
      return `${resource}.${path} ${typeof value === "string" ? showValue(value) : String(value)}`;
    })
    .join(", ");
}

/**
 * The key of a combination, under which its cursor is stored: `{"users.id":"7"}`. Two combinations that are asked for
 * apart have two keys, and one has the same key in every run, whatever the order of its placeholders.
 */
export function spellParentKey({ isTyped }: ParentConfig, { values }: ParentValues): string {
  const members = [...values].map(([placeholder, value]) => {
    const isText = typeof value === "string" || (!isTyped && value !== null);
    const name = placeholder.replace(/^resources\./, "");
    return `${JSON.stringify(name)}:${isText ? JSON.stringify(String(value)) : String(value)}`;
  });
  return `{${members.sort().join(",")}}`;
}

interface TupleReader {
  readonly parent: ParentConfig;
  readonly own: readonly { readonly field: ParentField; readonly read: FieldReader }[];
  readonly inherited: readonly ParentField[];
  readonly included: readonly {
    readonly path: string;
    readonly member: string;
    readonly read: FieldReader;
  }[];
  readonly readCarried: FieldReader;
}

/** What is known of one combination: members that copies add, and for each of them what its records carry on. */
interface Gathered {
  readonly values: ReadonlyMap<string, FieldValue>;
  readonly copies: Map<string, Set<string>>;
}

/** Why a record gives no request. */
interface Problem {
  readonly what: string;
  readonly keys: readonly string[];
}

function createTupleReader(parent: ParentConfig): TupleReader {
  const all = [
    ...parent.fields,
    ...parent.carried.filter((one) => !parent.fields.some((other) => isSame(one, other))),
  ];
  return {
    parent,
    own: all
      .filter(({ resource }) => resource === parent.resource)
      .map((field) => ({ field, read: createFieldReader(field.path) })),
    inherited: all.filter(({ resource }) => resource !== parent.resource),
    included: parent.included.map((one) => ({ ...one, read: createFieldReader(one.path) })),
    readCarried: createFieldReader(CARRIED),
  };
}

function isSame(a: ParentField, b: ParentField): boolean {
  return a.placeholder === b.placeholder;
}

/** Adds one record's combinations; the problem, if it has none. */
function gather(
  { bytes }: SpooledRecord,
  reader: TupleReader,
  found: Map<string, Gathered>,
): Problem | undefined {
  const { parent } = reader;
  const own: [string, string][] = [];
  for (const { field, read } of reader.own) {
    const text = read(bytes);
    const needed = parent.fields.find((one) => isSame(one, field));
    const problem =
      text === undefined ? "missing" : needed === undefined ? undefined : findProblem(needed, text);
    if (problem !== undefined) return describeProblem(problem, `{${field.placeholder}}`, field.path, bytes);
    own.push([field.placeholder, text as string]);
  }
  let members = "";
  for (const { path, member, read } of reader.included) {
    const text = read(bytes);
    if (text === undefined && parent.onMissingField === "error")
      return describeProblem("missing", "include_from_parent", path, bytes);
    if (text !== undefined) members += `${members === "" ? "" : ","}${JSON.stringify(member)}:${text}`;
  }
  for (const inherited of readInherited(reader, bytes)) {
    const texts = new Map([...own, ...inherited]);
    const problem = addCombination(reader, { texts, members }, found);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** The ancestors' fields that a record came with: one combination for each way that led to it. */
function readInherited({ inherited, readCarried }: TupleReader, record: Buffer): [string, string][][] {
  if (inherited.length === 0) return [[]];
  const ways = JSON.parse(readCarried(record) ?? "[]") as readonly Readonly<Record<string, string>>[];
  return ways.map((way) => inherited.map(({ placeholder }) => [placeholder, way[placeholder] ?? "null"]));
}

function addCombination(
  { parent }: TupleReader,
  record: { readonly texts: ReadonlyMap<string, string>; readonly members: string },
  found: Map<string, Gathered>,
): Problem | undefined {
  const values = new Map<string, FieldValue>();
  for (const field of parent.fields) {
    const text = record.texts.get(field.placeholder) ?? "null";
    const kind = findProblem(field, text);
    if (kind !== undefined) return describeProblem(kind, `{${field.placeholder}}`, field.path, undefined);
    values.set(field.placeholder, readFieldValue(text) ?? null);
  }
  const key = JSON.stringify([...values.values()].map((value) => keyOf(value, parent.isTyped)));
  let one = found.get(key);
  if (one === undefined) found.set(key, (one = { values, copies: new Map() }));
  const carried = one.copies.get(record.members) ?? new Set();
  one.copies.set(record.members, carried);
  if (parent.carried.length > 0) {
    const way = parent.carried.map(({ placeholder }) => [
      placeholder,
      record.texts.get(placeholder) ?? "null",
    ]);
    carried.add(JSON.stringify(Object.fromEntries(way)));
  }
  return undefined;
}

/** In text, 1 and "1" ask for the same; in a JSON body they do not. */
function keyOf(value: FieldValue, isTyped: boolean): unknown {
  if (value === null) return null;
  return isTyped ? [typeof value === "object" ? "number" : typeof value, String(value)] : String(value);
}

type ProblemKind = "missing" | "null" | "empty" | "nested";

function findProblem(field: ParentField, text: string): ProblemKind | undefined {
  const value = readFieldValue(text);
  if (value === undefined) return "nested";
  if (!field.isInPath) return undefined;
  if (value === null) return "null";
  return value === "" ? "empty" : undefined;
}

function describeProblem(kind: ProblemKind, use: string, path: string, record: Buffer | undefined): Problem {
  switch (kind) {
    case "missing":
      return {
        what: `has no field "${path}", which ${use} needs`,
        keys: record === undefined ? [] : listKeys(record).filter((key) => key !== CARRIED),
      };
    case "null":
      return { what: `has null in "${path}", and ${use} stands in the path`, keys: [] };
    case "empty":
      return { what: `has an empty string in "${path}", and ${use} stands in the path`, keys: [] };
    case "nested":
      return { what: `has an object or a list in "${path}", and ${use} needs a single value`, keys: [] };
    default:
      return kind satisfies never;
  }
}

function missingField(
  { resource }: ParentConfig,
  found: { readonly records: ParentRecords; readonly record: SpooledRecord; readonly problem: Problem },
  name: string,
): DataError {
  const { records, record, problem } = found;
  const there = problem.keys.length === 0 ? "" : `; it has: ${showKeys(problem.keys)}`;
  const where = records.describeRow(record.row);
  return new DataError(`${name}: ${where} of the parent ${resource} ${problem.what}${there}`, {
    hint: "correct the field's name, or set on_missing_parent_field: skip, which leaves such records of the parent out",
    context: { parent: resource, record: record.row + 1 },
  });
}

function showKeys(keys: readonly string[]): string {
  const shown = keys.slice(0, MOST_KEYS).map((key) => showValue(key).slice(1, -1));
  return keys.length > MOST_KEYS ? `${shown.join(", ")}, …` : shown.join(", ");
}

const MOST_KEYS = 20;

function toSlice(parent: ParentConfig, { values, copies }: Gathered): ParentValues {
  if (parent.included.length === 0 && parent.carried.length === 0) return { values, copies: undefined };
  return {
    values,
    copies: [...copies].map(([members, carried]) => ({
      members,
      carried: carried.size === 0 ? "" : `"${CARRIED}":[${[...carried].join(",")}]`,
    })),
  };
}
