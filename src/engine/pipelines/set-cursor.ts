import type { CursorValue } from "../../cursor/cursor-point.js";
import { suggestName } from "../../config/nearest.js";
import type { ResourceOptions } from "../../model/resource.js";
import type { CursorState, PipelineState, ResourceState } from "../../model/state.js";
import { UsageError } from "../../shared/errors.js";
import { classOfBound } from "../../warehouse/rows/cursor-class.js";

type Resources = PipelineState["resources"];

/** Which cursor to set; without a path the resource must have one only. `text` is the value as it was typed. */
export interface CursorEdit {
  readonly resource: string;
  readonly cursorPath: string | undefined;
  readonly text: string;
}

/**
 * The state with one cursor set. The value is spelled as the stored one is, text or number; UsageError if the two
 * cannot be compared (I1), and if the resource has no such cursor.
 */
export function setCursor(
  resources: Resources,
  edit: CursorEdit,
  declared: ResourceOptions | undefined,
): Resources {
  if (declared?.incremental?.isPerParent === true)
    throw new UsageError(`"${edit.resource}" has a cursor for each value of its parent, not one to set`, {
      hint: `\`state NAME reset ${edit.resource}\` begins at initial_value for all of them; \`shared: true\` keeps one`,
    });
  const stored: ResourceState = resources[edit.resource] ?? { incremental: {}, extra: {} };
  const path = choosePath(edit, stored, declared);
  const cursor = stored.incremental[path];
  const declaredInitial =
    declared?.incremental?.cursorPath === path ? declared.incremental.initialValue : undefined;
  const reference = cursor?.lastValue ?? cursor?.initialValue ?? declaredInitial;
  const next: CursorState = {
    initialValue: cursor?.initialValue ?? declaredInitial ?? null,
    lastValue: parseValue(edit, path, reference),
  };
  return {
    ...resources,
    [edit.resource]: { ...stored, incremental: { ...stored.incremental, [path]: next } },
  };
}

function choosePath(
  { resource, cursorPath }: CursorEdit,
  stored: ResourceState,
  declared: ResourceOptions | undefined,
): string {
  const own = declared?.incremental?.cursorPath;
  const known = [...new Set([...Object.keys(stored.incremental), ...(own === undefined ? [] : [own])])];
  if (known.length === 0)
    throw new UsageError(`"${resource}" is not incremental: it has no cursor to set`, {
      hint: "declare `incremental` with its `cursor_path` first",
    });
  const [only] = known;
  if (cursorPath === undefined) {
    if (only !== undefined && known.length === 1) return only;
    throw new UsageError(`"${resource}" has several cursors: ${known.join(", ")}`, {
      hint: "name the one to set: `set RESOURCE CURSOR VALUE`",
    });
  }
  if (known.includes(cursorPath)) return cursorPath;
  throw new UsageError(`"${resource}" has no cursor "${cursorPath}"`, {
    hint: suggestName(cursorPath, known, `Known cursors: ${known.join(", ")}`),
  });
}

const INTEGER = /^-?\d+$/;
const NUMBER = /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/;

function parseValue(
  { resource, text }: CursorEdit,
  path: string,
  reference: CursorValue | undefined,
): CursorValue {
  if (text.trim() === "") throw new UsageError(`the value for ${resource}.${path} is empty`);
  const value = isText(text, reference) ? text : parseNumber(text);
  if (reference === undefined || classOfBound(value) === classOfBound(reference)) return value;
  const kinds = { number: "a number", instant: "a date or timestamp", text: "text" };
  throw new UsageError(
    `${JSON.stringify(text)} is ${kinds[classOfBound(value)]}, but the cursor ${resource}.${path} is ` +
      `${kinds[classOfBound(reference)]} (${String(reference)})`,
    {
      hint: "spell the value as the API does; to change the kind, `state NAME reset RESOURCE` first",
    },
  );
}

function isText(text: string, reference: CursorValue | undefined): boolean {
  return !NUMBER.test(text) || typeof reference === "string";
}

function parseNumber(text: string): number | bigint {
  const value = Number(text);
  return INTEGER.test(text) && !Number.isSafeInteger(value) ? BigInt(text) : value;
}
