import type { ColumnSource, LoadPlan, SchemaChange, TablePlan } from "../model/load-plan.js";
import type { Column, Table } from "../model/schema.js";
import { withKept, withoutMarks } from "./make-column.js";
import { KEY_HINT } from "./name-members.js";
import type { PlanContext } from "./plan-context.js";
import type { PlaceName } from "./table-hints.js";
import type { DraftColumn, TableDraft } from "./table-draft.js";

/** Turns drafts into the plan's tables and the schema changes that make them; columns not kept are left out. */
export function settleTables(
  context: PlanContext,
  isKept: (column: DraftColumn) => boolean,
): Pick<LoadPlan, "tables" | "changes"> {
  const tables: TablePlan[] = [];
  const changes: SchemaChange[] = [];
  for (const draft of context.drafts) {
    const columns = draft.columns.filter(isKept);
    const table = settleTable(context, draft, columns);
    const { asDlt, listPath } = draft;
    tables.push({
      table,
      listPath,
      columns: columns.flatMap(sourceOf),
      ...(asDlt.length === 0 ? {} : { asDlt }),
    });
    changes.push(...changesOf(draft, table));
  }
  return { tables, changes };
}

function sourceOf({ column, source }: DraftColumn): ColumnSource[] {
  return source === undefined ? [] : [{ column, ...source }];
}

function settleTable(context: PlanContext, draft: TableDraft, columns: readonly DraftColumn[]): Table {
  const { name, parent, existing } = draft;
  // Undeclared ones stay as the stored document has them.
  const { references } = draft.hints;
  const { options } = context;
  return {
    name,
    ...(parent === undefined
      ? { resource: options.name, writeDisposition: options.writeDisposition.kind }
      : { parent: parent.name }),
    columns: existing === undefined ? newColumns(draft, columns) : knownColumns(context, draft, columns),
    ...(references === undefined ? {} : { references }),
    ...(draft.renamed.size === 0 ? {} : { renamed: Object.fromEntries(draft.renamed) }),
  };
}

/** Declared columns in their order, then data as first seen, then system columns (reference §5.5, §5.7). */
function newColumns(draft: TableDraft, columns: readonly DraftColumn[]): Column[] {
  const declared = draft.hints.declared.map(({ name }) => name);
  const position = ({ name }: Column): number => {
    const index = declared.indexOf(name);
    return index < 0 ? declared.length : index;
  };
  const data = columns.map(({ column }) => column).sort((a, b) => position(a) - position(b));
  const isFirst = ({ validity }: Column): boolean => validity !== undefined;
  return [
    ...draft.systemColumns.filter(isFirst),
    ...data,
    ...draft.systemColumns.filter((column) => !isFirst(column)),
  ];
}

function knownColumns(context: PlanContext, draft: TableDraft, columns: readonly DraftColumn[]): Column[] {
  const stored = (draft.existing?.columns ?? []).map((column) =>
    draft.parent === undefined
      ? markKeys(context, column)
      : withKept(column, draft.hints.columnHint(placeOf(column))),
  );
  const changed = new Map(columns.map(({ column }) => [column.name, column]));
  const known = new Set(stored.map(({ name }) => name));
  const added = columns.filter(({ column }) => !known.has(column.name)).map(({ column }) => column);
  // The rows that are there have no value for it.
  const missing = draft.systemColumns.filter(({ name }) => !known.has(name)).map(asNullable);
  return [
    ...stored.map((column) => changed.get(column.name) ?? markValidity(draft, column)),
    ...added,
    ...missing,
  ];
}

/** A column of the root that this load does not bring, marked as the key that it is or is no more. */
function markKeys({ hints }: PlanContext, column: Column): Column {
  const place = placeOf(column);
  return {
    ...withKept(withoutMarks(column), hints.columnHint(place)),
    ...(hints.isPrimaryKey(place) ? { primaryKey: true } : {}),
    ...(hints.isMergeKey(place) ? { mergeKey: true } : {}),
  };
}

function placeOf({ name, hints }: Column): PlaceName {
  const path = hints?.[KEY_HINT];
  return { name, path: typeof path === "string" ? path : name };
}

function markValidity(draft: TableDraft, column: Column): Column {
  const system = draft.systemColumns.find(({ name }) => name === column.name);
  return system?.validity === undefined ? column : { ...column, validity: system.validity };
}

function asNullable(column: Column): Column {
  return { ...column, nullable: true };
}

function changesOf({ existing }: TableDraft, table: Table): SchemaChange[] {
  if (existing === undefined) return [{ kind: "create_table", table }];
  const before = new Map(existing.columns.map((column) => [column.name, column]));
  return table.columns.flatMap((column): SchemaChange[] => {
    const from = before.get(column.name);
    if (from === undefined) return [{ kind: "add_column", table: table.name, column }];
    if (from.sqlType === column.sqlType) return [];
    return [{ kind: "widen_column", table: table.name, from, column }];
  });
}
