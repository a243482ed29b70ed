import type { LoadPlan, StagedType, TablePlan } from "../../model/load-plan.js";
import { columnValue, nullValue } from "./column-value.js";
import { jsonMember } from "./json-member.js";
import { memberOf, stagedValue, type StagedRecords } from "./stage-records.js";
import { isSystemColumn } from "../system/system-columns.js";
import type { Column } from "../../model/schema.js";
import { MOST_TYPED_LISTS } from "./text-below.js";

/** A table of a resource with the tables of its lists, as a tree. */
export interface FamilyTable {
  readonly plan: TablePlan;
  readonly name: string;
  /** 0 for the root. */
  readonly depth: number;
  /** Which of its parent's lists it is, from 0. */
  readonly ordinal: number;
  /** The type that its rows would be staged with at any depth. */
  readonly rowType: StagedType;
  readonly children: readonly FamilyTable[];
}

/** The tree of a plan's tables; undefined when the plan has none (a resource that never had a row). */
export function growFamily(plan: LoadPlan): FamilyTable | undefined {
  const [root] = plan.tables;
  return root === undefined
    ? undefined
    : growTable(plan, root, { depth: 0, ordinal: 0, rowType: { kind: "struct", fields: plan.staged } });
}

/** The tables of a family, each parent before its children. */
export function listFamily(table: FamilyTable): readonly FamilyTable[] {
  return [table, ...table.children.flatMap(listFamily)];
}

/** The columns that hold data, in table order. */
export function dataColumns(table: FamilyTable): readonly Column[] {
  return table.plan.table.columns.filter(
    ({ name, validity }) => !isSystemColumn(name) && validity === undefined,
  );
}

/** The values of `columns` for one row; `row` gives the staged value at a path. */
export function rowValues(
  table: FamilyTable,
  columns: readonly Column[],
  row: (path: readonly string[]) => string,
): string[] {
  const sources = new Map(table.plan.columns.map((source) => [source.column.name, source]));
  return columns.map((column) => {
    const source = sources.get(column.name);
    return source === undefined
      ? nullValue(column)
      : columnValue(row(source.path), source.stagedType, column);
  });
}

/** The staged value at a path: of the root row `s`, or of a list's element. */
export function rowReader(
  table: FamilyTable,
  staged: StagedRecords,
  element: string,
): (path: readonly string[]) => string {
  if (table.depth === 0) return (path) => stagedValue(staged, "s", path);
  if (table.depth <= MOST_TYPED_LISTS) return (path) => memberOf(element, path);
  return (path) => jsonMember(element, path, typeAt(table.rowType, path));
}

/** The staged list that the rows of `child` are the elements of, from a row of its parent. */
export function readList(
  child: FamilyTable,
  { parent, staged, element }: { parent: FamilyTable; staged: StagedRecords; element: string },
): string {
  const list = rowReader(parent, staged, element)(child.plan.listPath);
  return child.depth === MOST_TYPED_LISTS + 1 ? `CAST(${list} AS JSON[])` : list;
}

function growTable(
  plan: LoadPlan,
  table: TablePlan,
  place: Pick<FamilyTable, "depth" | "ordinal" | "rowType">,
): FamilyTable {
  const children = plan.tables.filter((other) => other.table.parent === table.table.name);
  const depth = place.depth + 1;
  return {
    plan: table,
    name: table.table.name,
    ...place,
    children: children.map((child, ordinal) =>
      growTable(plan, child, { depth, ordinal, rowType: elementAt(place.rowType, child.listPath) }),
    ),
  };
}

function elementAt(row: StagedType, listPath: readonly string[]): StagedType {
  const list = typeAt(row, listPath);
  return list.kind === "list" ? list.element : ANYTHING;
}

function typeAt(row: StagedType, path: readonly string[]): StagedType {
  return path.reduce<StagedType>((type, key) => {
    const field = type.kind === "struct" ? type.fields.find((one) => one.key === key) : undefined;
    return field?.type ?? ANYTHING;
  }, row);
}

const ANYTHING: StagedType = { kind: "scalar", sqlType: "JSON" };
