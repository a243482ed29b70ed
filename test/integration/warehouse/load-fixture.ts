import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type {
  ColumnSource,
  LoadPlan,
  SchemaChange,
  StagedField,
  TablePlan,
} from "../../../src/model/load-plan.js";
import type { IncrementalOptions, ResourceOptions } from "../../../src/model/resource.js";
import type { Column, Table } from "../../../src/model/schema.js";
import type {
  CommitReport,
  ResourceLoad,
  SourceLoad,
  Warehouse,
  WarehouseSnapshot,
  WarehouseTarget,
} from "../../../src/model/warehouse.js";
import { systemClock } from "../../../src/shared/async.js";
import { queryWarehouse } from "../../../src/warehouse/query-warehouse.js";
import { dataTypeOf } from "../../../src/warehouse/sql-type.js";
import { createWarehouse } from "../../../src/warehouse/warehouse.js";

/** The tables of a resource, written short: columns by name, lists by name. Keys are called like their columns. */
export interface Shape {
  readonly columns: Readonly<Record<string, string>>;
  /** Types to read members with, where they differ from the column's. */
  readonly staged?: Readonly<Record<string, string>>;
  readonly lists?: Readonly<Record<string, Shape>>;
}

/** A resource to load in a test. */
export interface TestResource {
  readonly name: string;
  readonly shape: Shape;
  readonly records: readonly unknown[];
  readonly options?: Partial<ResourceOptions>;
  readonly rebuild?: boolean;
  readonly allowEmptyReplace?: boolean;
  /** Overrides the plan made from `shape`. */
  readonly plan?: LoadPlan;
}

/** A warehouse in a directory of its own. */
export interface WarehouseFixture extends AsyncDisposable {
  readonly directory: string;
  readonly target: WarehouseTarget;
  readonly warehouse: Warehouse;
  snapshot(): Promise<WarehouseSnapshot>;
  /** Commits, from the state that the warehouse is in. */
  load(resources: readonly TestResource[], facts?: Partial<SourceLoad>): Promise<CommitReport>;
  rows(sql: string): Promise<unknown[][]>;
}

/** Options of an incremental resource with dlt's defaults. */
export function incremental(
  cursorPath: string,
  options: Partial<IncrementalOptions> = {},
): IncrementalOptions {
  return {
    cursorPath,
    lastValueFunc: "max",
    rangeStart: "closed",
    rangeEnd: "open",
    onCursorValueMissing: "raise",
    ...options,
  };
}

/** An empty project directory with the warehouse `data/warehouse.duckdb`, dataset `raw_shop`, pipeline `shop`. */
export async function createFixture(): Promise<WarehouseFixture> {
  const directory = await mkdtemp(join(tmpdir(), "dango-warehouse-"));
  const target: WarehouseTarget = {
    path: join(directory, "data", "warehouse.duckdb"),
    dataset: "raw_shop",
    pipeline: "shop",
    schema: "shop",
    tempDirectory: join(directory, "tmp"),
    lockWaitMs: 0,
  };
  const warehouse = createWarehouse({ clock: systemClock });
  const signal = new AbortController().signal;
  let loads = 0;
  const snapshot = () => warehouse.readSnapshot(target, signal);
  return {
    directory,
    target,
    warehouse,
    snapshot,
    async load(resources, facts = {}) {
      loads += 1;
      const before = await snapshot();
      const load = await createSourceLoad(directory, resources, { before, ordinal: loads });
      return warehouse.commit(target, { ...load, ...facts }, signal);
    },
    rows: async (sql) => (await queryWarehouse(target.path, sql, { lockWaitMs: 0, signal })).rows,
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }),
  };
}

/** A load of these resources; its load id is `1700000000.00000<ordinal>`. */
export async function createSourceLoad(
  directory: string,
  resources: readonly TestResource[],
  { before, ordinal }: { before: WarehouseSnapshot; ordinal: number },
): Promise<SourceLoad> {
  return {
    loadId: `1700000000.${String(ordinal).padStart(6, "0")}`,
    runId: `run-${String(ordinal)}`,
    startedAtMs: Date.UTC(2026, 0, 1),
    resources: await Promise.all(
      resources.map((resource) => createResourceLoad(directory, resource, { before, ordinal })),
    ),
    before,
    isLimited: false,
    source: "shop",
  };
}

