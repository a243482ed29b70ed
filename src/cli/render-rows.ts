import { escapeControls } from "../shared/escape-controls.js";
import { toJsonText } from "../shared/json-text.js";
import { SCHEMA_VERSION } from "./report-json.js";
import { formatTextTable } from "./text-table.js";

/** Rows as the warehouse gives them: exact values, `bigint` for integers. */
export interface Rows {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly rows: readonly (readonly unknown[])[];
}

const NUMBER_TYPES = /^(U?(TINY|SMALL|BIG|HUGE)?INT|U?INTEGER|DOUBLE|FLOAT|DECIMAL)/;

/** A text table for people; NULL is shown as an empty cell, control characters are escaped. */
export function renderRowTable(result: Rows): string {
  const columns = result.columns.map(({ name, type }) => ({
    header: name,
    align: NUMBER_TYPES.test(type) ? ("right" as const) : ("left" as const),
  }));
  const table = formatTextTable(
    columns,
    result.rows.map((row) => row.map((value) => escapeControls(formatValue(value).replace(/[\r\n]+/g, " ")))),
  );
  return `${table}\n(${String(result.rows.length)} row${result.rows.length === 1 ? "" : "s"})`;
}

/** CSV with a header line, RFC 4180; NULL is an empty field, an empty string is `""`. */
export function renderCsv(result: Rows): string {
  const line = (cells: readonly string[]): string => cells.join(",");
  return [
    line(result.columns.map(({ name }) => quoteCsv(name))),
    ...result.rows.map((row) =>
      line(row.map((value) => (value === null ? "" : quoteCsv(formatValue(value))))),
    ),
  ].join("\n");
}

/** `{schema_version, columns, rows}`; integers as JSON numbers with all their digits (rules J). */
export function renderJsonDocument(result: Rows): string {
  const columns = JSON.stringify(result.columns);
  const rows = result.rows.map((row) => renderObject(result, row));
  return `{"schema_version":${String(SCHEMA_VERSION)},"columns":${columns},"rows":[${rows.join(",")}]}`;
}

/** One JSON object a line. */
export function renderJsonLines(result: Rows): string {
  return result.rows.map((row) => renderObject(result, row)).join("\n");
}

function renderObject(result: Rows, row: readonly unknown[]): string {
  const members = result.columns.map(
    ({ name }, index) => `${JSON.stringify(name)}:${toJsonText(row[index])}`,
  );
  return `{${members.join(",")}}`;
}

function formatValue(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "string") return value;
  // Infinity and NaN have no JSON.
  return typeof value === "number" ? String(value) : toJsonText(value);
}

function quoteCsv(text: string): string {
  return text === "" || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
