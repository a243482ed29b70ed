import { availableParallelism } from "node:os";

/** Memory that DuckDB may hold before it spills; the process needs about half as much again beside it (rule B2). */
const MEMORY_LIMIT = "192MB";

/** Each thread holds buffers of its own: more would take more memory than they save time. */
const MOST_THREADS = 4;

/** Settings of the in-memory instance that loads; what does not fit into memory goes to `tempDirectory`. */
export function engineSettings(tempDirectory: string): Record<string, string> {
  return {
    threads: String(Math.min(availableParallelism(), MOST_THREADS)),
    memory_limit: MEMORY_LIMIT,
    temp_directory: tempDirectory,
    // "The last one wins" (M1) needs the order of the files in the staged rowids.
    preserve_insertion_order: "true",
    // Records may be nested 1,000 levels deep (rule B2), and each level is an expression or two.
    max_expression_depth: "10000",
    // The file is checkpointed once, when it is detached, and not in the middle of a commit.
    checkpoint_threshold: "1GB",
  };
}
