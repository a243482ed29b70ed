import type { FieldNode } from "../model/field.js";
import { Kind, SCALARS } from "../model/field.js";
import type { Discard, LoadPlan, LostRows, StagedField, WideningQuestion } from "../model/load-plan.js";
import type { Table } from "../model/schema.js";
import { DataError } from "../shared/errors.js";
import { findUnmetHints } from "./find-unmet-hints.js";
import { makeColumn } from "./make-column.js";
import { normalizePath } from "./normalize-path.js";
import type { LoadPlanInput, PlanContext } from "./plan-context.js";
import { planRows, type RowLayout } from "./plan-row.js";
import { createResourceHints } from "./resource-hints.js";
import { createRespeller } from "./respell-record.js";
import { sqlTypeOf } from "./sql-type-of.js";
import { createTableDraft, type DraftColumn, type TableDraft } from "./table-draft.js";
import { settleTables } from "./settle-tables.js";

/** What to ask the warehouse before {@link createLoadPlan}: usually nothing. */
export function findWidenings(input: LoadPlanInput): readonly WideningQuestion[] {
  const questions: WideningQuestion[] = [];
  draftTables({
    ...input,
    widensSafely: (question) => {
      questions.push(question);
      return false;
    },
  });
  return questions;
}

/**
 * Decides how the records of one load become rows: what is staged, which tables and columns take it, how the schema
 * changes. `widensSafely` gives the warehouse's answers to the questions of {@link findWidenings}. Tables that the
 * warehouse has of this resource are all in the plan, also those that get no rows.
 */
export function createLoadPlan(
  input: LoadPlanInput & { readonly widensSafely: (question: WideningQuestion) => boolean },
): LoadPlan {
  const { context, layout } = draftTables(input);
  const { drafts } = context;
  const staged: readonly StagedField[] =
    layout.fields.length > 0 ? layout.fields : [{ key: "_none", type: { kind: "scalar", sqlType: "JSON" } }];
  const isRespelled = !layout.isPlain || (input.fields.kinds & ~(Kind.object | Kind.null)) !== 0;
  const renamed = drafts.flatMap((draft) => draft.newlyRenamed);
  const unmetHints = findUnmetHints(input.options, input.fields, drafts);
  const assemble = (isKept: (column: DraftColumn) => boolean): LoadPlan => ({
    staged,
    ...(isRespelled ? { respell: createRespeller(layout.spelling) } : {}),
    ...settleTables(context, isKept),
    renamed,
    discards: context.discards,
    lost: context.lost,
    ...(unmetHints.length === 0 ? {} : { unmetHints }),
  });
  const plan = assemble(() => true);
  const isUnsure = drafts.some(({ columns }) => columns.some(isNewVariant));
  if (!isRespelled || !isUnsure) return plan;
  return {
    ...plan,
    settle: () => assemble((column) => !isNewVariant(column) || column.outlet?.isUsed === true),
  };
}

function isNewVariant({ outlet, before }: DraftColumn): boolean {
  return outlet !== undefined && before === undefined;
}

function draftTables(input: Parameters<typeof createLoadPlan>[0]): {
  readonly context: PlanContext;
  readonly layout: RowLayout;
} {
  const { options, before } = input;
  const hints = createResourceHints(options);
  const drafts: TableDraft[] = [];
  const discards: Discard[] = [];
  const lost: LostRows[] = [];
  const context = {
    ...input,
    hints,
    drafts,
    discards,
    lost,
    withValues: new Map<FieldNode, boolean>(),
    maxNesting: options.maxTableNesting ?? DEFAULT_NESTING,
  };
  const name = normalizePath(options.tableName);
  const existing = before.tables.get(name);
  const hasRows = input.fields.kinds !== 0;
  // A resource that never had a row has no table (M4).
  if (!hasRows && existing === undefined) return { context, layout: EMPTY_LAYOUT };
  if (existing?.parent !== undefined) throw tableOfList(options.name, existing);
  const root = createTableDraft({
    name,
    parent: undefined,
    hints,
    keyPath: "",
    existing,
    listPath: [],
    options,
  });
  drafts.push(root);
  const layout = planRows(context, { draft: root, level: 0, listKey: "value" }, input.fields);
  for (const draft of drafts) addDeclaredColumns(context, draft);
  return { context, layout };
}

/** dlt's default, in effect no limit. */
const DEFAULT_NESTING = 1_000;

function tableOfList(resource: string, { name, parent }: Table): DataError {
  return new DataError(`${resource}: its table ${name} is already that of a list of ${parent ?? ""}`, {
    hint: "give the resource another table_name",
    context: { resource, table: name },
  });
}

const EMPTY_LAYOUT: RowLayout = {
  fields: [],
  spelling: { members: new Map(), listKey: "value" },
  isPlain: true,
};

/** Columns that are declared with a type are made even if no record has them. */
function addDeclaredColumns(context: PlanContext, draft: TableDraft): void {
  for (const { name, hint } of draft.hints.declared) {
    const isThere = draft.claims.has(name) || draft.existingColumns.has(name);
    if (hint.dataType === undefined || isThere) continue;
    const type = { dataType: hint.dataType, sqlType: sqlTypeOf(hint.dataType, hint) };
    const column = makeColumn(context, {
      draft,
      member: { name, path: name, node: NOTHING },
      type,
      hint,
    });
    draft.claims.set(name, name);
    draft.columns.push({ column, before: undefined, source: undefined });
  }
}

const NOTHING: FieldNode = { key: "", kinds: Kind.null & ~SCALARS, members: new Map(), element: undefined };
