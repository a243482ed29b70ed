import { availableParallelism } from "node:os";
import type { ResourceLoad } from "../model/warehouse.js";

/** Memory that DuckDB may hold before it spills; the process needs about half as much again beside it (rule B2). */
const USUAL_MB = 192;

/**
 * What DuckDB holds for each column of rows that it writes, and cannot spill: a block of values and one of nulls, each
 * 256 KiB, in the transaction's storage and once more in the table's at the commit.
 */
const MB_PER_COLUMN = 1.2;

/** Rows of lists within lists are compared level by level: of each level, all those below it are held. */
const MB_PER_SQUARED_DEPTH = 0.15;

/** Each thread holds buffers of its own: more would take more memory than they save time. */
const MOST_THREADS = 4;

/**
 * Settings of the in-memory instance that loads; what does not fit into memory goes to `tempDirectory`. `loads` are
 * those that it will write: wide tables need more memory.
 */
export function engineSettings(
  tempDirectory: string,
  loads: readonly Pick<ResourceLoad, "plan">[] = [],
): Record<string, string> {
  return {
    threads: String(Math.min(availableParallelism(), MOST_THREADS)),
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

/** The memory limit for writing `loads`, but no less than `leastMb`. */
export function memoryLimit(loads: readonly Pick<ResourceLoad, "plan">[], leastMb = USUAL_MB): string {
  const needs = loads.flatMap(({ plan }) => [
    widthOf(plan) * MB_PER_COLUMN,
    depthOf(plan) ** 2 * MB_PER_SQUARED_DEPTH,
  ]);
  return `${String(Math.ceil(Math.max(leastMb, ...needs)))}MB`;
}

/** Columns of the widest table that a load writes, the one that all its records are staged in included. */
function widthOf({ tables }: ResourceLoad["plan"]): number {
  const staged = tables.reduce((sum, { columns }) => sum + columns.length, 0);
  return Math.max(staged, ...tables.map(({ table }) => table.columns.length));
}

/** Levels of lists within lists. */
function depthOf({ tables }: ResourceLoad["plan"]): number {
  const depths = new Map<string, number>();
  for (const { table } of tables)
    depths.set(table.name, table.parent === undefined ? 0 : (depths.get(table.parent) ?? 0) + 1);
  return Math.max(0, ...depths.values());
}
