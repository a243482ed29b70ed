import { join } from "node:path";
import { cursorKeys } from "../cursor/cursor-path.js";
import type { ParentRange } from "../extract/spool/page-index.js";
import { ProcessedSink } from "../extract/spool/processed-sink.js";
import type { SpooledRecords } from "../extract/spool/spooling.js";
import { skipWhitespace } from "../json/skip-value.js";
import type { FieldNode } from "../model/field.js";
import { recordLimitsOf } from "../model/record-limits.js";
import type { Resource } from "../model/source.js";
import { valueIn } from "../normalize/steps/edit-record.js";
import { fieldAt, findPath } from "../normalize/steps/find-path.js";
import { FurthestCursor } from "../normalize/steps/furthest-cursor.js";
import { keyName } from "../normalize/normalize-path.js";

/**
 * The furthest cursors of the records that processing steps drop, of each value of the parent where each has its own
 * cursor: a filter does not hold the cursor back (rule I5).
 */
export interface DroppedCursors {
  /** The key of the object that the cursor is in, or its own. */
  readonly root: string;
  /** Takes the records that one reading of `records` drops, by their numbers in it, rising. */
  watch(records: SpooledRecords): (bytes: Uint8Array, row: number) => void;
  /** Each cursor in a record that has nothing else; undefined if there are none. */
  spool(directory: string, fields: FieldNode): Promise<SpooledRecords | undefined>;
}

/** Undefined for a resource whose cursor is not stored. */
export function createDroppedCursors(resource: Resource): DroppedCursors | undefined {
  const { incremental } = resource.options;
  if (incremental === undefined || incremental.endValue !== undefined || incremental.isToken === true)
    return undefined;
  const { cursorPath, lastValueFunc } = incremental;
  const found = new Map<string | undefined, FurthestCursor>();
  return {
    root: cursorKeys(cursorPath)[0] ?? "",
    watch(records) {
      const keys = findCursor(records.fields, cursorPath);
      const parentOf = followParents(records.parents ?? []);
      return (bytes, row) => {
        const value = valueIn(bytes.subarray(skipWhitespace(bytes, 0, bytes.length)), keys);
        if (value === undefined) return;
        const parent = parentOf(row);
        const furthest = found.get(parent) ?? new FurthestCursor(lastValueFunc);
        found.set(parent, furthest);
        furthest.note(value);
      };
    },
    async spool(directory, fields) {
      const sink = new ProcessedSink({
        directory: join(directory, "passed-over"),
        ...recordLimitsOf(resource),
        nameOf: keyName,
        describeRow: () => "a record that processing_steps dropped",
      });
      const keys = findCursor(fields, cursorPath);
      const open = keys.map((key) => `{${JSON.stringify(key)}:`).join("");
      const parents: ParentRange[] = [];
      let rows = 0;
      for (const [parent, furthest] of found) {
        if (parent !== undefined) parents.push({ key: parent, firstRow: rows });
        for (const value of furthest.values) {
          const line = Buffer.from(`${open}${value.toString()}${"}".repeat(keys.length)}\n`);
          sink.learn(line, 0, line.length - 1);
          sink.addBytes(line);
          rows += 1;
        }
      }
      if (rows === 0) return undefined;
      return { ...(await sink.finish()), parents, locateRow: () => undefined };
    },
  };
}

/** A path in brackets says itself where its keys end; in another, a key may have dots. */
function findCursor(fields: FieldNode, path: string): readonly string[] {
  const keys = cursorKeys(path);
  return path.includes("[") || fieldAt(fields, keys) !== undefined ? keys : findPath(fields, path);
}

/** Whose a row is, for rows that are asked for in rising order. */
function followParents(ranges: readonly ParentRange[]): (row: number) => string | undefined {
  let at = 0;
  return (row) => {
    while ((ranges[at + 1]?.firstRow ?? Infinity) <= row) at += 1;
    return ranges[at]?.key;
  };
}
