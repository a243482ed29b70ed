import { excerptOf } from "../../../extract/formats/excerpt.js";
import { forEachMember } from "../../../extract/select/object-members.js";
import { JsonFault } from "../../../json/json-fault.js";
import { parseLossless } from "../../../json/parse-lossless.js";
import { skipValue, skipWhitespace } from "../../../json/skip-value.js";
import { isObject } from "../value-path.js";

/** What a GraphQL server says in the `errors` of an answer. */
export interface GraphqlErrors {
  /** All messages, joined. */
  readonly text: string;
  /** What they all are by their code; `other` if it says nothing that is known, or they differ. */
  readonly kind: "throttled" | "unauthenticated" | "forbidden" | "other";
}

/**
 * The `errors` at the top of a GraphQL answer, also beside data; undefined if there are none. Only looks for them: a
 * body that is no JSON is left to those who read it.
 */
export function findGraphqlErrors(body: Buffer): GraphqlErrors | undefined {
  try {
    const errors = readErrors(body);
    if (errors.length === 0) return undefined;
    const kinds = new Set(errors.map(kindOf));
    const [kind = "other"] = kinds;
    return {
      text: excerptOf([...new Set(errors.map(describe))].join("; ")),
      kind: kinds.size === 1 ? kind : "other",
    };
  } catch (error) {
    if (error instanceof JsonFault) return undefined;
    throw error;
  }
}

function readErrors(body: Buffer): readonly unknown[] {
  const { length } = body;
  const start = skipWhitespace(body, skipMark(body), length);
  if (body[start] !== 0x7b) return [];
  let errors: unknown;
  forEachMember(body, start, length, (key, at) => {
    const after = skipValue(body, at, length);
    if (key === "errors") errors = parseLossless(body, at, after);
    return after;
  });
  if (Array.isArray(errors)) return errors;
  const isEmpty = errors === undefined || errors === null || errors === false || errors === "";
  return isEmpty || (isObject(errors) && Object.keys(errors).length === 0) ? [] : [errors];
}

function skipMark(body: Buffer): number {
  return body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf ? 3 : 0;
}

/** `Field 'x' doesn't exist (products.edges)`. */
function describe(error: unknown): string {
  if (typeof error === "string") return error;
  if (!isObject(error)) return JSON.stringify(error);
  const { message, path } = error;
  const text = typeof message === "string" && message !== "" ? message : JSON.stringify(error, spellBig);
  return Array.isArray(path) && path.length > 0 ? `${text} (${path.map(String).join(".")})` : text;
}

function spellBig(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? String(value) : value;
}

/** By `extensions.code` (Apollo, Shopify) or `type` (GitHub). */
function kindOf(error: unknown): GraphqlErrors["kind"] {
  const { extensions, type } = isObject(error) ? error : {};
  const code = (isObject(extensions) ? extensions["code"] : undefined) ?? type;
  switch (typeof code === "string" ? code.toUpperCase() : "") {
    case "THROTTLED":
    case "RATE_LIMITED":
    case "RATELIMITED":
    case "TOO_MANY_REQUESTS":
      return "throttled";
    case "UNAUTHENTICATED":
    case "UNAUTHORIZED":
    case "ACCESS_TOKEN_INVALID":
      return "unauthenticated";
    case "FORBIDDEN":
    case "ACCESS_DENIED":
    case "INSUFFICIENT_SCOPES":
      return "forbidden";
    default:
      return "other";
  }
}
