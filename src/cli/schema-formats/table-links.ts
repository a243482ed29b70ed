import type { Table, TableReference } from "../../model/schema.js";

/** A child table and the table whose rows hold its lists. */
export interface TableLink {
  readonly parent: string;
  readonly child: string;
  /** The list's name: the child's without its parent's. */
  readonly list: string;
}

/** The links between the tables of a schema, by child. */
export function linksOf(tables: readonly Table[]): TableLink[] {
  return tables.flatMap(({ name, parent }) =>
    parent === undefined
      ? []
      : [
          {
            parent,
            child: name,
            list: name.startsWith(`${parent}__`) ? name.slice(parent.length + 2) : name,
          },
        ],
  );
}

/** A declared reference, and the table that has it. */
export interface DeclaredLink extends TableReference {
  readonly table: string;
}

/** The declared references whose tables and columns are all there, by table. */
export function declaredLinksOf(tables: readonly Table[]): DeclaredLink[] {
  const columns = new Map(
    tables.map(({ name, columns: own }) => [name, new Set(own.map((column) => column.name))]),
  );
  const has = (table: string, names: readonly string[]): boolean =>
    names.every((name) => columns.get(table)?.has(name) === true);
  return tables.flatMap(({ name, references = [] }) =>
    references
      .filter((one) => has(name, one.columns) && has(one.referencedTable, one.referencedColumns))
      .map((one) => ({ ...one, table: name })),
  );
}
