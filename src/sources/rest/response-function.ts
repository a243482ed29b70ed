/**
 * A function of `response_actions`: sees an answer and says what to make of it. Nothing (undefined) leaves it to the
 * next action, and in the end to the rules for all answers.
 */
export type ResponseFunction = (
  response: ApiResponse,
) => ResponseVerdict | undefined | Promise<ResponseVerdict | undefined>;

/** An answer of an API, its body whole and decompressed. */
export interface ApiResponse {
  readonly status: number;
  /** Names in lower case; several values of one name are joined by commas. */
  readonly headers: Readonly<Record<string, string>>;
  /** Without what auth added to it. */
  readonly url: string;
  /** Read as UTF-8. */
  readonly text: string;
  /** The body parsed; integers beyond 2^53 are bigints. Throws if it is no JSON. */
  readonly json: () => unknown;
}

/**
 * `ignore`: no rows, and the end of this list. `retry`: again, after the wait that the API asks for or `wait` seconds.
 * `fail`: an error at once. `body`: read this instead, text and bytes as they are, other values as JSON.
 */
export type ResponseVerdict =
  | "ignore"
  | "retry"
  | "fail"
  | { readonly action: "ignore" }
  | { readonly action: "retry"; readonly wait?: number }
  | { readonly action: "fail"; readonly message?: string }
  | { readonly body: unknown };
