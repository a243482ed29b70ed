import { stringifyRecord } from "../../../json/write-lossless.js";
import type { RequestParts } from "./request-parts.js";

/** A request's body as it is sent; undefined: there is none. */
export function encodeBody({ json, data }: Pick<RequestParts, "json" | "data">): string | undefined {
  if (json !== undefined) return stringifyRecord(json);
  return typeof data === "object" ? encodeForm(data) : data;
}

function encodeForm(fields: readonly (readonly [string, string])[]): string {
  const form = new URLSearchParams();
  for (const [name, value] of fields) form.append(name, value);
  return form.toString();
}
