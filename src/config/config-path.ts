/** Where a value stands in a configuration document: keys and list positions from the root. */
export type ConfigPath = readonly (string | number)[];

/** The path as people write it: `sources[0].rest_api.headers["X-Api-Key"]`. */
export function formatConfigPath(path: ConfigPath): string {
  let text = "";
  for (const segment of path) {
    if (typeof segment === "number") text += `[${String(segment)}]`;
    else if (/^[A-Za-z_][\w-]*$/.test(segment)) text += text === "" ? segment : `.${segment}`;
    else text += `[${JSON.stringify(segment)}]`;
  }
  return text;
}
