import { statfsSync } from "node:fs";
import { dirname } from "node:path";
import { EXIT, type ExitCode } from "../shared/exit-codes.js";
import { ConfigError, isDangoError } from "../shared/errors.js";
import type { Redactor } from "../shared/redact.js";
import type { ReportedError } from "../model/report.js";

/** An error with its exit code, in the form that reports carry; text is free of secrets. */
export interface Failure {
  readonly error: ReportedError;
  readonly exitCode: ExitCode;
}

/**
 * Describes any thrown value. What is neither a DangoError nor a refusal of the file system is a bug of dango's: type
 * `internal`, exit 1, with the stack.
 */
export function describeFailure(thrown: unknown, redactor: Redactor): Failure {
  const error = describeKnown(thrown) ?? describeDiskFailure(thrown) ?? describeBug(thrown);
  return {
    exitCode: isDangoError(thrown) ? thrown.exitCode : EXIT.failed,
    error: { ...(redactFacts(error, redactor) as ReportedError), type: error.type, code: error.code },
  };
}

function describeKnown(thrown: unknown): ReportedError | undefined {
  if (!isDangoError(thrown)) return undefined;
  return {
    ...thrown.context,
    type: thrown.type,
    code: thrown.code,
    message: thrown.message,
    ...(thrown.hint === undefined ? {} : { hint: thrown.hint }),
    ...(thrown.location === undefined ? {} : { location: thrown.location }),
    ...(thrown instanceof ConfigError ? { issues: thrown.issues } : {}),
  };
}

const DISK_FAILURES: Readonly<Record<string, string>> = {
  ENOSPC: "no space is left on the disk",
  EDQUOT: "the disk quota is used up",
  EACCES: "no permission",
  EPERM: "no permission",
  EROFS: "the file system is read-only",
};

const MISPLACED: Readonly<Record<string, string>> = {
  EEXIST: "something else stands there already",
  ENOTDIR: "a file stands where a folder should be",
  EISDIR: "a folder stands where a file should be",
};

/** What the file system refused, with the path and, if the disk did, the bytes that are free (rule R9). */
function describeDiskFailure(thrown: unknown): ReportedError | undefined {
  if (!(thrown instanceof Error)) return undefined;
  const { code = "", path } = thrown as NodeJS.ErrnoException;
  const misplaced = MISPLACED[code];
  if (misplaced !== undefined) {
    return {
      type: "disk",
      code: "DANGO_DISK",
      message: `${path === undefined ? "" : `${path}: `}${misplaced} (${code})`,
      hint: "move it away, then run the same command again",
    };
  }
  const reason = DISK_FAILURES[code];
  if (reason === undefined) return undefined;
  const where = path === undefined ? "" : ` for ${path}${describeFree(path)}`;
  return {
    type: "disk",
    code: "DANGO_DISK",
    message: `${reason}${where} (${code})`,
    hint: "the warehouse is as it was; see to the disk or the permissions, then run the same command again",
  };
}

function describeFree(path: string): string {
  try {
    const { bavail, bsize } = statfsSync(dirname(path));
    return `, ${String(bavail * bsize)} bytes are free`;
  } catch {
    return "";
  }
}

function describeBug(thrown: unknown): ReportedError {
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  const stack = thrown instanceof Error ? thrown.stack : undefined;
  return { type: "internal", code: "DANGO_BUG", message, ...(stack === undefined ? {} : { stack }) };
}

/** Redacts every text in it, at any depth. */
function redactFacts(value: unknown, redactor: Redactor): unknown {
  if (typeof value === "string") return redactor.redact(value);
  if (Array.isArray(value)) return value.map((item) => redactFacts(item, redactor));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, redactFacts(member, redactor)]),
  );
}
