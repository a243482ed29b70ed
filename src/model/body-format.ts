/** The formats that records are read from. */
export const BODY_FORMATS = ["json", "jsonl", "csv", "xml"] as const;

/** How a body is written. */
export type BodyFormat = (typeof BODY_FORMATS)[number];

/** What the configuration says of an endpoint's bodies (`response_format`). */
export interface ResponseFormat {
  /** Undefined: told by each body's bytes and content type. */
  readonly format: BodyFormat | undefined;
  readonly csv: CsvSettings;
}

/** How CSV bodies are written; what is undefined is told by the body. */
export interface CsvSettings {
  /** One character. Undefined: the most frequent of comma, semicolon, tab and bar in the header. */
  readonly delimiter: string | undefined;
  /** One character; null: no character quotes. Undefined: `"`. */
  readonly quote: string | null | undefined;
  /** Names of the columns, for bodies without a header row. */
  readonly columns: readonly string[] | undefined;
}
