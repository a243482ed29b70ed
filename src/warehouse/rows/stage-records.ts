import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { WarehouseError } from "../../shared/errors.js";
import type { StagedField, StagedType } from "../../model/load-plan.js";
import type { ResourceLoad } from "../../model/warehouse.js";
import type { DuckDb } from "../duckdb.js";
import { memoryLimit } from "../engine-settings.js";
import { quoteName, quoteText } from "../quote.js";
import { splitLines } from "./split-lines.js";
import type { StagingArea } from "./staging-area.js";
import { withTextBelow } from "./text-below.js";

/** DuckDB's own default; its read buffers are twice as large, one a thread. */
const USUAL_RECORD_BYTES = 16 * 1024 * 1024;
/** Above `max_record` (rule B2) and what respelling may add to it. */
const LARGEST_RECORD_BYTES = 160 * 1024 * 1024;

const LEAST_MB_FOR_LARGE_RECORDS = 512;

const PIECE_BYTES = 4 * 1024 * 1024;

/** One resource's records in a temporary table. The rowid is their order in the load, from 0. */
export interface StagedRecords {
  readonly table: string;
  /** The place of each member among the plan's staged fields. */
  readonly positions: ReadonlyMap<string, number>;
  readonly rows: number;
}

/**
 * Reads a resource's NDJSON files into a temporary table called `table`, or one of the staging area, with the plan's types.
 * Throws what DuckDB
 * throws when bytes and types do not agree.
 */
export async function stageRecords(
  db: DuckDb,
  load: ResourceLoad,
  { table, area }: { readonly table: string; readonly area: StagingArea | undefined },
): Promise<StagedRecords> {
  const fields = withTextBelow(load.plan.staged);
  const positions = new Map(fields.map(({ key }, index) => [key, index]));
  const staged = { table, positions, rows: load.rows };
  const spooled = load.rows + (load.passedOver ?? 0);
  if (load.files.length === 0 || spooled === 0) {
    const columns = fields.map(({ type }, index) => `${stagedColumn(index)} ${spellType(type)}`);
    await db.run(`CREATE OR REPLACE TEMP TABLE ${table} (${columns.join(", ")})`);
    return { ...staged, rows: 0 };
  }
  const rows = await readAll(db, load, { table, area });
  if (rows !== spooled) {
    throw new WarehouseError(
      `${load.options.name}: ${String(spooled)} records were spooled, but ${String(rows)} were read back`,
      "internal",
      { hint: "run again; if this comes back, report it as a bug" },
    );
  }
  return staged;
}

/** The staged value at `path`, from a row of the staged table called `row`. */
export function stagedValue(staged: StagedRecords, row: string, path: readonly string[]): string {
  const index = staged.positions.get(path[0] ?? "");
  return memberOf(`${row}.${stagedColumn(index ?? -1)}`, path.slice(1));
}

/** The member at `path` of a staged struct. */
export function memberOf(struct: string, path: readonly string[]): string {
  return path.reduce((inner, key) => `struct_extract(${inner}, ${quoteText(key)})`, struct);
}

/** Reads NDJSON files with explicit types; without files, no rows of these types. */
export function readNdjson(
  files: readonly string[],
  fields: readonly StagedField[],
  recordBytes: number,
): string {
  if (files.length === 0) {
    const columns = fields.map(({ key, type }) => `CAST(NULL AS ${spellType(type)}) AS ${quoteName(key)}`);
    return `(SELECT ${columns.join(", ")} WHERE false)`;
  }
  const types = fields.map(({ key, type }) => `${quoteText(key)}: ${quoteText(spellType(type))}`);
  return `read_ndjson([${files.map((file) => quoteText(escapeGlob(file))).join(", ")}],
      columns = {${types.join(", ")}}, auto_detect = false,
      format = 'newline_delimited', records = 'true', maximum_object_size = ${String(recordBytes)})`;
}

/** Staged members are called by number: an API may call one `rowid`. */
function stagedColumn(index: number): string {
  return `m${String(index)}`;
}

/** DuckDB parses 2,048 records at once, or to the end of a file: of wide ones too many, unless the file is short. */
async function readAll(
  db: DuckDb,
  load: ResourceLoad,
  { table, area }: { readonly table: string; readonly area: StagingArea | undefined },
): Promise<number> {
  if (area === undefined) return readFiles(db, `TEMP TABLE ${table}`, load);
  const directory = await mkdtemp(join(area.directory, "pieces-"));
  try {
    const files = await splitLines(load.files, { directory, pieceBytes: PIECE_BYTES });
    return await readFiles(db, `TABLE ${table}`, { ...load, files });
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function readFiles(db: DuckDb, table: string, load: ResourceLoad): Promise<number> {
  try {
    return await db.run(createFromFiles(table, load, USUAL_RECORD_BYTES));
  } catch (error) {
    if (!(error instanceof Error && error.message.includes("maximum_object_size"))) throw error;
    await db.run("SET threads = 1");
    await db.run(`SET memory_limit = '${memoryLimit([load], { leastMb: LEAST_MB_FOR_LARGE_RECORDS })}'`);
    return await db.run(createFromFiles(table, load, LARGEST_RECORD_BYTES));
  }
}

function createFromFiles(table: string, load: ResourceLoad, recordBytes: number): string {
  const fields = withTextBelow(load.plan.staged);
  const columns = fields.map(({ key }, index) => `${quoteName(key)} AS ${stagedColumn(index)}`);
  return `CREATE OR REPLACE ${table} AS SELECT ${columns.join(", ")} FROM ${readNdjson(load.files, fields, recordBytes)}`;
}

function escapeGlob(path: string): string {
  return path.replace(/[*?[]/g, "[$&]");
}

function spellType(type: StagedType): string {
  switch (type.kind) {
    case "scalar":
      return type.sqlType;
    case "list":
      return `${spellType(type.element)}[]`;
    case "struct":
      return `STRUCT(${type.fields.map((field) => `${quoteName(field.key)} ${spellType(field.type)}`).join(", ")})`;
    default:
      return type satisfies never;
  }
}
