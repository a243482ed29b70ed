import type { StagedField } from "./load-plan.js";

/** An SQL expression, parsed: where it refers to the record. */
export interface ParsedExpression {
  readonly sql: string;
  /** In the order of the text. */
  readonly references: readonly MemberReference[];
  /** Names of members that it takes out of lists and objects by other means than a {@link MemberReference}. */
  readonly memberNames: readonly string[];
}

/** A dotted name in an expression; `start` and `end` are offsets in the bytes of its text. */
export interface MemberReference {
  readonly names: readonly string[];
  readonly start: number;
  readonly end: number;
}

/** SQL steps that are carried out in one reading of the records. */
export interface SqlPass {
  /** The members that DuckDB reads of each record, at least one. */
  readonly fields: readonly StagedField[];
  /** What the expressions call `c0`, `c1`, … */
  readonly columns: readonly PassColumn[];
  readonly operations: readonly PassOperation[];
}

/** Where the values of a name come from. */
export type PassColumn =
  | { readonly kind: "member"; readonly path: readonly string[] }
  /** `path` leads to a JSON value, `rest` from there to a value of type `sqlType`. */
  | {
      readonly kind: "json";
      readonly path: readonly string[];
      readonly rest: readonly string[];
      readonly sqlType: string;
    }
  /** No record has it; `sqlType` is that of the table's column. */
  | { readonly kind: "absent"; readonly sqlType: string | undefined };

/** One expression over `c0`, `c1`, …, in the order of the steps. */
export interface PassOperation {
  readonly kind: "filter" | "value";
  readonly sql: string;
  /** The same as a user would call it, for messages. */
  readonly name: string;
}

/** A failure of one operation; `row` counts the file's rows from 0 and is undefined if it is none of theirs. */
export interface PassFailure {
  readonly operation: PassOperation;
  readonly row: number | undefined;
  /** DuckDB's own words, one line. */
  readonly reason: string;
}

/** What one pass over files is carried out with. */
export interface PassRun {
  /**
   * Evaluates the pass over an NDJSON file into a file of one line a record: `-` for a dropped one, otherwise `+` and
   * the JSON text of each value, U+001F between them. Rejects with what `explain` makes of a failure.
   */
  evaluate(file: string, output: string): Promise<void>;
}

/** Evaluates expressions in a DuckDB that reaches no file outside one directory, and no network. Calls are queued. */
export interface ExpressionEvaluator extends AsyncDisposable {
  /** Throws a ConfigError without location, of one issue, for what is no expression over one record. */
  parse(sql: string): Promise<ParsedExpression>;
  /** Binds the pass's types; rejects with what `explain` makes of a failure. */
  prepare(pass: SqlPass, explain: (failure: PassFailure) => Error): Promise<PassRun>;
}
