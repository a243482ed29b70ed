import { Kind } from "../model/field.js";
import type { Column, ColumnHint } from "../model/schema.js";
import type { ColumnType } from "./column-type.js";
import { keepDltType } from "./dlt/dlt-type.js";
import { keyName } from "./normalize-path.js";
import { KEY_HINT, type NamedMember } from "./name-members.js";
import type { PlanContext } from "./plan-context.js";
import { existingColumn, PATH_SEPARATOR, type TableDraft } from "./table-draft.js";

/** The column of a member, as it is after the load: that of the warehouse with its new type, or a new one. */
export function makeColumn(
  context: PlanContext,
  place: {
    readonly draft: TableDraft;
    readonly member: Pick<NamedMember, "name" | "path" | "node">;
    readonly type: ColumnType;
    readonly hint: ColumnHint | undefined;
  },
): Column {
  const { draft, member, type, hint } = place;
  const isRoot = draft.parent === undefined;
  const isPrimary = isRoot && context.hints.isPrimaryKey(member);
  const isMerge = isRoot && context.hints.isMergeKey(member);
  const marks = { ...(isPrimary ? { primaryKey: true } : {}), ...(isMerge ? { mergeKey: true } : {}) };
  const before = existingColumn(draft, member.name);
  if (before !== undefined) {
    const kept = context.before.hasRowsOfDlt === true ? keepDltType(before, type) : {};
    const known = withKept(withoutMarks(before), { ...hint, kept: { ...hint?.kept, ...kept } });
    return { ...known, dataType: type.dataType, sqlType: type.sqlType, ...marks };
  }
  const hints = { ...keyHint(member), ...declaredHints(hint) };
  return {
    name: member.name,
    dataType: type.dataType,
    sqlType: type.sqlType,
    nullable: isNullable(context, place, isPrimary || isMerge),
    ...marks,
    ...(Object.keys(hints).length === 0 ? {} : { hints }),
  };
}

/** A column that is there, with what is declared for the stored schema only. */
export function withKept(column: Column, hint: ColumnHint | undefined): Column {
  return Object.keys(hint?.kept ?? {}).length === 0
    ? column
    : { ...column, hints: { ...column.hints, ...hint?.kept } };
}

/** The column as no key: what a load declares decides, not what was declared for those before. */
export function withoutMarks(column: Column): Column {
  return {
    ...column,
    ...(column.primaryKey === undefined ? {} : { primaryKey: false }),
    ...(column.mergeKey === undefined ? {} : { mergeKey: false }),
  };
}

/** A key column is NOT NULL as in dlt, but never when the load it is made for would then fail. */
function isNullable(
  { options }: PlanContext,
  place: {
    readonly draft: TableDraft;
    readonly member: Pick<NamedMember, "node">;
    readonly hint: ColumnHint | undefined;
  },
  isKey: boolean,
): boolean {
  // Rows that are there have no value for a new column.
  if (place.draft.existing !== undefined) return true;
  if (place.hint?.nullable !== undefined) return place.hint.nullable;
  const hasNulls = (place.member.node.kinds & Kind.null) !== 0;
  return !isKey || hasNulls || options.onNullKey === "append";
}

/** Remembers what key a column is made for, if its name does not say so. */
function keyHint({ name, path }: Pick<NamedMember, "name" | "path">): Readonly<Record<string, unknown>> {
  const keys = path.split(PATH_SEPARATOR);
  const isPlain = keys.join("__") === name && keys.every((key) => keyName(key) === key);
  return isPlain ? {} : { [KEY_HINT]: path };
}

function declaredHints(hint: ColumnHint | undefined): Readonly<Record<string, unknown>> {
  const hints = {
    precision: hint?.precision,
    scale: hint?.scale,
    timezone: hint?.timezone,
    ...hint?.kept,
  };
  return Object.fromEntries(Object.entries(hints).filter(([, value]) => value !== undefined));
}
