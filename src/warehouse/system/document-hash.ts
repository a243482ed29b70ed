import { createHash } from "node:crypto";
import { stringifyRecord } from "../../json/write-lossless.js";
import { asObject, objectMember, without, type JsonObject } from "./json-document.js";

/** dlt's hash of a state document: neither version nor hash counts, nor the order of keys. */
export function hashState(document: JsonObject): string {
  return createHash("sha3-256")
    .update(spellSorted(without(document, STATE_MARKS)))
    .digest("base64");
}

/** dlt's hash of a schema document: of the order of keys only that of each table's columns counts. */
export function hashSchema(document: JsonObject): string {
  const hash = createHash("sha3-256").update(spellSorted(without(document, SCHEMA_MARKS)));
  const tables = objectMember(document, "tables");
  for (const name of Object.keys(tables).sort(byCodePoint)) {
    hash.update(name);
    for (const column of Object.keys(objectMember(asObject(tables[name]), "columns"))) hash.update(column);
  }
  return hash.digest("base64");
}

const STATE_MARKS = ["_state_version", "_state_engine_version", "_version_hash", "_local"];
const SCHEMA_MARKS = ["version", "version_hash", "imported_version_hash", "previous_hashes"];

function spellSorted(document: JsonObject): string {
  return stringifyRecord(sortKeys(document));
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => byCodePoint(a, b));
  return Object.fromEntries(entries.map(([key, member]) => [key, sortKeys(member)]));
}

function byCodePoint(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
