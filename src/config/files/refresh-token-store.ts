import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import type { RefreshTokenStore, RefreshTokenUse } from "../../model/refresh-token-store.js";
import { ConfigError, WarehouseError } from "../../shared/errors.js";
import { acquireLock } from "./process-lock.js";
import { prepareReplacement, type FileReplacement } from "./replace-file.js";
import { replaceTomlString } from "./replace-toml-string.js";
import type { Settings } from "./settings.js";
import { isTomlTable, parseToml, valueAt, type TomlTable } from "./toml.js";

/**
 * Keeps new refresh tokens where the configured ones were found: in the secrets files. One that came from elsewhere, or
 * whose file cannot be written, is kept in `.dlt/pipelines/<pipeline>/tokens.toml` under a hash of the configured
 * value, and so counts until that changes.
 */
export function createRefreshTokenStore(
  root: string,
  pipeline: string,
  settings: Settings,
): RefreshTokenStore {
  const ownFile = join(root, ".dlt", "pipelines", pipeline, "tokens.toml");
  return {
    async begin(configured, wait) {
      const lock = await acquireLock(join(root, ".dlt", "pipelines", ".tokens.lock"), wait);
      try {
        const use = await openUse(configured, { root, ownFile, places: findPlaces(settings, configured) });
        return {
          token: use.token,
          save: (token) => use.save(token),
          async [Symbol.asyncDispose]() {
            await use[Symbol.asyncDispose]();
            await lock[Symbol.asyncDispose]();
          },
        };
      } catch (error) {
        await lock[Symbol.asyncDispose]();
        throw error;
      }
    },
  };
}

/** A string of a secrets file, by the tables and the key that lead to it. */
interface Place {
  readonly file: string;
  readonly path: readonly string[];
}

interface Surroundings {
  readonly root: string;
  readonly ownFile: string;
  /** Where the configured token stood when the project was read. */
  readonly places: readonly Place[];
}

async function openUse(
  configured: string,
  { root, ownFile, places }: Surroundings,
): Promise<RefreshTokenUse> {
  // Another process may have stored a newer one since this one has read its configuration.
  const place = await firstPresent(places);
  const current = place?.value ?? configured;
  const stored = await readStored(ownFile, current);
  const own = { key: current, token: stored ?? current, root };
  if (place === undefined || stored !== undefined) return useInOwnFile(ownFile, own);
  try {
    // Tried before the token is spent: afterwards it would be too late.
    await replaced(place.file, current, `${current}?`);
    const replacement = await prepareReplacement(place.file);
    const files = [...new Set([place.file, ...places.map(({ file }) => file)])];
    return useInSecrets(current, { files, replacement, fallBack: () => useInOwnFile(ownFile, own) });
  } catch {
    return useInOwnFile(ownFile, own);
  }
}

interface SecretsUse {
  /** The first holds the token that is used. */
  readonly files: readonly string[];
  readonly replacement: FileReplacement;
  readonly fallBack: () => Promise<RefreshTokenUse>;
}

function useInSecrets(token: string, { files, replacement, fallBack }: SecretsUse): RefreshTokenUse {
  const [first = "", ...others] = files;
  return {
    token,
    async save(next) {
      try {
        await replacement.commit(await replaced(first, token, next));
      } catch {
        await using use = await fallBack();
        await use.save(next);
        return;
      }
      // The same token in another file counts no more either.
      for (const file of others) {
        const text = await replaced(file, token, next).catch(() => undefined);
        if (text === undefined) continue;
        await using other = await prepareReplacement(file);
        await other.commit(text);
      }
    },
    [Symbol.asyncDispose]: () => replacement[Symbol.asyncDispose](),
  };
}

async function replaced(file: string, from: string, to: string): Promise<string> {
  const text = replaceTomlString(await readFile(file, "utf8"), from, to);
  if (text === undefined) throw new Error("the token is not there any more");
  return text;
}

async function useInOwnFile(
  file: string,
  { key, token, root }: { readonly key: string; readonly token: string; readonly root: string },
): Promise<RefreshTokenUse> {
  const replacement = await prepareReplacement(file).catch((error: unknown) => {
    const { code } = error as NodeJS.ErrnoException;
    const message = `${relative(root, file)} cannot be written: ${String(code)}`;
    const hint =
      "A server may replace a refresh token when it is used, so there has to be a place for the new one.";
    throw new ConfigError([{ message, hint }], { hint });
  });
  return {
    token,
    async save(next) {
      await orExplain(file, root, async () => {
        const tokens = { ...(await readTokens(file)), [hashOf(key)]: next };
        await replacement.commit(writeTokens(tokens));
      });
    },
    [Symbol.asyncDispose]: () => replacement[Symbol.asyncDispose](),
  };
}

async function orExplain(file: string, root: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new WarehouseError(
      `The server has replaced the refresh token, and the new one cannot be written to ${relative(root, file)}: ${code ?? message}`,
      "disk",
      {
        hint: "The one that is configured may count no more: ask for a new one if the next sync is refused.",
        cause: error,
      },
    );
  }
}

const HEADER = `# Written by dango: refresh tokens that servers have handed out in place of configured ones, under a hash of those.
# Remove an entry to go back to the configured token.
`;

async function readStored(file: string, configured: string): Promise<string | undefined> {
  return (await readTokens(file))[hashOf(configured)];
}

async function readTokens(file: string): Promise<Record<string, string>> {
  const { tokens } = (await readTable(file)) ?? {};
  if (!isTomlTable(tokens)) return {};
  const entries = Object.entries(tokens).filter(
    (entry): entry is [string, string] => typeof entry[1] === "string",
  );
  return Object.fromEntries(entries);
}

function writeTokens(tokens: Readonly<Record<string, string>>): string {
  const lines = Object.entries(tokens).map(
    ([hash, token]) => `${hash} = ${JSON.stringify(token).replaceAll("\u007F", "\\u007F")}\n`,
  );
  return `${HEADER}[tokens]\n${lines.join("")}`;
}

function hashOf(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}

async function readTable(file: string): Promise<TomlTable | undefined> {
  const text = await readFile(file, "utf8").catch(() => undefined);
  return text === undefined ? undefined : parseToml(text, file).table;
}

async function firstPresent(
  places: readonly Place[],
): Promise<(Place & { readonly value: string }) | undefined> {
  for (const place of places) {
    const value = valueAt(await readTable(place.file), place.path);
    if (typeof value === "string" && value !== "") return { ...place, value };
  }
  return undefined;
}

/** A token that is in the environment too was taken from there: the environment comes first. */
function findPlaces({ env, secrets }: Settings, token: string): Place[] {
  if (Object.values(env).includes(token)) return [];
  return secrets.files.flatMap(({ path: file, table }) =>
    [...pathsOf(table, token, [])].map((path) => ({ file, path })),
  );
}

function* pathsOf(table: TomlTable, token: string, prefix: readonly string[]): Generator<readonly string[]> {
  for (const [key, value] of Object.entries(table)) {
    if (value === token) yield [...prefix, key];
    else if (isTomlTable(value)) yield* pathsOf(value, token, [...prefix, key]);
  }
}
