import { cursorKeys } from "../../cursor/cursor-path.js";
import type { ColumnSource, LoadPlan } from "../../model/load-plan.js";
import type { Column } from "../../model/schema.js";

const KEY_HINT = "x-dango-key";

/** Where the root table takes a field from that is named by path of keys or by column (rule D6); undefined: no record has it. */
export function findSource(plan: LoadPlan, field: string): ColumnSource | undefined {
  const sources = plan.tables[0]?.columns ?? [];
  const keys = cursorKeys(field);
  return (
    sources.find(({ path }) => path.join("\u001f") === keys.join("\u001f")) ??
    sources.find(({ path }) => path.join(".") === field) ??
    sources.find(({ column }) => isCalled(column, field))
  );
}

/** Where the root table takes the parts of a key from; a part that no record has is undefined. */
export function findKey(
  plan: LoadPlan,
  fields: readonly string[],
  isMarked: (column: Column) => boolean,
): readonly (ColumnSource | undefined)[] {
  const found = fields.map((field) => findSource(plan, field));
  if (!found.includes(undefined)) return found;
  const marked = (plan.tables[0]?.columns ?? []).filter(({ column }) => isMarked(column));
  return marked.length === fields.length ? marked : found;
}

function isCalled(column: Column, field: string): boolean {
  const keys = cursorKeys(field);
  return (
    column.name === field ||
    column.name === keys.join("__") ||
    column.hints?.[KEY_HINT] === keys.join("\u001f")
  );
}
