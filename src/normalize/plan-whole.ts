import { Kind, STRINGS, type FieldNode } from "../model/field.js";
import type { StagedField } from "../model/load-plan.js";
import { planAsDlt } from "./dlt/plan-as-dlt.js";
import { makeColumn } from "./make-column.js";
import type { PlanContext } from "./plan-context.js";
import { variantColumn, type ScalarPlace } from "./plan-scalar.js";
import { spellKey, type DltHome, type WholeOutlet } from "./spelling.js";
import { existingColumn } from "./table-draft.js";

/** Where the whole values of a member are staged. */
interface WholeLayout {
  readonly fields: readonly StagedField[];
  readonly outlet: WholeOutlet;
  readonly asDlt: readonly DltHome[] | undefined;
}

/**
 * Plans a JSON column for the whole values of a member: its own `column`, or a `variant` for the nested values beside
 * a column of another type.
 */
export function planWhole(context: PlanContext, place: ScalarPlace, as: "column" | "variant"): WholeLayout {
  const { draft, member, hint } = place;
  const before = existingColumn(draft, member.name);
  const type = { dataType: "json", sqlType: "JSON" } as const;
  const target =
    as === "variant"
      ? variantColumn(draft, member, "json")
      : { column: makeColumn(context, { draft, member, type, hint }), before };
  const spelling = spellingOf(member.node, hint?.dataType === "json");
  const stagedType = spelling === "copy" ? "JSON" : "VARCHAR";
  const key = place.nextKey();
  draft.columns.push({ ...target, source: { path: [...place.staged, key], stagedType } });
  const asDlt = as === "column" ? planAsDlt(context, place) : undefined;
  return {
    fields: [{ key, type: { kind: "scalar", sqlType: stagedType } }, ...(asDlt?.fields ?? [])],
    asDlt: asDlt?.homes,
    outlet: { key: spellKey(key), as: spelling, nestedOnly: as === "variant" },
  };
}

/** DuckDB spells the floats of a JSON value anew, so those are staged as text; so is text that holds JSON. */
function spellingOf(node: FieldNode, isDeclared: boolean): WholeOutlet["as"] {
  if (isDeclared && (node.kinds & STRINGS) !== 0) return "unwrap";
  return hasFloats(node) ? "text" : "copy";
}

function hasFloats(node: FieldNode): boolean {
  if ((node.kinds & (Kind.floatWhole | Kind.float | Kind.floatWide)) !== 0) return true;
  if (node.element !== undefined && hasFloats(node.element)) return true;
  return [...node.members.values()].some(hasFloats);
}
