import { isDeepStrictEqual } from "node:util";
import { parseLossless } from "../../src/json/parse-lossless.js";
import { keyName } from "../../src/normalize/normalize-path.js";
import { DATES, Members, spellJson, Spelled, TIMES, type Json } from "./json-documents.js";

/** A row as text, system columns apart. */
export interface StoredRow {
  readonly table: string;
  readonly id: string;
  readonly loadId: string | null;
  readonly parentId: string | null;
  readonly rootId: string | null;
  readonly listIndex: number;
  /** Data that is not null. */
  readonly values: readonly { readonly column: string; readonly type: string; readonly text: string }[];
}

/** All rows of a resource's tables. */
export class StoredTables {
  readonly rows: readonly StoredRow[];
  private readonly children = new Map<string, StoredRow[][]>();

  constructor(tables: readonly (readonly StoredRow[])[]) {
    this.rows = tables.flat();
    for (const table of tables) {
      const byParent = new Map<string, StoredRow[]>();
      for (const row of table) {
        if (row.parentId === null) continue;
        const siblings = byParent.get(row.parentId) ?? [];
        byParent.set(row.parentId, [...siblings, row]);
      }
      for (const [parent, rows] of byParent) {
        rows.sort((a, b) => a.listIndex - b.listIndex);
        this.children.set(parent, [...(this.children.get(parent) ?? []), rows]);
      }
    }
  }

  /** How many rows, the row itself included, hold `value` exactly; undefined if they do not. */
  countRows(row: StoredRow, value: Json, level = 0, limit = 1000): number | undefined {
    const content = readContent(value, level, limit);
    const places = content.scalars.map((place) =>
      row.values.flatMap((stored, index) => (isPlacedIn(place, stored) ? [index] : [])),
    );
    if (content.scalars.length !== row.values.length || assign(places) === undefined) return undefined;
    const groups = this.children.get(row.id) ?? [];
    if (groups.length !== content.lists.length) return undefined;
    const counts = content.lists.map((list) =>
      groups.map((rows) => this.countList(row, { list, rows, limit })),
    );
    const chosen = assign(
      counts.map((row) => row.flatMap((count, index) => (count === undefined ? [] : [index]))),
    );
    return chosen?.reduce((sum, group, index) => sum + (counts[index]?.[group] ?? 0), 1);
  }

  private countList(
    parent: StoredRow,
    { list, rows, limit }: { list: ListPlace; rows: readonly StoredRow[]; limit: number },
  ): number | undefined {
    const [first] = rows;
    const names = new RegExp(`^${escapeText(parent.table)}__${list.pattern}$`);
    if (first === undefined || !names.test(first.table) || rows.length !== list.elements.length)
      return undefined;
    let total = 0;
    for (const [index, element] of list.elements.entries()) {
      const row = rows[index];
      if (row?.listIndex !== index) return undefined;
      const isRooted = row.rootId === null || row.rootId === (parent.rootId ?? parent.id);
      const count = isRooted ? this.countRows(row, element, list.level, limit) : undefined;
      if (count === undefined) return undefined;
      total += count;
    }
    return total;
  }
}

interface ScalarPlace {
  readonly pattern: string;
  readonly value: Json;
}

interface ListPlace {
  readonly pattern: string;
  readonly elements: readonly Json[];
  readonly level: number;
}

interface Content {
  readonly scalars: ScalarPlace[];
  readonly lists: ListPlace[];
}

/** What a row holds of a value: scalars by the name that its column begins with, and lists. */
function readContent(value: Json, level: number, limit: number): Content {
  const content: Content = { scalars: [], lists: [] };
  if (value instanceof Members) addMembers(content, value, { prefix: "", level, limit });
  else if (value !== null) {
    const isList = Array.isArray(value) && level < limit;
    addValue(content, value, { pattern: `${isList ? "list" : "value"}${SUFFIX}`, level, limit });
  }
  return content;
}

function addMembers(
  content: Content,
  { list }: Members,
  { prefix, level, limit }: { prefix: string; level: number; limit: number },
): void {
  for (const [key, value] of list) {
    addValue(content, value, { pattern: `${prefix}${escapeText(keyName(key))}${SUFFIX}`, level, limit });
  }
}

