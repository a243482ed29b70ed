import type { FormField, GraphqlConfig, RequestData } from "../../../model/rest-config.js";
import { ConfigError, DataError } from "../../../shared/errors.js";
import { stringifyRecord } from "../../../json/write-lossless.js";
import { compileJson, setAtPath } from "./json-template.js";
import {
  parsePlaceholders,
  placeholderNames,
  renderText,
  type PlaceholderLookup,
} from "./placeholder-text.js";
import type { TokenValue } from "../paging/paginator.js";
import type { RequestParts } from "./request-parts.js";

/** An endpoint's body as configured: at most one of the three. */
export interface BodySpec {
  readonly json: unknown;
  readonly data?: RequestData | undefined;
  readonly graphql?: GraphqlConfig | undefined;
  /** For messages: `my_api.orders`. */
  readonly name: string;
}

/** A body with placeholders. */
export interface BodyTemplate {
  /** The key it is configured under. */
  readonly place: string;
  /** All placeholders in it. */
  readonly names: readonly string[];
  /** `Content-Type`, unless another is set; undefined: none is. */
  readonly contentType: string | undefined;
  /** A fresh copy, filled in. Throws DataError when a placeholder in a text has no value. */
  render(lookup: PlaceholderLookup): Pick<RequestParts, "json" | "data">;
}

/** Prepares a body. Nothing in the query of GraphQL is a placeholder (rule P12). */
export function compileBody(spec: BodySpec): BodyTemplate {
  if (spec.graphql !== undefined) return compileGraphql(spec.graphql);
  if (typeof spec.data === "string") return compileText(spec.data, spec.name);
  if (spec.data !== undefined) return compileForm(spec.data);
  const json = compileJson(spec.json);
  return {
    place: "json",
    names: json.names,
    contentType: spec.json === undefined ? undefined : "application/json",
    render: (lookup) => ({ json: json.render(lookup) }),
  };
}

/** The body with one member or form field set: where paginators put what they send. */
export function assignToBody(
  { json, data }: Pick<RequestParts, "json" | "data">,
  path: string,
  value: TokenValue,
): Pick<RequestParts, "json" | "data"> {
  if (data === undefined) return { json: setAtPath(json, path, value) };
  if (typeof data !== "string") {
    const others = data.filter(([name]) => name !== path);
    const text = typeof value === "object" ? stringifyRecord(value) : String(value);
    return { json, data: [...others, [path, text]] };
  }
  throw new ConfigError([
    {
      message: `the paginator sends "${path}" in the body, but the body is text without fields`,
      hint: "Write `data` as a mapping, or put {paginator.cursor}, {paginator.page} or {paginator.offset} into the text.",
    },
  ]);
}

function compileGraphql({ query, variables }: GraphqlConfig): BodyTemplate {
  const template = compileJson(variables);
  return {
    place: "graphql.variables",
    names: template.names,
    contentType: "application/json",
    render: (lookup) => ({ json: { query, variables: template.render(lookup) } }),
  };
}

function compileForm(fields: Exclude<RequestData, string>): BodyTemplate {
  const compiled = fields.map(([name, value]) => [name, compileJson(value)] as const);
  return {
    place: "data",
    names: compiled.flatMap(([, value]) => value.names),
    contentType: "application/x-www-form-urlencoded",
    render: (lookup) => ({
      json: undefined,
      data: compiled.flatMap(([name, template]): (readonly [string, string])[] => {
        const value = template.render(lookup) as FormField[1] | undefined;
        return value === null || value === undefined ? [] : [[name, String(value)]];
      }),
    }),
  };
}

function compileText(data: string, owner: string): BodyTemplate {
  const text = parsePlaceholders(data);
  const names = placeholderNames(text);
  return {
    place: "data",
    names,
    contentType: undefined,
    render: (lookup) => {
      const filled = renderText(text, lookup);
      if (filled !== undefined) return { json: undefined, data: filled };
      const missing = names.find((name) => (lookup(name) ?? undefined) === undefined);
      throw new DataError(`${owner}: the placeholder {${missing ?? ""}} in the text of data has no value`, {
        hint: "A text is sent as a whole and needs a value at every request; in a mapping the field would be left out.",
      });
    },
  };
}
