import { DataError } from "../shared/errors.js";

/** The name the warehouse file is attached under. */
export const WAREHOUSE = "w";

/** `name` as an SQL identifier. Throws for names that SQL cannot hold. */
export function quoteName(name: string): string {
  // DuckDB takes statements as C strings: one with a NUL would be cut there.
  if (name === "" || name.includes("\0")) {
    throw new DataError(`the name ${JSON.stringify(name)} cannot be used in the warehouse`, {
      hint: "rename the field with a processing step, or leave it out",
    });
  }
  return `"${name.replaceAll('"', '""')}"`;
}

/** `text` as an SQL string literal. */
export function quoteText(text: string): string {
  if (text.includes("\0")) return `(${text.split("\0").map(quoteText).join(" || chr(0) || ")})`;
  return `'${text.replaceAll("'", "''")}'`;
}

/** A table of a dataset in the attached warehouse. */
export function quoteTable(dataset: string, table: string): string {
  return `${WAREHOUSE}.${quoteName(dataset)}.${quoteName(table)}`;
}
