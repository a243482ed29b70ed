import type { ChalkInstance } from "chalk";
import type { ReportedError } from "../model/report.js";
import { ConfigError, isDangoError, type ConfigIssue, type SourceLocation } from "../shared/errors.js";

/** An error as text: what failed and where, then what to do next. A bug of dango's own comes with its stack. */
export function renderThrown(thrown: unknown, color: ChalkInstance): string {
  if (thrown instanceof ConfigError)
    return thrown.issues.map((issue) => renderIssue(issue, color)).join("\n");
  if (isDangoError(thrown)) return renderParts(thrown, color);
  return renderBug(thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown), color);
}

/** An error of a report as text. */
export function renderReported(error: ReportedError, color: ChalkInstance): string {
  if (error.type !== "internal" || typeof error["stack"] !== "string") return renderParts(error, color);
  return renderBug(error["stack"], color);
}

function renderBug(stack: string, color: ChalkInstance): string {
  return `${color.red("error:")} this is a bug in dango, please report it with the text below\n${stack}`;
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
