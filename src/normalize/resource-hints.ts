import { cursorKeys } from "../cursor/cursor-path.js";
import type { ResourceOptions } from "../model/resource.js";
import { keyName, normalizePath } from "./normalize-path.js";
import { PATH_SEPARATOR } from "./table-draft.js";
import type { PlaceName, TableHints } from "./table-hints.js";

/** What a resource declares of its root table, and of the tables of its lists. */
export interface ResourceHints extends TableHints {
  isPrimaryKey(place: PlaceName): boolean;
  isMergeKey(place: PlaceName): boolean;
  isCursor(place: PlaceName): boolean;
  /** Of a list's table: its name without the root's, and the path of keys from the record to the list. */
  ofList(place: PlaceName): TableHints;
}

/** Reads a resource's hints and keys, whether they are spelled as the API's fields or as columns. */
export function createResourceHints(options: ResourceOptions): ResourceHints {
  const { incremental } = options;
  const cursor = incremental === undefined || incremental.isToken === true ? [] : [incremental.cursorPath];
  const isIn = (spellings: readonly string[]) => (place: PlaceName) =>
    spellings.some((spelling) => isSame(spelling, place));
  const nested = Object.entries(options.nestedHints ?? {}).map(
    ([path, hints]) => [path, createTableHints(hints)] as const,
  );
  return {
    ...createTableHints(options),
    isPrimaryKey: isIn(options.primaryKey),
    isMergeKey: isIn(options.mergeKey),
    isCursor: isIn(cursor),
    ofList: (place) => nested.find(([path]) => isSame(path, place))?.[1] ?? NONE,
  };
}

function createTableHints({
  columns,
  references,
}: Pick<ResourceOptions, "columns" | "references">): TableHints {
  const hints = Object.entries(columns);
  return {
    columnHint: (place) => hints.find(([spelling]) => isSame(spelling, place))?.[1],
    declared: hints.map(([spelling, hint]) => ({ name: columnNameOf(spelling), hint })),
    references: references?.map((reference) => ({
      ...reference,
      columns: reference.columns.map(columnNameOf),
      referencedTable: normalizePath(reference.referencedTable),
      referencedColumns: reference.referencedColumns.map(columnNameOf),
    })),
  };
}

const NONE = createTableHints({ columns: {} });

/** True if a path as a user writes it, of keys or of a column, is that of the place. */
export function isSame(spelling: string, { name, path }: PlaceName): boolean {
  const keys = cursorKeys(spelling);
  return (
    keys.join(PATH_SEPARATOR) === path ||
    spelling === path.split(PATH_SEPARATOR).join(".") ||
    spelling === name ||
    columnNameOf(spelling) === name
  );
}

function columnNameOf(spelling: string): string {
  return cursorKeys(spelling).map(keyName).join("__");
}
