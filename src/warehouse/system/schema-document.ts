import type { Column, DatasetSchema, Table } from "../../model/schema.js";
import type { Catalog, CatalogColumn } from "../catalog.js";
import { hashSchema } from "./document-hash.js";
import { asObject, listMember, objectMember, without, type JsonObject } from "./json-document.js";
import { dataTypeOf } from "../sql-type.js";
import { readReferences, writeReference } from "./table-references.js";
import { isSystemColumn, isSystemTable, SYSTEM_COLUMNS } from "./system-columns.js";

/** dlt's number for this shape of the schema. */
export const SCHEMA_ENGINE_VERSION = 11;

/** Where dango keeps what dlt's shape has no place for. */
const OURS = "x-dango";

/** The tables of a dataset: columns and types from the catalog, everything else from the stored schema document. */
export function readSchema(catalog: Catalog, document: JsonObject | undefined): DatasetSchema {
  const described = objectMember(document, "tables");
  const names = [...catalog.values()].map((table) => table.name).filter((name) => !isSystemTable(name));
  const tables = names.map((name): [string, Table] => {
    const columns = catalog.get(name.toLowerCase())?.columns ?? [];
    return [name, readTable(name, columns, { known: asObject(described[name]), names })];
  });
  return { tables: new Map(tables) };
}

/** A version of a schema, ready to be stored. */
export interface SchemaVersion {
  readonly document: JsonObject;
  readonly version: number;
  readonly versionHash: string;
}

/** The next schema document, with its version and hash; undefined when nothing changed. */
export function writeSchema(
  before: JsonObject | undefined,
  name: string,
  changed: { readonly tables: readonly Table[]; readonly dropped: readonly string[] },
): SchemaVersion | undefined {
  const tables: Record<string, unknown> = { ...SYSTEM_TABLES, ...objectMember(before, "tables") };
  const dropped = new Set(changed.dropped);
  for (const table of changed.tables) {
    const known = dropped.has(table.name) ? {} : objectMember(tables, table.name);
    tables[table.name] = writeTable(table, known);
  }
  const kept = new Set(changed.tables.map((table) => table.name));
  const left = Object.entries(tables).filter(([table]) => !dropped.has(table) || kept.has(table));
  const content = {
    settings: SETTINGS,
    normalizers: NORMALIZERS,
    ...before,
    name,
    engine_version: SCHEMA_ENGINE_VERSION,
    tables: Object.fromEntries(left),
  };
  const versionHash = hashSchema(content);
  const hashBefore = before?.["version_hash"];
  if (hashBefore === versionHash) return undefined;
  const version = Number(before?.["version"] ?? 0) + 1;
  const previous =
    typeof hashBefore === "string" ? [hashBefore, ...listMember(before, "previous_hashes")] : [];
  const previousHashes = previous.slice(0, MOST_HASHES);
  return {
    document: { ...content, version, version_hash: versionHash, previous_hashes: previousHashes },
    version,
    versionHash,
  };
}

/** Of the versions before, which dlt cannot read a schema without; it keeps as many. */
const MOST_HASHES = 10;

function readTable(
  name: string,
  columns: readonly CatalogColumn[],
  { known, names }: { known: JsonObject | undefined; names: readonly string[] },
): Table {
  const parent =
    textMember(known, "parent") ?? (known === undefined ? guessParent(name, columns, names) : undefined);
  const resource = textMember(known, "resource");
  const writeDisposition = textMember(known, "write_disposition");
  const renamed = asObject(objectMember(known, OURS)["renamed"]);
  const described = objectMember(known, "columns");
  const references = readReferences(known);
  return {
    name,
    ...(parent === undefined ? {} : { parent }),
    ...(resource === undefined ? {} : { resource }),
    ...(writeDisposition === undefined ? {} : { writeDisposition }),
    columns: columns.map((column) => readColumn(column, asObject(described[column.name]) ?? {})),
    ...(references === undefined ? {} : { references }),
    ...(renamed === undefined ? {} : { renamed: renamed as Readonly<Record<string, string>> }),
  };
}

/** The table with the longest name that this one's begins with: what dlt's naming makes of parent and list. */
function guessParent(
  name: string,
  columns: readonly CatalogColumn[],
  names: readonly string[],
): string | undefined {
  if (!columns.some((column) => column.name === SYSTEM_COLUMNS.parentId)) return undefined;
  return names
    .filter((other) => name.startsWith(`${other}__`))
    .sort((a, b) => b.length - a.length)
    .at(0);
}

function readColumn(column: CatalogColumn, known: JsonObject): Column {
  const hints = isSystemColumn(column.name) ? {} : without(known, COLUMN_FACTS);
  const isDecimal = known["data_type"] === "decimal" && dataTypeOf(column.sqlType) === "wei";
  return {
    name: column.name,
    dataType: isDecimal ? "decimal" : dataTypeOf(column.sqlType),
    sqlType: column.sqlType,
    nullable: column.nullable,
    ...(known["primary_key"] === true ? { primaryKey: true } : {}),
    ...(known["merge_key"] === true ? { mergeKey: true } : {}),
    ...(known["variant"] === true ? { variant: true } : {}),
    ...(known[VALID_FROM] === true ? { validity: "from" as const } : {}),
    ...(known[VALID_TO] === true ? { validity: "to" as const } : {}),
    ...(Object.keys(hints).length === 0 ? {} : { hints }),
  };
}

