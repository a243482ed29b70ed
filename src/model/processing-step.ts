import type { SourceLocation } from "../shared/errors.js";

/** An SQL expression over one record, as it is written. */
export interface SqlExpression {
  readonly sql: string;
  readonly location: SourceLocation;
}

/** What a function of a step does: keeps or drops a record, changes it, or makes several of it. */
export type StepFunctionRole = "filter" | "map" | "yield_map";

/**
 * One of a resource's processing steps (contract §2.1). Paths are dotted, as written: what they name depends on the
 * records. `Callable` is how a function is held: by reference in a configuration, loaded in a source that is open.
 */
export type ProcessingStep<Callable> =
  | { readonly kind: "filter"; readonly expression: SqlExpression }
  | { readonly kind: "map"; readonly columns: readonly MappedColumn[] }
  | { readonly kind: "rename"; readonly names: readonly RenamedPath[] }
  | { readonly kind: "exclude"; readonly paths: readonly string[]; readonly location: SourceLocation }
  | { readonly kind: "function"; readonly role: StepFunctionRole; readonly function: Callable };

/** A column that a `map` sets. */
export interface MappedColumn {
  readonly path: string;
  readonly expression: SqlExpression;
}

/** A member that a `rename` moves. */
export interface RenamedPath {
  readonly from: string;
  readonly to: string;
  readonly location: SourceLocation;
}
