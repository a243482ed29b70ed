import type { Table } from "../../model/schema.js";

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
