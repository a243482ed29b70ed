import type { StagedField, StagedType } from "../model/load-plan.js";
import type { Table } from "../model/schema.js";
import type { PlanContext } from "./plan-context.js";
import { createStagedKeys, type StagedKeys } from "./staged-keys.js";
import { createTableDraft, type TableDraft } from "./table-draft.js";

/**
 * Adds the child tables that the warehouse has and this load brings nothing for, so that a load which replaces or
 * merges their parents' rows takes their old rows away: they get a staged list that no record has.
 */
export function planAbsentTables(context: PlanContext, parent: TableDraft, keys: StagedKeys): StagedField[] {
  const { drafts, before } = context;
  const isAbsent = (table: Table): boolean =>
    table.parent === parent.name && !drafts.some((draft) => draft.name === table.name);
  return [...before.tables.values()].filter(isAbsent).map((table) => {
    const key = keys.fresh("_absent");
    const draft = createTableDraft({
      name: table.name,
      parent,
      existing: table,
      ...hintsOf(context, table.name),
      listPath: [key],
      options: context.options,
    });
    drafts.push(draft);
    const fields = planAbsentTables(context, draft, createStagedKeys([]));
    const element: StagedType =
      fields.length === 0 ? { kind: "scalar", sqlType: "JSON" } : { kind: "struct", fields };
    return { key, type: { kind: "list", element } };
  });
}

/** By the table's name alone: no key of this load leads to it. */
function hintsOf({ hints, drafts }: PlanContext, table: string): Pick<TableDraft, "hints" | "keyPath"> {
  const name = table.slice(`${drafts[0]?.name ?? ""}__`.length);
  return { hints: hints.ofList({ name, path: name }), keyPath: name };
}
