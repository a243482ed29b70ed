import { createJiti } from "jiti";

/** How a user's module is loaded. */
export interface ImportOptions {
  /** A folder for transpiled code, made when needed. */
  readonly cacheDirectory: string;
  /** Packages that are given instead of found, by name: one instance for the module and its host. */
  readonly provided: Readonly<Record<string, object>>;
}

/**
 * Imports a TypeScript or JavaScript module without a build step and gives its exports. Throws what the module
 * throws; stacks have its own lines. The only file that knows jiti.
 */
export async function importModule(
  path: string,
  { cacheDirectory, provided }: ImportOptions,
): Promise<Readonly<Record<string, unknown>>> {
  const jiti = createJiti(import.meta.url, {
    fsCache: cacheDirectory,
    interopDefault: false,
    virtualModules: { ...provided },
  });
  return jiti.import<Record<string, unknown>>(path);
}
