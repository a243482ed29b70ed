import type { Discard, LoadPlan } from "../model/load-plan.js";
import type { ResourceOptions } from "../model/resource.js";
import type { SchemaContract } from "../model/schema.js";
import { GuardError } from "../shared/errors.js";
import { describeChange } from "./describe-change.js";
import type { PlanContext } from "./plan-context.js";
import { createResourceHints } from "./resource-hints.js";
import type { TableDraft } from "./table-draft.js";

/** What of a schema a contract is about. */
export type ContractPart = keyof SchemaContract;

/**
 * The refusal of values that would change the schema, if the contract discards them (rule M7: it holds once the
 * resource's table is there). Undefined when the change is made, or is for {@link checkFreeze} to find.
 */
export function refuse(
  context: PlanContext,
  draft: TableDraft,
  change: { readonly part: ContractPart; readonly what: string },
): Discard | undefined {
  const mode = context.options.schemaContract?.[change.part];
  if (mode !== "discard_row" && mode !== "discard_value") return undefined;
  const [root] = context.drafts;
  const isKnown = change.part === "tables" ? root?.existing !== undefined : draft.existing !== undefined;
  if (!isKnown) return undefined;
  const discard: Discard = { ...change, mode, table: draft.name, count: 0 };
  context.discards.push(discard);
  return discard;
}

/** Throws GuardError for the first change that the contract freezes; a settled plan has only changes that are made. */
export function checkFreeze({ tables: [root], changes }: LoadPlan, options: ResourceOptions): void {
  const { name, schemaContract } = options;
  if (schemaContract === undefined || root === undefined) return;
  const created = new Set(changes.flatMap((one) => (one.kind === "create_table" ? [one.table.name] : [])));
  if (created.has(root.table.name)) return;
  const hints = createResourceHints(options);
  const isDeclared = (table: string, column: string): boolean => {
    const name = table.slice(`${root.table.name}__`.length);
    const own = table === root.table.name ? hints : hints.ofList({ name, path: name });
    return own.declared.some((one) => one.name === column);
  };
  for (const change of changes) {
    const part = partOf(change, isDeclared);
    if (part === undefined || schemaContract[part] !== "freeze") continue;
    throw new GuardError(
      `${name}: the schema contract freezes ${SPELLED[part]}, but the records bring a change (${describeChange(change)}); nothing was changed`,
      {
        hint: "declare the column in `columns`, or set schema_contract to evolve, discard_row or discard_value",
        context: { resource: name, change: describeChange(change) },
      },
    );
  }
}

/** As the configuration calls the parts. */
const SPELLED: Readonly<Record<ContractPart, string>> = {
  tables: "tables",
  columns: "columns",
  dataType: "data_type",
};

function partOf(
  change: LoadPlan["changes"][number],
  isDeclared: (table: string, column: string) => boolean,
): ContractPart | undefined {
  if (change.kind === "create_table") return "tables";
  if (change.kind === "widen_column") return "dataType";
  const { name, variant, validity } = change.column;
  if (variant === true) return "dataType";
  return validity !== undefined || name.startsWith("_dlt_") || isDeclared(change.table, name)
    ? undefined
    : "columns";
}

/** What was kept out, in words for the report; nothing for what did not come. */
export function describeDiscards({ discards }: LoadPlan): string[] {
  return discards.flatMap(({ table, what, mode, part, count }) => {
    if (count === 0) return [];
    const unit = mode === "discard_row" ? "row" : "value";
    const many = `${String(count)} ${unit}${count === 1 ? "" : "s"}`;
    return [`${table}: ${many} discarded for ${what} (schema_contract ${SPELLED[part]}: ${mode})`];
  });
}
