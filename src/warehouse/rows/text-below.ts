import type { StagedField, StagedType } from "../../model/load-plan.js";

/**
 * Levels of lists within lists that are staged with their types; what is below them is staged as JSON text, and read level
 * by level. Writing a DuckDB table takes time with the cube of the levels of its types: 0.5 s at 200, 4.5 s at 400.
 */
export const MOST_TYPED_LISTS = 16;

/** The fields as they are staged: JSON in place of lists that are below {@link MOST_TYPED_LISTS} others. */
export function withTextBelow(fields: readonly StagedField[], levels = MOST_TYPED_LISTS): StagedField[] {
  return fields.map(({ key, type }) => ({ key, type: limitLists(type, levels) }));
}

function limitLists(type: StagedType, levels: number): StagedType {
  switch (type.kind) {
    case "scalar":
      return type;
    case "struct":
      return { kind: "struct", fields: withTextBelow(type.fields, levels) };
    case "list":
      return levels === 0 ? TEXT : { kind: "list", element: limitLists(type.element, levels - 1) };
    default:
      return type satisfies never;
  }
}

const TEXT: StagedType = { kind: "scalar", sqlType: "JSON" };
