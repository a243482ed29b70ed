import { DuckDBInstance, type DuckDBConnection } from "@duckdb/node-api";

/** A dataset with its ids aside: what two tools that loaded the same must have alike. */
export interface ReadDataset {
  /** By table name: `name TYPE`, in table order. */
  readonly columns: ReadonlyMap<string, readonly string[]>;
  /** By root table: its rows as documents, with the rows of their child tables in them, sorted. */
  readonly rows: ReadonlyMap<string, readonly string[]>;
  /** Rows whose parent or root is not there. */
  readonly orphans: readonly string[];
}

type Row = Readonly<Record<string, string | null>>;

/** Reads all tables of `dataset`; moments of loads are spelled as the ordinal of the load, from 0. */
export async function readDataset(path: string, dataset: string): Promise<ReadDataset> {
  const instance = await DuckDBInstance.create(path, { access_mode: "READ_ONLY" });
  const connection = await instance.connect();
  try {
    await connection.run("SET TimeZone = 'UTC'");
    const columns = await readColumns(connection, dataset);
    const tables = new Map<string, readonly Row[]>();
    for (const name of columns.keys()) tables.set(name, await readRows(connection, dataset, name));
    const moments = await readMoments(connection, dataset);
    const orphans: string[] = [];
    const rows = new Map<string, readonly string[]>();
    for (const [name, own] of tables) {
      if (isSystem(name)) continue;
      const isChild = columns.get(name)?.some((column) => column.startsWith("_dlt_parent_id ")) === true;
      if (isChild) orphans.push(...findOrphans(name, tables));
      else
        rows.set(name, own.map((row) => JSON.stringify(toDocument(name, row, { tables, moments }))).sort());
    }
    return { columns, rows, orphans };
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

async function readColumns(connection: DuckDBConnection, dataset: string): Promise<Map<string, string[]>> {
  const result = await connection.runAndReadAll(
    `SELECT table_name, column_name || ' ' || data_type || if(is_nullable, '', ' NOT NULL')
       FROM duckdb_columns() WHERE schema_name = '${dataset}' ORDER BY table_name, column_index`,
  );
  const columns = new Map<string, string[]>();
  for (const [name, column] of result.getRowsJS() as [string, string][]) {
    columns.set(name, [...(columns.get(name) ?? []), column]);
  }
  return columns;
}

async function readRows(connection: DuckDBConnection, dataset: string, table: string): Promise<Row[]> {
  const result = await connection.runAndReadAll(`SELECT COLUMNS(*)::VARCHAR FROM ${dataset}."${table}"`);
  return result.getRowObjectsJS() as Row[];
}

/** The moments of loads, in milliseconds and in order; a load's id is its moment in seconds. */
async function readMoments(connection: DuckDBConnection, dataset: string): Promise<number[]> {
  const result = await connection.runAndReadAll(`SELECT load_id FROM ${dataset}._dlt_loads ORDER BY load_id`);
  return result.getRowsJS().map(([loadId]) => Number(loadId) * 1000);
}

function spellMoment(moment: string, loads: readonly number[]): string {
  const atMs = Date.parse(moment.replace(" ", "T").replace(/\+00$/, "Z"));
  const ordinal = loads.findIndex((loadMs) => Math.abs(loadMs - atMs) < 2);
  return ordinal < 0 ? moment : `load ${String(ordinal)}`;
}

function isSystem(table: string): boolean {
  return table.startsWith("_dlt_") || table.startsWith("_dango_");
}

/** The nearest table whose name begins a child's. */
function parentOf(child: string, tables: ReadonlyMap<string, unknown>): string {
  const parents = [...tables.keys()].filter((name) => child.startsWith(`${name}__`));
  return parents.sort((a, b) => b.length - a.length)[0] ?? "";
}

function findOrphans(child: string, tables: ReadonlyMap<string, readonly Row[]>): string[] {
  const parent = parentOf(child, tables);
  let root = parent;
  while (parentOf(root, tables) !== "") root = parentOf(root, tables);
  const idsOf = (table: string) => new Set((tables.get(table) ?? []).map((row) => row["_dlt_id"]));
  const [parents, roots] = [idsOf(parent), idsOf(root)];
  return (tables.get(child) ?? [])
    .filter(
      (row) =>
        !parents.has(row["_dlt_parent_id"]) ||
        (row["_dlt_root_id"] !== undefined && !roots.has(row["_dlt_root_id"])),
    )
    .map((row) => `${child} ${JSON.stringify(row)}`);
}

function toDocument(
  table: string,
  row: Row,
  facts: { tables: ReadonlyMap<string, readonly Row[]>; moments: readonly number[] },
): Record<string, unknown> {
  const document: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(row)) {
    if (IDS.has(name) || value === null) continue;
    document[name] = name.startsWith("_dlt_valid_") ? spellMoment(value, facts.moments) : value;
  }
  for (const child of facts.tables.keys()) {
    if (parentOf(child, facts.tables) !== table) continue;
    const own = (facts.tables.get(child) ?? []).filter((one) => one["_dlt_parent_id"] === row["_dlt_id"]);
    const sorted = own.sort((a, b) => Number(a["_dlt_list_idx"]) - Number(b["_dlt_list_idx"]));
    if (sorted.length > 0) document[`[${child}]`] = sorted.map((one) => toDocument(child, one, facts));
  }
  return Object.fromEntries(Object.entries(document).sort(([a], [b]) => (a < b ? -1 : 1)));
}

const IDS = new Set(["_dlt_id", "_dlt_parent_id", "_dlt_root_id", "_dlt_load_id"]);
