import type { ChalkInstance } from "chalk";
import { describeFailure } from "../engine/reported-error.js";
import type { ReportedError } from "../model/report.js";
import { ConfigError, type ConfigIssue, type SourceLocation } from "../shared/errors.js";
import { createRedactor } from "../shared/redact.js";

/**
 * An error as text: what failed and where, then what to do next. A bug of dango's own comes with its stack. The
 * terminal takes the secrets out.
 */
export function renderThrown(thrown: unknown, color: ChalkInstance): string {
  if (thrown instanceof ConfigError)
    return thrown.issues.map((issue) => renderIssue(issue, color)).join("\n");
  return renderReported(describeFailure(thrown, createRedactor()).error, color);
}

/** An error of a report as text. */
export function renderReported(error: ReportedError, color: ChalkInstance): string {
  if (error.code !== "DANGO_BUG") return renderParts(error, color);
  const text = typeof error["stack"] === "string" ? error["stack"] : error.message;
  return `${color.red("error:")} this is a bug in dango, please report it with the text below\n${text}`;
}

/** The error with the name of what failed in front, unless it begins with it; `short` in its place is taken off. */
export function nameError(error: ReportedError, name: string, short?: string): ReportedError {
  const { message } = error;
  if (message.startsWith(name)) return error;
  const skipped = short !== undefined && message.startsWith(`${short}: `) ? short.length + 2 : 0;
  return { ...error, message: `${name}: ${message.slice(skipped)}` };
}

/** `file:line:column`, with what is known of it. */
export function formatLocation(location: SourceLocation): string {
  return [location.file, location.line, location.column].filter((part) => part !== undefined).join(":");
}

function renderIssue(issue: ConfigIssue, color: ChalkInstance): string {
  const where = issue.path === undefined ? "" : `${issue.path}: `;
  return renderParts({ ...issue, message: `${where}${issue.message}` }, color);
}

function renderParts(
  parts: {
    readonly message: string;
    readonly hint?: string | undefined;
    readonly location?: SourceLocation | undefined;
  },
  color: ChalkInstance,
): string {
  const place = parts.location === undefined ? "" : `${formatLocation(parts.location)}: `;
  const hint = parts.hint === undefined ? "" : `\n  ${color.cyan("hint:")} ${parts.hint}`;
  return `${color.red("error:")} ${place}${parts.message}${hint}`;
}
