import { wholeBody } from "../../../model/body.js";
import type { HttpClient } from "../../../http/client.js";
import { JsonFault } from "../../../json/json-fault.js";
import { parseLossless } from "../../../json/parse-lossless.js";
import type { RestResourceConfig } from "../../../model/rest-config.js";
import type { SchemaField } from "../../../model/preview.js";
import type { ReadContext } from "../../../model/source.js";
import { isDangoError } from "../../../shared/errors.js";
import type { RequestTemplate } from "../requests/request-template.js";
import { isObject, readPath } from "../value-path.js";

const TYPE = "kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name } } } }";
const INTROSPECTION = `query { __schema { queryType { name } types { name fields { name type { ${TYPE} } } } } }`;

/** Answers of servers that do not tell their schema: not tried again. */
const REFUSALS = [400, 401, 403, 404, 405, 422, 500, 501];

/**
 * Asks a GraphQL server for the fields of the type that the records have: the one that `data_selector` leads to from
 * the query's root. Undefined if there is no such selector or type, or the server does not tell its schema.
 */
export async function readGraphqlFields(
  parts: {
    readonly source: string;
    readonly config: RestResourceConfig;
    readonly template: RequestTemplate;
    readonly client: HttpClient;
  },
  { signal, emit }: Pick<ReadContext, "signal" | "emit">,
): Promise<readonly SchemaField[] | undefined> {
  const { endpoint, options } = parts.config;
  const steps = stepsOf(endpoint.dataSelector);
  if (steps.length === 0) return undefined;
  const body = JSON.stringify({ query: INTROSPECTION, variables: {} });
  const context = { source: parts.source, resource: options.name, signal, emit };
  try {
    const { url, headers } = parts.template.build({ values: {}, tokens: [] }, () => undefined);
    const request = { method: "POST", url, headers, body, expectedStatuses: REFUSALS } as const;
    const response = await parts.client.send(request, context);
    const answer = wholeBody(response.body);
    return findFields(parseLossless(answer, 0, answer.length), steps);
  } catch (error) {
    signal.throwIfAborted();
    // A server that keeps its schema to itself is no fault of the preview.
    if (isDangoError(error) || error instanceof JsonFault) return undefined;
    throw error;
  }
}

/** `data.products.edges[*].node` as `products, edges, node`. */
function stepsOf(selector: string | undefined): string[] {
  const path = (selector ?? "").replace(/^\$\.?/, "").replaceAll("[*]", "");
  const [root, ...steps] = path.split(".");
  return root === "data" && steps.every((step) => /^[_A-Za-z]\w*$/.test(step)) ? steps : [];
}

function findFields(answer: unknown, steps: readonly string[]): SchemaField[] | undefined {
  const types = readPath(answer, "data.__schema.types");
  let typeName = readPath(answer, "data.__schema.queryType.name");
  if (!Array.isArray(types)) return undefined;
  const fieldsOf = (name: unknown): Record<string, unknown>[] => {
    const type: unknown = types.find((candidate) => isObject(candidate) && candidate["name"] === name);
    const fields = isObject(type) ? type["fields"] : undefined;
    return Array.isArray(fields) ? fields.filter(isObject) : [];
  };
  for (const step of steps) {
    const field = fieldsOf(typeName).find(({ name }) => name === step);
    if (field === undefined) return undefined;
    typeName = nameOf(field["type"]);
  }
  return fieldsOf(typeName).map(({ name, type }) => ({ name: String(name), type: spell(type) }));
}

/** The type inside of lists and non-null marks. */
function nameOf(type: unknown): unknown {
  if (!isObject(type)) return undefined;
  return isObject(type["ofType"]) ? nameOf(type["ofType"]) : type["name"];
}

/** As GraphQL spells it: `[String!]!`. */
function spell(type: unknown): string {
  if (!isObject(type)) return "";
  if (type["kind"] === "NON_NULL") return `${spell(type["ofType"])}!`;
  if (type["kind"] === "LIST") return `[${spell(type["ofType"])}]`;
  return typeof type["name"] === "string" ? type["name"] : "";
}
