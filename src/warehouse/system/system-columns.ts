/** The columns that loading fills itself. */
export const SYSTEM_COLUMNS = {
  loadId: "_dlt_load_id",
  id: "_dlt_id",
  parentId: "_dlt_parent_id",
  listIndex: "_dlt_list_idx",
  rootId: "_dlt_root_id",
} as const;

const NAMES: ReadonlySet<string> = new Set(Object.values(SYSTEM_COLUMNS));

/** True for the columns of {@link SYSTEM_COLUMNS}. */
export function isSystemColumn(name: string): boolean {
  return NAMES.has(name);
}

/** True for the tables that dlt and dango keep for themselves. */
export function isSystemTable(name: string): boolean {
  return name.startsWith("_dlt_") || name.startsWith("_dango_");
}
