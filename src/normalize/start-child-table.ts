import type { NamedMember } from "./name-members.js";
import type { PlanContext } from "./plan-context.js";
import { createTableDraft, PATH_SEPARATOR, type TableDraft } from "./table-draft.js";

/** Begins the table of a list in the rows of `parent`, under the first name that is free; it is among the context's drafts. */
export function startChildTable(
  context: PlanContext,
  parent: TableDraft,
  place: { readonly member: NamedMember; readonly listPath: readonly string[] },
): TableDraft {
  const { name, path } = place.member;
  // The table has a path of its own: the name may be free for a column but not for a table.
  const tablePath = path + PATH_SEPARATOR;
  const stored = parent.renamed.get(tablePath);
  let suffix = stored ?? name;
  for (
    let count = 2;
    stored === undefined && isTableTaken(context, parent, `${parent.name}__${suffix}`);
    count += 1
  ) {
    suffix = `${name}_${String(count)}`;
  }
  const tableName = `${parent.name}__${suffix}`;
  if (stored === undefined && suffix !== name) {
    parent.renamed.set(tablePath, suffix);
    parent.newlyRenamed.push({
      table: parent.name,
      key: path.split(PATH_SEPARATOR).join("."),
      name: tableName,
    });
  }
  const draft = createTableDraft({
    name: tableName,
    parent,
    ...listHints(context, parent, { tableName, path }),
    existing: context.before.tables.get(tableName),
    listPath: place.listPath,
    options: context.options,
  });
  context.drafts.push(draft);
  return draft;
}

function listHints(
  { hints, drafts }: PlanContext,
  parent: TableDraft,
  { tableName, path }: { readonly tableName: string; readonly path: string },
): Pick<TableDraft, "hints" | "keyPath"> {
  const keyPath = parent.keyPath === "" ? path : parent.keyPath + PATH_SEPARATOR + path;
  const root = drafts[0]?.name ?? "";
  return { hints: hints.ofList({ name: tableName.slice(`${root}__`.length), path: keyPath }), keyPath };
}

function isTableTaken({ drafts, before, roots }: PlanContext, parent: TableDraft, name: string): boolean {
  const existing = before.tables.get(name);
  if (existing === undefined ? roots?.has(name) === true : existing.parent !== parent.name) return true;
  return drafts.some((draft) => draft.name === name);
}
