import type { DuckDb } from "./duckdb.js";
import { WAREHOUSE } from "./quote.js";

/** A column as DuckDB's catalog has it. */
export interface CatalogColumn {
  readonly name: string;
  readonly sqlType: string;
  readonly nullable: boolean;
}

/** The tables of one dataset: by name in lower case (DuckDB's names are case-insensitive), columns in table order. */
export type Catalog = ReadonlyMap<string, CatalogTable>;

/** A table as DuckDB's catalog has it. */
export interface CatalogTable {
  readonly name: string;
  readonly columns: readonly CatalogColumn[];
  /** The same columns by name in lower case. */
  readonly byName: ReadonlyMap<string, CatalogColumn>;
}

/** What the attached warehouse, or another attached `database`, holds of `dataset`, changes of the transaction under way included. */
export async function readCatalog(db: DuckDb, dataset: string, database = WAREHOUSE): Promise<Catalog> {
  const rows = await db.rows(
    `SELECT t.table_name, c.column_name, c.data_type, c.is_nullable
       FROM duckdb_tables() t
       JOIN duckdb_columns() c ON c.table_oid = t.table_oid AND c.database_name = t.database_name
        AND c.schema_name = t.schema_name
      WHERE t.database_name = $1 AND lower(t.schema_name) = lower($2)
      ORDER BY t.table_name, c.column_index`,
    [database, dataset],
  );
  const tables = new Map<
    string,
    { name: string; columns: CatalogColumn[]; byName: Map<string, CatalogColumn> }
  >();
  for (const [table, column, sqlType, nullable] of rows) {
    const name = String(table);
    const entry = tables.get(name.toLowerCase()) ?? {
      name,
      columns: [],
      byName: new Map<string, CatalogColumn>(),
    };
    const one = { name: String(column), sqlType: String(sqlType), nullable: nullable === true };
    entry.columns.push(one);
    entry.byName.set(one.name.toLowerCase(), one);
    tables.set(name.toLowerCase(), entry);
  }
  return tables;
}

/** The column of that name, if the catalog's table has it. */
export function findColumn(catalog: Catalog, table: string, column: string): CatalogColumn | undefined {
  return catalog.get(table.toLowerCase())?.byName.get(column.toLowerCase());
}
