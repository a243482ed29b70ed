import { parse } from "@iarna/toml";
import type { ConfigIssue } from "../../shared/errors.js";
import { formatConfigPath, type ConfigPath } from "../config-path.js";

/** A TOML table without a prototype, so that `__proto__` is a key like any other. */
export interface TomlTable {
  readonly [key: string]: TomlValue | undefined;
}

/** What a TOML file can hold. Dates and times are strings in ISO 8601. */
export type TomlValue = string | number | boolean | readonly TomlValue[] | TomlTable;

/** Reads TOML; `file` is the name that issues show. Never throws, and no issue quotes the file. */
export function parseToml(
  text: string,
  file: string,
): { readonly table: TomlTable; readonly issues: readonly ConfigIssue[] } {
  const issues: ConfigIssue[] = [];
  try {
    const raw: unknown = parse(text.startsWith("\uFEFF") ? text.slice(1) : text);
    const table = copy(raw, [], (path) => {
      issues.push({
        message: `the integer at \`${formatConfigPath(path)}\` has too many digits to be read exactly`,
        location: { file },
        hint: "put it in quotes",
      });
    });
    return { table: isTomlTable(table) ? table : emptyTable(), issues };
  } catch (error) {
    return { table: emptyTable(), issues: [syntaxIssue(error, file)] };
  }
}

/** True for a table, false for lists and plain values. */
export function isTomlTable(value: TomlValue | undefined): value is TomlTable {
  return typeof value === "object" && !Array.isArray(value);
}

/** What stands at the end of `path`, tables all the way; undefined if there is nothing. */
export function valueAt(table: TomlTable | undefined, path: readonly string[]): TomlValue | undefined {
  return path.reduce<TomlValue | undefined>(
    (value, key) => (isTomlTable(value) ? value[key] : undefined),
    table,
  );
}

/** `overlay` over `base`, tables merged member by member; neither is changed. */
export function mergeTables(base: TomlTable, overlay: TomlTable): TomlTable {
  const merged: Record<string, TomlValue | undefined> = Object.assign(emptyTable(), base);
  for (const [key, value] of Object.entries(overlay)) {
    const before = merged[key];
    merged[key] = isTomlTable(before) && isTomlTable(value) ? mergeTables(before, value) : value;
  }
  return merged;
}

function emptyTable(): Record<string, TomlValue | undefined> {
  return Object.create(null) as Record<string, TomlValue | undefined>;
}

function copy(value: unknown, path: ConfigPath, refuseBigInt: (path: ConfigPath) => void): TomlValue {
  if (typeof value === "bigint") {
    // The parser wraps integers over 2^63 in silence, so none of them can be trusted.
    refuseBigInt(path);
    return "";
  }
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map((item, index) => copy(item, [...path, index], refuseBigInt));
  if (typeof value !== "object" || value === null) return value as TomlValue;
  const table = emptyTable();
  for (const [key, member] of Object.entries(value)) table[key] = copy(member, [...path, key], refuseBigInt);
  return table;
}

function syntaxIssue(error: unknown, file: string): ConfigIssue {
  const { message, line, col } = error as { message?: string; line?: number; col?: number };
  // Everything from " at row" on shows lines of the file, which may hold a password.
  const firstLine = (message ?? "").split("\n")[0]?.split(" at row ")[0] ?? "";
  const reason = firstLine.replace(/^(Unknown (?:escape )?character).*/, "$1");
  return {
    message: `not valid TOML: ${reason}`,
    location: {
      file,
      ...(line === undefined ? {} : { line: line + 1 }),
      ...(col === undefined ? {} : { column: col + 1 }),
    },
    hint: hintFor(reason),
  };
}

function hintFor(reason: string): string {
  if (/expecting string|till end of line|number|digit/.test(reason)) return "put text in quotes";
  if (/escape/.test(reason))
    return "in double quotes \\ begins an escape: write it twice, or take single quotes";
  if (reason.startsWith("Unterminated string")) return "close the quote on the line where it opens";
  if (reason.startsWith("Unterminated"))
    return "close each [ with ] and each { with }, a { } on its own line";
  if (reason.startsWith("Can't redefine"))
    return "each key and each [table] stands once: put what belongs to one table together";
  return 'write `key = "value"`, one a line, below the [table] that it belongs to';
}
