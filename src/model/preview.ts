import type { ExitCode } from "../shared/exit-codes.js";
import type { ReportedError } from "./report.js";

/** What `dango preview` found of one resource; nothing of it was loaded. */
export interface ResourcePreview {
  readonly name: string;
  readonly exitCode: ExitCode;
  readonly error: ReportedError | null;
  /** What was sent, in order, with the statuses that came back. */
  readonly requests: readonly PreviewRequest[];
  /** What was chosen or configured, in words; null for TypeScript sources. */
  readonly paginator: string | null;
  /** Why, and what else a reader should know. */
  readonly notices: readonly string[];
  /** Where the records of the first page stand: `data.items`, `$`; null where nothing was found, or by a module. */
  readonly dataSelector: string | null;
  readonly writeDisposition: string;
  readonly primaryKey: readonly string[];
  /** Records that were read; `records` has the first of them. */
  readonly rows: number;
  /** Each the JSON of one record, as the API spelled it. */
  readonly records: readonly string[];
  /** What a first sync of these records would make, the root first. */
  readonly tables: readonly PreviewTable[];
  /** Fields of the records' type, where a GraphQL server tells them. */
  readonly fields: readonly SchemaField[];
}

/** One request as it was sent; the URL without secrets. */
export interface PreviewRequest {
  readonly method: string;
  readonly url: string;
  readonly status: number;
}

/** One table that a sync would make. */
export interface PreviewTable {
  readonly name: string;
  readonly parent: string | null;
  readonly columns: readonly { readonly name: string; readonly type: string; readonly nullable: boolean }[];
}

/** One field of a type in a server's own schema. */
export interface SchemaField {
  readonly name: string;
  readonly type: string;
}

/** The outcome of `dango preview`. */
export interface PreviewReport {
  readonly source: string;
  readonly dataset: string;
  readonly exitCode: ExitCode;
  readonly resources: readonly ResourcePreview[];
}
