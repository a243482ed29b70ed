import type { SourceLocation } from "../../shared/errors.js";
import type { ParameterValues, Parameters } from "./parameter.js";
import type { ResourceDefinition } from "./resource-definition.js";
import { locateCaller } from "./user-location.js";

const SOURCE = Symbol.for("dango.source");

/** A source as a module exports it: its parameters, and how its resources are made from their values. */
export interface SourceDefinition<P extends Parameters = Parameters> {
  readonly [SOURCE]: true;
  readonly parameters: P;
  readonly build: (values: ParameterValues<P>) => BuiltResources;
  readonly location: SourceLocation | undefined;
}

/** What a build function may return: resources in the order in which they are read. */
export type BuiltResources =
  | ResourceDefinition
  | readonly ResourceDefinition[]
  | Promise<ResourceDefinition | readonly ResourceDefinition[]>;

/**
 * Defines a source. Export the result; `dlt_native: {source_module, source_name}` in `.dango/sources.yml` names it.
 *
 * `build` is called once a run, with every parameter filled in, before anything is requested: it declares resources and
 * requests nothing itself (a request made in it is an error). Resources are read one after the other in the order
 * returned.
 *
 * @param parameters - `{ api_key: secret(), base_url: config("https://api.example.com") }`
 * @param build - returns one resource or a list of them
 */
export function defineSource<const P extends Parameters>(
  parameters: P,
  build: (values: ParameterValues<P>) => BuiltResources,
): SourceDefinition<P> {
  return { [SOURCE]: true, parameters, build, location: locateCaller(defineSource) };
}

/** True for what `defineSource` returns, of any copy of this package. */
export function isSourceDefinition(value: unknown): value is SourceDefinition {
  return typeof value === "object" && value !== null && SOURCE in value;
}
