import { INT53, Kind, NUMBERS, SCALARS } from "../../model/field.js";
import type { DltSource, StagedField } from "../../model/load-plan.js";
import type { Column, DataType } from "../../model/schema.js";
import type { ColumnType } from "../column-type.js";
import type { PlanContext } from "../plan-context.js";
import type { NamedMember } from "../name-members.js";
import { spellKey, type DltHome } from "../spelling.js";
import { existingColumn, type TableDraft } from "../table-draft.js";
import { dltTypeOf } from "./dlt-type.js";

/** A member whose scalars become columns of a table. */
interface ScalarMember {
  readonly draft: TableDraft;
  readonly member: NamedMember;
  /** Staged path of the object that the member stands in. */
  readonly staged: readonly string[];
  readonly nextKey: () => string;
}

/** Where the scalars of one member are staged once more, as dlt would have stored them. */
interface DltLayout {
  readonly fields: readonly StagedField[];
  readonly homes: readonly DltHome[];
}

/**
 * Plans that a member's scalars are staged once more as dlt would have put them into its column and the variants that
 * are there (rule M8), so that rows of dlt can be recognised. Undefined when none of its values would be another one,
 * and where dlt loaded nothing.
 */
export function planAsDlt(context: PlanContext, place: ScalarMember): DltLayout | undefined {
  const { draft, member, staged } = place;
  const before = existingColumn(draft, member.name);
  const kinds = member.node.kinds & SCALARS;
  if (context.before.hasRowsOfDlt !== true || before === undefined) return undefined;
  const type = dltTypeOf(before);
  if ((kinds & ~kindsKept(type)) === 0 && type.sqlType === before.sqlType) return undefined;
  const fields: StagedField[] = [];
  const homes: DltHome[] = [];
  const addHome = (column: Column, takes: DltHome["takes"]): void => {
    const key = place.nextKey();
    const stored = dltTypeOf(column);
    fields.push({ key, type: { kind: "scalar", sqlType: "VARCHAR" } });
    homes.push({ key: spellKey(key), type: stored, takes });
    draft.asDlt.push({ column: column.name, path: [...staged, key], storedType: stored.sqlType });
  };
  addHome(before, "any");
  for (const dataType of VARIANTS) {
    const variant = existingColumn(draft, `${member.name}__v_${dataType}`);
    if (variant?.variant === true) addHome(variant, dataType);
  }
  const prefix = `${member.name}__v_`;
  const ours = [...draft.columns.map(({ column }) => column), ...draft.existingVariants];
  const isHome = (name: string): boolean => draft.asDlt.some(({ column }) => column === name);
  const others = ours.filter(
    // What is in a JSON variant stays: scalars do not go there.
    ({ name, variant, dataType }) =>
      variant === true && dataType !== "json" && name.startsWith(prefix) && !isHome(name),
  );
  draft.asDlt.push(...others.map(({ name }): DltSource => ({ column: name })));
  return { fields, homes };
}

/** The types of which dlt makes variants for values of JSON. */
const VARIANTS: readonly DataType[] = ["text", "bigint", "double", "bool"];

/** The kinds of values that dlt stores in a column of this type as dango does. */
function kindsKept({ dataType }: ColumnType): number {
  switch (dataType) {
    case "text":
      return Kind.text | Kind.date | MOMENTS;
    case "bigint":
      return INT53 | Kind.int64;
    case "double":
      return INT53 | Kind.floatWhole | Kind.float;
    case "bool":
      return Kind.bool;
    case "timestamp":
      return MOMENTS;
    case "date":
      return Kind.date;
    case "hugeint":
      return NUMBERS & ~(Kind.floatWhole | Kind.float | Kind.floatWide);
    case "time":
    case "decimal":
    case "wei":
    case "binary":
    case "json":
      return 0;
    default:
      return dataType satisfies never;
  }
}

const MOMENTS = Kind.timestamp | Kind.timestampOther;
