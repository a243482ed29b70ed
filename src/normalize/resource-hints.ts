import { cursorKeys } from "../cursor/cursor-path.js";
import type { ResourceOptions } from "../model/resource.js";
import type { ColumnHint } from "../model/schema.js";
import { keyName } from "./normalize-path.js";
import { PATH_SEPARATOR } from "./table-draft.js";

/** What a resource declares of the columns of its root table, found by path of keys or by column name (rule D6). */
export interface ResourceHints {
  columnHint(place: ColumnPlaceName): ColumnHint | undefined;
  isPrimaryKey(place: ColumnPlaceName): boolean;
  isMergeKey(place: ColumnPlaceName): boolean;
  isCursor(place: ColumnPlaceName): boolean;
  /** Declared columns in order, by the name each has if no key of the data is called so. */
  readonly declared: readonly { readonly name: string; readonly hint: ColumnHint }[];
}

/** A column by its name and by the path of keys, joined, that it comes from. */
export interface ColumnPlaceName {
  readonly name: string;
  readonly path: string;
}

/** Reads a resource's hints and keys, whether they are spelled as the API's fields or as columns. */
export function createResourceHints(options: ResourceOptions): ResourceHints {
  const hints = Object.entries(options.columns);
  const { incremental } = options;
  const cursor = incremental === undefined || incremental.isToken === true ? [] : [incremental.cursorPath];
  const isIn = (spellings: readonly string[]) => (place: ColumnPlaceName) =>
    spellings.some((spelling) => isSame(spelling, place));
  return {
    columnHint: (place) => hints.find(([spelling]) => isSame(spelling, place))?.[1],
    isPrimaryKey: isIn(options.primaryKey),
    isMergeKey: isIn(options.mergeKey),
    isCursor: isIn(cursor),
    declared: hints.map(([spelling, hint]) => ({ name: columnNameOf(spelling), hint })),
  };
}

function isSame(spelling: string, { name, path }: ColumnPlaceName): boolean {
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
