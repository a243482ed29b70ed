/** One request before it is serialised: what templates build and paginators look at. */
export interface RequestParts {
  readonly method: "GET" | "POST";
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** The JSON body as a value; undefined: no JSON body. */
  readonly json: unknown;
  /** A form's fields, or a body as text; undefined: neither. */
  readonly data?: readonly (readonly [name: string, value: string])[] | string | undefined;
}
