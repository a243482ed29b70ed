import { skipValue, skipWhitespace } from "../../json/skip-value.js";
import { ByteWriter } from "../byte-writer.js";
import { splitMembers, type MemberSpans } from "./member-spans.js";

/** One change of a record; paths are keys. `value` is the place among the values that come with each record. */
export type RecordEdit =
  | { readonly kind: "set"; readonly path: readonly string[]; readonly value: number }
  | { readonly kind: "copy"; readonly path: readonly string[]; readonly from: readonly string[] }
  | { readonly kind: "move"; readonly moves: readonly Move[] }
  | { readonly kind: "remove"; readonly path: readonly string[] };

/** A member that goes elsewhere; those of one edit go at once, so that two can change places. */
export interface Move {
  readonly from: readonly string[];
  readonly path: readonly string[];
}

/** Why a record cannot be edited, such as `a.b cannot be set: a is no object`. */
export class EditFault extends Error {}

/** Writes the record at `[start, end)` of `bytes`, an object, as the edits make it. Throws an EditFault. */
export type RecordEditor = (
  record: { readonly bytes: Uint8Array; readonly start: number; readonly end: number },
  values: readonly Uint8Array[],
  output: ByteWriter,
) => void;

/** Makes the function that applies `edits` one after the other. Members that they do not touch keep their bytes and order. */
export function createRecordEditor(edits: readonly RecordEdit[]): RecordEditor {
  const roots = edits.flatMap(pathsOf);
  const keys = [...new Set(roots.map(([root = ""]) => root))].map(spellName);
  const changes = edits.map((edit) => createChange(edit, keys));
  const spans: MemberSpans = { at: [], runs: [] };
  return ({ bytes, start, end }, values, output) => {
    splitMembers({ bytes, start, end }, keys, spans);
    const slots = keys.map((key, index): Slot => {
      const span = spans.at[index];
      if (span === undefined) return { key, value: undefined, order: undefined };
      return { key, value: bytes.subarray(span.valueStart, span.valueEnd), order: span.order };
    });
    const given = slots.map(({ value }) => value);
    const draft: Draft = { slots, given, values, added: 0 };
    for (const change of changes) change(draft);
    writeMembers(bytes, { spans, slots }, output);
  };
}

/** A watched member of one record. */
interface Slot {
  readonly key: Buffer;
  value: Uint8Array | undefined;
  /** Its place among the members; undefined: none yet. */
  order: number | undefined;
}

interface Draft {
  readonly slots: readonly Slot[];
  /** The slots' values as the record came. */
  readonly given: readonly (Uint8Array | undefined)[];
  readonly values: readonly Uint8Array[];
  /** Members added so far: they come last. */
  added: number;
}

type Change = (draft: Draft) => void;

const ADDED = 1 << 30;
const NULL = Buffer.from("null");
const CLOSE = 0x7d;
const OPEN = 0x7b;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const COMMA = 0x2c;

function spellName(name: string): Buffer {
  return Buffer.from(JSON.stringify(name));
}

function pathsOf(edit: RecordEdit): (readonly string[])[] {
  if (edit.kind === "move") return edit.moves.flatMap(({ from, path }) => [from, path]);
  return edit.kind === "copy" ? [edit.from, edit.path] : [edit.path];
}

function createChange(edit: RecordEdit, keys: readonly Buffer[]): Change {
  const indexOf = ([root = ""]: readonly string[]): number =>
    keys.findIndex((key) => key.equals(spellName(root)));
  if (edit.kind === "move") {
    const moves = edit.moves.map((one) => ({ ...one, source: indexOf(one.from), target: indexOf(one.path) }));
    return (draft) => {
      moveAll(draft, moves);
    };
  }
  const { path } = edit;
  const index = indexOf(path);
  switch (edit.kind) {
    case "set":
      return (draft) => {
        put(draft, { index, path }, draft.values[edit.value] ?? NULL);
      };
    case "copy": {
      const source = indexOf(edit.from);
      return (draft) => {
        put(draft, { index, path }, valueIn(draft.given[source], edit.from.slice(1)) ?? NULL);
      };
    }
    case "remove":
      return (draft) => {
        remove(draft, index, path);
      };
    default:
      return edit satisfies never;
  }
}

interface PlacedMove extends Move {
  readonly source: number;
  readonly target: number;
}

function moveAll(draft: Draft, moves: readonly PlacedMove[]): void {
  const taken = moves.map(({ from, source }) => {
    const slot = draft.slots[source];
    const value = valueIn(slot?.value, from.slice(1));
    return { value, order: from.length === 1 ? slot?.order : undefined };
  });
  for (const { from, source } of moves) remove(draft, source, from);
  for (const [index, { from, path, target }] of moves.entries()) {
    const { value, order } = taken[index] ?? {};
    if (value === undefined) continue;
    const slot = draft.slots[target];
    const there = valueIn(slot?.value, path.slice(1));
    if (there !== undefined && !isNull(there))
      throw new EditFault(`${from.join(".")} cannot become ${path.join(".")}: that is there already`);
    if (path.length === 1 && slot !== undefined && order !== undefined) {
      slot.value = value;
      slot.order = order;
    } else put(draft, { index: target, path }, value);
  }
}

