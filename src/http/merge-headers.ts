/** Header names with the spelling that is sent. */
export type Headers = Readonly<Record<string, string>>;

/** Joins layers of headers; a later layer replaces a header of an earlier one whatever its case. */
export function mergeHeaders(...layers: readonly Headers[]): Headers {
  const byName = new Map<string, readonly [string, string]>();
  for (const layer of layers) {
    for (const [name, value] of Object.entries(layer)) byName.set(name.toLowerCase(), [name, value]);
  }
  return Object.fromEntries(byName.values());
}

/** The headers whose lower-case names pass. */
export function filterHeaders(headers: Headers, isKept: (lowerCaseName: string) => boolean): Headers {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => isKept(name.toLowerCase())));
}

/** The value of a header, or the first of several; undefined when it is not there. */
export function readHeader(
  headers: Readonly<Record<string, string | readonly string[] | undefined>>,
  lowerCaseName: string,
): string | undefined {
  const value = headers[lowerCaseName];
  return typeof value === "string" || value === undefined ? value : value[0];
}