function addValue(
  content: Content,
  value: Json,
  { pattern, level, limit }: { pattern: string; level: number; limit: number },
): void {
  if (value === null) return;
  const isNested = value instanceof Members || Array.isArray(value);
  if (!isNested || level >= limit) content.scalars.push({ pattern, value });
  else if (value instanceof Members) {
    addMembers(content, value, { prefix: `${pattern}__`, level: level + 1, limit });
  } else {
    const elements = value as readonly Json[];
    if (elements.length > 0) content.lists.push({ pattern, elements, level: level + 1 });
  }
}

/** What a name that was taken gets (rule N1). */
const SUFFIX = "(?:_\\d+)?";
const VARIANT = "(?:__v_(?:text|bool|double|bigint|hugeint|timestamp|date|json)(?:_\\d+)?)?";

function isPlacedIn(place: ScalarPlace, stored: StoredRow["values"][number]): boolean {
  return new RegExp(`^${place.pattern}${VARIANT}$`).test(stored.column) && isHeld(place.value, stored);
}

/** True if a column of this type that shows this text has kept the value, nothing of it lost. */
function isHeld(value: Json, { type, text }: { type: string; text: string }): boolean {
  const spelled = typeof value === "string" ? value : spellJson(value);
  const number = value instanceof Spelled ? value.text : undefined;
  switch (type) {
    case "BIGINT":
    case "HUGEINT":
      return number === undefined ? value === text : isDecimalEqual(number, text);
    case "DOUBLE":
      if (number === undefined) return value === text || (value === String(Number(text)) && value !== "");
      return /[.eE]/.test(number) ? Number(number) === Number(text) : isIntegerHeld(number, Number(text));
    case "VARCHAR":
      return spelled === text;
    case "BOOLEAN":
      return value !== null && spelled === text;
    case "TIMESTAMP WITH TIME ZONE": {
      const moment = number === undefined ? (TIMES.get(spelled) ?? DATES.get(spelled)) : microsOf(number);
      return moment === instantOf(text);
    }
    case "DATE":
      return value === text;
    case "JSON":
      return isDeepStrictEqual(parseJson(text), parseJson(spellJson(value)));
    default:
      return false;
  }
}

function parseJson(text: string): unknown {
  const bytes = Buffer.from(text);
  return parseLossless(bytes, 0, bytes.length);
}

function isIntegerHeld(digits: string, double: number): boolean {
  return Number.isInteger(double) && BigInt(digits) === BigInt(double);
}

function isDecimalEqual(number: string, text: string): boolean {
  if (!/[.eE]/.test(number)) return BigInt(number) === BigInt(text);
  return Number(number) === Number(text) && Number.isSafeInteger(Number(number));
}

function microsOf(seconds: string): bigint | undefined {
  const micros = Math.round(Number(seconds) * 1e6);
  return Number.isFinite(micros) ? BigInt(micros) : undefined;
}

/** DuckDB's spelling of an instant: `2024-01-01 00:00:00.123456+00`. */
function instantOf(text: string): bigint {
  const [, moment = "", fraction = ""] = /^(.*?)(?:\.(\d+))?\+00$/.exec(text) ?? [];
  return BigInt(Date.parse(`${moment.replace(" ", "T")}Z`)) * 1000n + BigInt(fraction.padEnd(6, "0"));
}

/** Gives each item one of its choices, all different; undefined if that cannot be. */
export function assign(choices: readonly (readonly number[])[]): number[] | undefined {
  const owners = new Map<number, number>();
  const place = (item: number, tried: Set<number>): boolean =>
    (choices[item] ?? []).some((choice) => {
      if (tried.has(choice)) return false;
      tried.add(choice);
      const owner = owners.get(choice);
      if (owner !== undefined && !place(owner, tried)) return false;
      owners.set(choice, item);
      return true;
    });
  for (const item of choices.keys()) if (!place(item, new Set())) return undefined;
  const chosen: number[] = [];
  for (const [choice, item] of owners) chosen[item] = choice;
  return chosen;
}

function escapeText(text: string): string {
  return text.replace(/[^a-zA-Z0-9_]/g, "\\$&");
}
