import { parseLossless } from "../../json/parse-lossless.js";

/** A JSON object. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** The object that `text` holds, its big integers as bigint; undefined if it is no JSON object. */
export function parseDocument(text: string): JsonObject | undefined {
  try {
    const bytes = Buffer.from(text);
    return asObject(parseLossless(bytes, 0, bytes.length));
  } catch {
    return undefined;
  }
}

/** `value` if it is a JSON object, else undefined. */
export function asObject(value: unknown): JsonObject | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as JsonObject)
    : undefined;
}

/** The member if it is a list, else an empty one. */
export function listMember(object: JsonObject | undefined, key: string): readonly unknown[] {
  const value = object?.[key];
  return Array.isArray(value) ? value : [];
}

/** The object less some of its members. */
export function without(object: JsonObject, keys: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([key]) => !keys.includes(key)));
}

/** The member if it is a JSON object, else an empty one. */
export function objectMember(object: JsonObject | undefined, key: string): JsonObject {
  return asObject(object?.[key]) ?? {};
}
