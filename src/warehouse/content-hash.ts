import { createHash } from "node:crypto";
import { stringifyRecord } from "../json/write-lossless.js";

/** A hash of a JSON document that does not depend on the order of its keys. */
export function hashContent(document: unknown): string {
  return createHash("sha3-256")
    .update(stringifyRecord({ document: sortKeys(document) }))
    .digest("base64");
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, member]) => [key, sortKeys(member)]));
}
