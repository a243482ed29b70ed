/** One request before it is serialised: what templates build and paginators look at. */
export interface RequestParts {
  readonly method: "GET" | "POST";
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** The JSON body as a value; undefined: no body. */
  readonly json: unknown;
}