async function createResourceLoad(
  directory: string,
  resource: TestResource,
  { before, ordinal }: { before: WarehouseSnapshot; ordinal: number },
): Promise<ResourceLoad> {
  const { name, records } = resource;
  const options: ResourceOptions = {
    name,
    tableName: name,
    writeDisposition: { kind: "append" },
    primaryKey: [],
    mergeKey: [],
    columns: {},
    allowEmpty: false,
    onNullKey: "error",
    ...resource.options,
  };
  const file = join(directory, `${name}-${String(ordinal)}.ndjson`);
  const lines = records.map((record) => (typeof record === "string" ? record : JSON.stringify(record)));
  await writeFile(file, lines.map((line) => `${line}\n`).join(""));
  const stored = before.state.resources[name];
  const cursorPath = options.incremental?.cursorPath;
  return {
    options,
    plan: resource.plan ?? createPlan(options, resource.shape, before),
    files: records.length === 0 ? [] : [file],
    bytes: lines.reduce((bytes, line) => bytes + line.length + 1, 0),
    rows: records.length,
    discarded: 0,
    rebuild: resource.rebuild ?? false,
    describeRow: (row) => `record ${String(row + 1)}`,
    allowEmptyReplace: resource.allowEmptyReplace ?? false,
    cursor: cursorPath === undefined ? undefined : stored?.incremental[cursorPath],
    stateAfter: { incremental: stored?.incremental ?? {}, extra: stored?.extra ?? {} },
  };
}

function createPlan(options: ResourceOptions, shape: Shape, before: WarehouseSnapshot): LoadPlan {
  const tables = planTables(options, shape, { name: options.tableName, parent: undefined });
  return {
    staged: stageFields(shape),
    tables,
    changes: tables.flatMap(({ table }): SchemaChange[] => {
      const stored = before.schema.tables.get(table.name);
      if (stored === undefined) return [{ kind: "create_table", table }];
      return table.columns.flatMap((column): SchemaChange[] => {
        const from = stored.columns.find((one) => one.name === column.name);
        if (from === undefined) return [{ kind: "add_column", table: table.name, column }];
        if (from.sqlType === column.sqlType) return [];
        return [{ kind: "widen_column", table: table.name, from, column }];
      });
    }),
    renamed: [],
    discards: [],
    lost: [],
  };
}

function planTables(
  options: ResourceOptions,
  shape: Shape,
  { name, parent }: { name: string; parent: string | undefined },
): TablePlan[] {
  const data = Object.entries(shape.columns).map(([column, sqlType]): Column => {
    const isKey = parent === undefined && options.primaryKey.includes(column);
    const dataType = dataTypeOf(sqlType);
    return { name: column, dataType, sqlType, nullable: true, ...(isKey ? { primaryKey: true } : {}) };
  });
  const isMerge = options.writeDisposition.kind === "merge";
  const system =
    parent === undefined
      ? ["_dlt_load_id", "_dlt_id"]
      : [...(isMerge ? ["_dlt_root_id"] : []), "_dlt_parent_id", "_dlt_list_idx", "_dlt_id"];
  const table: Table = {
    name,
    ...(parent === undefined
      ? { resource: options.name, writeDisposition: options.writeDisposition.kind }
      : { parent }),
    columns: [...data, ...system.map(systemColumn)],
  };
  const columns = data.map((column): ColumnSource => {
    const isValue = parent !== undefined && column.name === "value";
    return { column, path: isValue ? [] : [column.name], stagedType: stagedType(shape, column.name) };
  });
  const lists = Object.entries(shape.lists ?? {}).flatMap(([list, inner]) =>
    planTables(options, inner, { name: `${name}__${list}`, parent: name }).map((plan, index) =>
      index === 0 ? { ...plan, listPath: [list] } : plan,
    ),
  );
  return [{ table, listPath: [], columns }, ...lists];
}

function stageFields(shape: Shape): StagedField[] {
  const scalars = Object.keys(shape.columns).map((key): StagedField => ({
    key,
    type: { kind: "scalar", sqlType: stagedType(shape, key) },
  }));
  const lists = Object.entries(shape.lists ?? {}).map(([key, inner]): StagedField => {
    const value = inner.columns["value"];
    const element =
      value === undefined
        ? { kind: "struct" as const, fields: stageFields(inner) }
        : { kind: "scalar" as const, sqlType: value };
    return { key, type: { kind: "list", element } };
  });
  return [...scalars, ...lists];
}

function stagedType(shape: Shape, column: string): string {
  return shape.staged?.[column] ?? shape.columns[column] ?? "VARCHAR";
}

function systemColumn(name: string): Column {
  const sqlType = name === "_dlt_list_idx" ? "BIGINT" : "VARCHAR";
  return { name, dataType: dataTypeOf(sqlType), sqlType, nullable: false };
}
