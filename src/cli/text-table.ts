import { stripVTControlCharacters } from "node:util";

/** A column of a text table. */
export interface TextColumn {
  readonly header: string;
  readonly align?: "left" | "right";
}

/** Lays out cells under headers, two blanks between columns, no trailing blanks. Cells may hold colours. */
export function formatTextTable(
  columns: readonly TextColumn[],
  rows: readonly (readonly string[])[],
): string {
  const widths = columns.map((column, index) =>
    Math.max(widthOf(column.header), ...rows.map((row) => widthOf(row[index] ?? ""))),
  );
  const line = (cells: readonly string[]): string =>
    columns
      .map((column, index) => pad(cells[index] ?? "", widths[index] ?? 0, column.align ?? "left"))
      .join("  ")
      .trimEnd();
  return [line(columns.map((column) => column.header)), ...rows.map(line)].join("\n");
}

/** `1234567` as `1,234,567`. */
export function formatCount(value: number | bigint): string {
  return value.toLocaleString("en-US");
}

/** Bytes with a unit of a thousand: `999 B`, `1.5 kB`, `12.0 MB`. */
export function formatBytes(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 ? String(value) : value.toFixed(1)} ${units[unit] ?? ""}`;
}

/** `1 row`, `2 rows`. */
export function formatPlural(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? "" : "s"}`;
}

function pad(text: string, width: number, align: "left" | "right"): string {
  const blanks = " ".repeat(Math.max(0, width - widthOf(text)));
  return align === "left" ? text + blanks : blanks + text;
}

function widthOf(text: string): number {
  return Array.from(stripVTControlCharacters(text)).length;
}
