import { isDangoError, LockedError, WarehouseError, type DangoError } from "../../shared/errors.js";

/** True if DuckDB says that another process holds the file. */
export function isLockFailure(error: unknown): boolean {
  return error instanceof Error && error.message.includes("Could not set lock on file");
}

/** DuckDB's refusal to open a held file, with the holder's PID and program. */
export function lockedError(error: unknown, path: string, waitedMs: number): LockedError {
  const text = error instanceof Error ? error.message : "";
  const held = /held in (?<program>.+?) \(PID (?<pid>\d+)\)/.exec(text)?.groups;
  const holder =
    held === undefined ? "another process" : `process ${held["pid"] ?? ""} (${held["program"] ?? ""})`;
  const waited = waitedMs >= 1000 ? `, still after ${String(Math.round(waitedMs / 1000))} s` : "";
  return new LockedError(`the warehouse ${path} is held by ${holder}${waited}`, {
    hint: "run again when it has ended, or close the program that has the file open (a SQL shell, a notebook, another sync)",
    context: held === undefined ? { path } : { path, pid: Number(held["pid"]) },
    cause: error,
  });
}

/** What DuckDB (or the file system) said, as an error of ours; errors of ours come back as they are. */
export function explainFailure(error: unknown, path: string): Error {
  if (isDangoError(error)) return error;
  if (!(error instanceof Error)) return new WarehouseError(`the warehouse ${path} failed: ${String(error)}`);
  const text = error.message;
  if (isLockFailure(error)) return lockedError(error, path, 0);
  return (
    FAILURES.find((failure) => failure.pattern.test(text))?.explain(text, path, error) ?? other(error, path)
  );
}

interface KnownFailure {
  readonly pattern: RegExp;
  explain(text: string, path: string, cause: Error): DangoError;
}

const FAILURES: readonly KnownFailure[] = [
  {
    pattern: /No space left|disk (is )?full|max_temp_directory_size|ENOSPC/i,
    explain: (text, path, cause) =>
      new WarehouseError(`the disk is full while writing ${path}: ${firstLine(text)}`, "disk", {
        hint: "free some space and run again; the warehouse is as it was before",
        cause,
      }),
  },
  {
    pattern: /not a valid DuckDB database file|Corrupt database|checksum/i,
    explain: (text, path, cause) =>
      new WarehouseError(`${path} is not a DuckDB database: ${firstLine(text)}`, "disk", {
        hint: "move the file away, or name another one with `warehouse:` in .dango/sources.yml",
        cause,
      }),
  },
  {
    pattern: /version number|newer version of DuckDB|storage version/i,
    explain: (text, path, cause) =>
      new WarehouseError(`${path} was written by another version of DuckDB: ${firstLine(text)}`, "disk", {
        hint: "update dango, or export the database with the DuckDB that wrote it and import it again",
        cause,
      }),
  },
  {
    pattern: /Permission denied|Read-only file system|EACCES|EROFS|EPERM/i,
    explain: (text, path, cause) =>
      new WarehouseError(`no permission to write ${path}: ${firstLine(text)}`, "disk", {
        hint: "check the owner and the mode of the file and of its folder",
        cause,
      }),
  },
  {
    pattern: /^IO Error|ENOENT|ENOTDIR|EISDIR|EEXIST/,
    explain: (text, path, cause) =>
      new WarehouseError(`the warehouse ${path} cannot be opened or written: ${firstLine(text)}`, "disk", {
        hint: "check that the path is a file in a folder that exists and can be written",
        cause,
      }),
  },
  {
    pattern: /^Out of Memory Error/,
    explain: (text, path, cause) =>
      new WarehouseError(`DuckDB ran out of memory: ${firstLine(text)}`, "internal", {
        hint: `nothing was changed in ${path}; end other programs, or load the resources one at a time with --resource`,
        cause,
      }),
  },
  {
    pattern: /^(Conversion|Constraint|Out of Range|Mismatch Type|Invalid Input) Error/,
    explain: (text, path, cause) =>
      new WarehouseError(`values do not fit the tables of ${path}: ${firstLine(text)}`, "data", {
        hint: "check the types and the `nullable` hints in `columns`, or rebuild the tables with --full-refresh",
        cause,
      }),
  },
];

function other(cause: Error, path: string): WarehouseError {
  return new WarehouseError(`the warehouse ${path} failed: ${firstLine(cause.message)}`, "internal", {
    cause,
  });
}

function firstLine(text: string): string {
  return text.split("\n", 1)[0] ?? text;
}
