import type { EndpointConfig, FormField, GraphqlConfig, RequestData } from "../../model/rest-config.js";
import type { FlatKeys, FlatResource } from "./flat-keys.js";
import { findPlaceholders, type FoundPlaceholder } from "./placeholders.js";
import type { DataInput, GraphqlInput } from "../schema/schema-endpoint.js";
import type { SourceContext } from "../source-context.js";

/** How a resource is asked for: method and body, and the placeholders in the body. */
export interface ResolvedBody {
  readonly method: EndpointConfig["method"];
  readonly json: unknown;
  readonly data: RequestData | undefined;
  readonly graphql: GraphqlConfig | undefined;
  readonly placeholders: readonly FoundPlaceholder[];
}

/** Resolves `json`, `data` or `graphql`, of which a resource has one at most. GraphQL implies POST (rule P12). */
export function resolveBody({ values, at }: FlatKeys<FlatResource>, context: SourceContext): ResolvedBody {
  const { issues } = context;
  const bodies = (["json", "data", "graphql"] as const).filter(
    (key) => values[key] !== undefined && values[key] !== null,
  );
  const [first, second] = bodies;
  if (first !== undefined && second !== undefined) {
    issues.add(at(second), `a request has one body: \`${first}\` and \`${second}\` exclude each other`, {
      hint: "keep one of them; `null` takes one of `resource_defaults` away",
      at: "key",
    });
  }
  const graphql = values.graphql ?? undefined;
  if (graphql !== undefined && values.method === "GET") {
    issues.add(at("method"), "a GraphQL query is sent with POST", { hint: "leave `method` out" });
  }
  const data = values.data ?? undefined;
  return {
    method: values.method ?? (graphql === undefined ? "GET" : "POST"),
    json: values.json ?? undefined,
    data: data === undefined ? undefined : resolveData(data),
    graphql: graphql === undefined ? undefined : resolveGraphql(graphql),
    placeholders: [
      ...findPlaceholders(values.json, at("json")),
      ...findPlaceholders(values.data, at("data")),
      ...findPlaceholders(graphql?.variables, [...at("graphql"), "variables"]),
    ],
  };
}

/**
 * The path of a GraphQL resource that names none: all resources of an API are asked for at one place, which is
 * `base_url` itself if that ends in it already.
 */
export function defaultGraphqlPath(baseUrl: string | null | undefined): string {
  return /\/graphql(?:\.json)?\/?(?:\?|$)/i.test(baseUrl ?? "") ? "" : "graphql";
}

function resolveData(data: NonNullable<DataInput>): RequestData {
  if (typeof data === "string") return data;
  const fields = Array.isArray(data) ? data : Object.entries(data);
  return fields.flatMap(([name, value]): FormField[] =>
    Array.isArray(value) ? value.map((item) => [name, item] as const) : [[name, value]],
  );
}

function resolveGraphql({ query, variables }: GraphqlInput): GraphqlConfig {
  const given = Object.entries(variables ?? {}).filter(([, value]) => value !== null);
  return { query, variables: Object.fromEntries(given) };
}