function put(
  draft: Draft,
  { index, path }: { index: number; path: readonly string[] },
  value: Uint8Array,
): void {
  const slot = draft.slots[index];
  if (slot === undefined) return;
  slot.value = withValue(slot.value, { path, depth: 1 }, value);
  if (slot.value !== undefined && slot.order === undefined) {
    slot.order = ADDED + draft.added;
    draft.added += 1;
  }
}

function remove(draft: Draft, index: number, path: readonly string[]): void {
  const slot = draft.slots[index];
  if (slot?.value === undefined) return;
  if (path.length > 1) {
    slot.value = withoutMember(slot.value, path.slice(1));
    return;
  }
  slot.value = undefined;
  slot.order = undefined;
}

/** The bytes of the value at `path` in the JSON value `bytes`; undefined if it is not there. */
export function valueIn(bytes: Uint8Array | undefined, path: readonly string[]): Uint8Array | undefined {
  let value = bytes;
  for (const key of path) {
    if (value?.[0] !== OPEN) return undefined;
    const spans: MemberSpans = { at: [], runs: [] };
    splitMembers({ bytes: value, start: 0, end: value.length }, [spellName(key)], spans);
    const span = spans.at[0];
    value = span === undefined ? undefined : value.subarray(span.valueStart, span.valueEnd);
  }
  return value;
}

/** The JSON value without the member at `path`, which reaches into every object of a list. */
function withoutMember(value: Uint8Array, path: readonly string[]): Uint8Array {
  if (value[0] === OPEN_LIST) {
    const output = new ByteWriter(value.length);
    output.writeByte(OPEN_LIST);
    for (const element of elementsOf(value)) {
      output.write(withoutMember(element, path));
      output.writeByte(COMMA);
    }
    output.closeWith(CLOSE_LIST);
    return output.bytes();
  }
  const [name = "", ...rest] = path;
  const inner = valueIn(value, [name]);
  if (inner === undefined) return value;
  const left = rest.length === 0 ? undefined : withoutMember(inner, rest);
  return withValue(value, { path: [name], depth: 0 }, left) ?? value;
}

function* elementsOf(list: Uint8Array): Generator<Uint8Array> {
  const end = list.length;
  let at = skipWhitespace(list, 1, end);
  while (at < end && list[at] !== CLOSE_LIST) {
    const after = skipValue(list, at, end);
    yield list.subarray(at, after);
    at = skipWhitespace(list, after, end);
    if (list[at] === COMMA) at = skipWhitespace(list, at + 1, end);
  }
}

/** The JSON value `before` with `value` at the path below `depth`; undefined takes that member out. */
function withValue(
  before: Uint8Array | undefined,
  { path, depth }: { path: readonly string[]; depth: number },
  value: Uint8Array | undefined,
): Uint8Array | undefined {
  const name = path[depth];
  if (name === undefined) return value;
  const isAbsent = before === undefined || isNull(before);
  if (isAbsent && (value === undefined || isNull(value))) return before;
  const object = isAbsent ? EMPTY : before;
  if (object[0] !== OPEN)
    throw new EditFault(`${path.join(".")} cannot be set: ${path.slice(0, depth).join(".")} is no object`);
  const key = spellName(name);
  const spans: MemberSpans = { at: [], runs: [] };
  splitMembers({ bytes: object, start: 0, end: object.length }, [key], spans);
  const span = spans.at[0];
  const inner = span === undefined ? undefined : object.subarray(span.valueStart, span.valueEnd);
  const slot: Slot = {
    key,
    value: withValue(inner, { path, depth: depth + 1 }, value),
    order: span?.order ?? ADDED,
  };
  const output = new ByteWriter(object.length + (slot.value?.length ?? 0) + key.length + 2);
  writeMembers(object, { spans, slots: [slot] }, output);
  return output.bytes();
}

const EMPTY = Buffer.from("{}");

function isNull(value: Uint8Array): boolean {
  return value[0] === NULL[0];
}

/** Writes an object of the untouched runs of members and the slots, in their order. */
function writeMembers(
  bytes: Uint8Array,
  { spans, slots }: { readonly spans: MemberSpans; readonly slots: readonly Slot[] },
  output: ByteWriter,
): void {
  const kept = slots
    .filter(
      (slot): slot is Slot & { value: Uint8Array; order: number } =>
        slot.value !== undefined && slot.order !== undefined,
    )
    .sort((a, b) => a.order - b.order);
  output.writeByte(OPEN);
  let next = 0;
  const writeSlots = (before: number): void => {
    for (let slot = kept[next]; slot !== undefined && slot.order < before; slot = kept[next]) {
      output.startMember(slot.key);
      output.writeByte(0x3a);
      output.write(slot.value);
      next += 1;
    }
  };
  for (const run of spans.runs) {
    writeSlots(run.order);
    output.startMember(bytes.subarray(run.start, run.end));
  }
  writeSlots(Infinity);
  output.writeByte(CLOSE);
}
