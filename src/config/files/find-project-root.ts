import { access } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";

/** Where a project's sources stand, relative to its root. */
export const SOURCES_FILE = ".dango/sources.yml";

/** The nearest folder at or above `startDirectory` that holds `.dango/sources.yml`; undefined if there is none. */
export async function findProjectRoot(startDirectory: string): Promise<string | undefined> {
  let directory = resolve(startDirectory);
  for (;;) {
    if (await isProjectRoot(directory)) return directory;
    const parent = dirname(directory);
    if (parent === directory) return undefined;
    directory = parent;
  }
}

/** True if `directory` itself holds `.dango/sources.yml`. */
export async function isProjectRoot(directory: string): Promise<boolean> {
  return access(join(directory, SOURCES_FILE)).then(
    () => true,
    () => false,
  );
}
