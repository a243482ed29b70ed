import { wholeBody } from "../../model/body.js";
import { readHeader } from "../merge-headers.js";
import type { HttpResponse } from "../client.js";

/** The members of an answer to a request for a token: JSON, or a form; undefined if it is neither. */
export function readTokenAnswer(response: HttpResponse): Readonly<Record<string, unknown>> | undefined {
  const text = wholeBody(response.body)
    .toString("utf8")
    .replace(/^\uFEFF/, "");
  const type = readHeader(response.headers, "content-type") ?? "";
  if (type.includes("x-www-form-urlencoded")) return Object.fromEntries(new URLSearchParams(text));
  try {
    const value: unknown = JSON.parse(text);
    return isMapping(value) ? value : { "": value };
  } catch {
    return undefined;
  }
}

/** What stands at a dotted path: `data.session.token`, `$.tokens[0].value`. */
export function readMember(value: unknown, path: string): unknown {
  const keys = path.replace(/^\$\.?/, "").match(/[^.[\]]+/g) ?? [];
  return keys.reduce<unknown>(
    (member, key) =>
      typeof member === "object" && member !== null && Object.hasOwn(member, key)
        ? (member as Record<string, unknown>)[key]
        : undefined,
    value,
  );
}

/** Milliseconds of a number of seconds, or of its text; undefined if it is neither. */
export function readSeconds(value: unknown): number | undefined {
  const text = typeof value === "number" ? String(value) : value;
  return typeof text === "string" && /^\d+(?:\.\d+)?$/.test(text.trim()) ? Number(text) * 1_000 : undefined;
}

/** What the server says is wrong (RFC 6749 §5.2, or what others use); undefined if it says nothing of that kind. */
export function readServerError(members: Readonly<Record<string, unknown>> | undefined): string | undefined {
  const error = members?.["error"];
  const inner = isMapping(error) ? error : undefined;
  const parts = [
    inner?.["code"] ?? inner?.["status"] ?? error,
    members?.["error_description"] ?? inner?.["message"] ?? members?.["message"] ?? members?.["detail"],
  ];
  const words = parts.filter((part) => typeof part === "string" || typeof part === "number").map(String);
  return words.length === 0 ? undefined : words.join(": ");
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
