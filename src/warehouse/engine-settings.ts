import { availableParallelism } from "node:os";
import type { ResourceLoad } from "../model/warehouse.js";

/** Memory that DuckDB may hold before it spills; the process needs about half as much again beside it (rule B2). */
const USUAL_MB = 192;

/** Up to so many columns DuckDB's usual blocks of 256 KiB fit into that: it holds some for each column that it writes. */
const MOST_NARROW_COLUMNS = 150;

/** For more, blocks are small: what DuckDB holds for each column then, and cannot spill, and for everything else (ADR 4). */
const MB_PER_COLUMN = 0.07;
const WIDE_MB = 100;
/** The same for files that were made with blocks of 256 KiB. */
const MB_PER_LARGE_COLUMN = 1.2;
/** The block size of files that are made for wide tables. */
export const SMALL_BLOCK_BYTES = 16_384;

/** Rows of lists within lists are compared level by level: of each level, all those below it are held. */
const MB_PER_SQUARED_DEPTH = 0.15;

/** Each thread holds some 60 MB of its own: with four a sync of small records would pass 512 MiB (rule B2). */
const MOST_THREADS = 2;

/** Of records above this size one thread reads and writes as many as several do, and holds far less (ADR 5). */
const LARGE_RECORD_BYTES = 1_500;
/** Less than usual: a commit of long texts takes some 100 MB beside it. */
const LARGE_RECORDS_MB = 128;

/** DuckDB goes through rows by so many, and a scan holds all their values, and an insert once more. */
const VECTOR_ROWS = 2_048;
const HELD_PER_BYTE = 2.5;

/**
 * Settings of the in-memory instance that loads; what does not fit into memory goes to `tempDirectory`. `loads` are
 * those that it will write: wide tables need more memory.
 */
export function engineSettings(
  tempDirectory: string,
  loads: readonly MeasuredLoad[] = [],
): Record<string, string> {
  const isWide = hasWideTables(loads);
  return {
    threads: isWide || hasLargeRecords(loads) ? "1" : String(Math.min(availableParallelism(), MOST_THREADS)),
    // Of files that are made now; those that are there keep the one they have.
    ...(isWide
      ? { default_block_size: String(SMALL_BLOCK_BYTES), block_allocator_memory: memoryLimit(loads) }
      : {}),
    memory_limit: memoryLimit(loads),
    temp_directory: tempDirectory,
    // "The last one wins" (M1) needs the order of the files in the staged rowids.
    preserve_insertion_order: "true",
    // Records may be nested 1,000 levels deep (rule B2), and each level is an expression or two.
    max_expression_depth: "10000",
    // The file is checkpointed once, when it is detached, and not in the middle of a commit.
    checkpoint_threshold: "1GB",
  };
}

/** What of a load says how much memory it takes. */
export type MeasuredLoad = Pick<ResourceLoad, "plan" | "bytes" | "rows" | "passedOver">;

/** Bytes of a record of the load, on average. */
function recordBytes({ bytes, rows, passedOver = 0 }: MeasuredLoad): number {
  return bytes / Math.max(1, rows + passedOver);
}

function hasLargeRecords(loads: readonly MeasuredLoad[]): boolean {
  return loads.some((load) => recordBytes(load) > LARGE_RECORD_BYTES);
}

/** True if tables are so wide that they are written in small blocks, by one thread (ADR 4). */
export function hasWideTables(loads: readonly Pick<ResourceLoad, "plan">[]): boolean {
  return mostColumns(loads) > MOST_NARROW_COLUMNS;
}

/** What a memory limit follows from, beside the loads. */
export interface MemoryNeeds {
  readonly leastMb?: number;
  /** True if the warehouse file has blocks of DuckDB's usual size. */
  readonly hasLargeBlocks?: boolean;
  /** How often a limit was too little: each time it is doubled. */
  readonly attempt?: number;
}

/** The memory limit for writing `loads`. */
export function memoryLimit(
  loads: readonly MeasuredLoad[],
  { leastMb = 0, hasLargeBlocks = false, attempt = 0 }: MemoryNeeds = {},
): string {
  const perColumn = hasLargeBlocks ? MB_PER_LARGE_COLUMN : MB_PER_COLUMN;
  const usual = hasLargeRecords(loads) ? LARGE_RECORDS_MB : USUAL_MB;
  const wide = hasWideTables(loads) ? WIDE_MB + mostColumns(loads) * perColumn : usual;
  const large = loads.map(
    (load) => (Math.min(load.rows, VECTOR_ROWS) * recordBytes(load) * HELD_PER_BYTE) / 1e6,
  );
  const deep = loads.map(({ plan }) => depthOf(plan) ** 2 * MB_PER_SQUARED_DEPTH);
  return `${String(Math.ceil(Math.max(leastMb, wide, ...large, ...deep)) * 2 ** attempt)}MB`;
}

/** Columns of the widest table that is written, the one that all records of a resource are staged in included. */
function mostColumns(loads: readonly Pick<ResourceLoad, "plan">[]): number {
  const widths = loads.flatMap(({ plan: { tables } }) => [
    tables.reduce((sum, { columns }) => sum + columns.length, 0),
    ...tables.map(({ table }) => table.columns.length),
  ]);
  return Math.max(0, ...widths);
}

/** Levels of lists within lists. */
function depthOf({ tables }: ResourceLoad["plan"]): number {
  const depths = new Map<string, number>();
  for (const { table } of tables)
    depths.set(table.name, table.parent === undefined ? 0 : (depths.get(table.parent) ?? 0) + 1);
  return Math.max(0, ...depths.values());
}