function writeTable(table: Table, known: JsonObject): JsonObject {
  const described = objectMember(known, "columns");
  const columns = table.columns.map((column) => [
    column.name,
    writeColumn(column, objectMember(described, column.name)),
  ]);
  const ours = {
    ...objectMember(known, OURS),
    ...(table.renamed === undefined ? {} : { renamed: table.renamed }),
  };
  return {
    ...known,
    name: table.name,
    columns: Object.fromEntries(columns) as JsonObject,
    ...(table.parent === undefined ? {} : { parent: table.parent }),
    ...(table.resource === undefined ? {} : { resource: table.resource }),
    ...(table.writeDisposition === undefined ? {} : { write_disposition: table.writeDisposition }),
    ...(table.references === undefined ? {} : { references: table.references.map(writeReference) }),
    "x-normalizer": { "seen-data": true },
    ...(Object.keys(ours).length === 0 ? {} : { [OURS]: ours }),
  };
}

function writeColumn(column: Column, known: JsonObject): JsonObject {
  const kept = without(known, KEY_MARKS);
  // dlt has no type for integers beyond 64 bit: it spells them as a bigint of 128.
  const type =
    column.dataType === "hugeint" ? { data_type: "bigint", precision: 128 } : { data_type: column.dataType };
  return {
    ...SYSTEM_MARKS[column.name],
    ...kept,
    ...column.hints,
    name: column.name,
    ...type,
    nullable: column.nullable,
    ...(column.primaryKey === true ? { primary_key: true } : {}),
    ...(column.mergeKey === true ? { merge_key: true } : {}),
    ...(column.variant === true ? { variant: true } : {}),
    ...(column.validity === undefined ? {} : { [column.validity === "from" ? VALID_FROM : VALID_TO]: true }),
  };
}

function textMember(object: JsonObject | undefined, key: string): string | undefined {
  const value = object?.[key];
  return typeof value === "string" ? value : undefined;
}

/** Marks that a load sets anew. */
const KEY_MARKS = ["primary_key", "merge_key"];
/** How dlt marks the columns of scd2. */
const VALID_FROM = "x-valid-from";
const VALID_TO = "x-valid-to";
/** What a column's own members say; everything else are hints. */
const COLUMN_FACTS = ["name", "data_type", "nullable", "variant", VALID_FROM, VALID_TO, ...KEY_MARKS];

/** What dlt's merge finds its way by. */
const SYSTEM_MARKS: Readonly<Record<string, JsonObject>> = {
  [SYSTEM_COLUMNS.id]: { row_key: true, unique: true },
  [SYSTEM_COLUMNS.parentId]: { parent_key: true },
  [SYSTEM_COLUMNS.rootId]: { root_key: true },
};

/** dlt's defaults, from which it marks the system's columns of tables that it adds. */
const SETTINGS: JsonObject = {
  detections: ["iso_timestamp"],
  default_hints: {
    not_null: Object.values(SYSTEM_COLUMNS),
    row_key: [SYSTEM_COLUMNS.id],
    unique: [SYSTEM_COLUMNS.id],
    parent_key: [SYSTEM_COLUMNS.parentId],
    root_key: [SYSTEM_COLUMNS.rootId],
  },
};

const NORMALIZERS = { names: "snake_case", json: { module: "dlt.common.normalizers.json.relational" } };

function describeSystemTable(name: string, columns: Readonly<Record<string, string>>): JsonObject {
  const described = Object.entries(columns).map(([column, type]) => [
    column,
    { name: column, data_type: type.replace("?", ""), nullable: type.endsWith("?") },
  ]);
  return {
    name,
    columns: Object.fromEntries(described) as JsonObject,
    write_disposition: name === "_dlt_pipeline_state" ? "append" : "skip",
    resource: name,
  };
}

const SYSTEM_TABLES: JsonObject = {
  _dlt_version: describeSystemTable("_dlt_version", {
    version: "bigint",
    engine_version: "bigint",
    inserted_at: "timestamp",
    schema_name: "text",
    version_hash: "text",
    schema: "text",
  }),
  _dlt_loads: describeSystemTable("_dlt_loads", {
    load_id: "text",
    schema_name: "text?",
    status: "bigint",
    inserted_at: "timestamp",
    schema_version_hash: "text?",
  }),
  _dlt_pipeline_state: describeSystemTable("_dlt_pipeline_state", {
    version: "bigint",
    engine_version: "bigint",
    pipeline_name: "text",
    state: "text",
    created_at: "timestamp",
    version_hash: "text?",
    _dlt_load_id: "text",
    _dlt_id: "text",
  }),
};
