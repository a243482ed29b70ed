import type { MemberReference, ParsedExpression, PassColumn } from "../../model/expression.js";
import { Kind, type FieldNode } from "../../model/field.js";
import type { StagedField } from "../../model/load-plan.js";
import { DataError } from "../../shared/errors.js";
import { expressionType, hasCaseTwins, neededType, type NeededMembers } from "./expression-type.js";

/** What DuckDB reads of the records to evaluate some expressions, and what their names become. */
export interface PlannedExpressions {
  readonly fields: readonly StagedField[];
  readonly columns: readonly PassColumn[];
  /** The column of a reference, by its place in {@link columns}. */
  columnOf(reference: MemberReference): number;
}

/** A name in an expression, in the records. */
export interface FoundMember {
  readonly keys: readonly string[];
  /** Undefined: no record has a value there. */
  readonly node: FieldNode | undefined;
  /** True if it stands in a record, be it null. */
  readonly isThere: boolean;
}

/**
 * Plans one reading for `expressions`. `typeOfAbsent` gives the SQL type of the table's column for a name that no
 * record has. Throws a DataError for names that SQL cannot tell apart.
 */
export function planExpressions(
  expressions: readonly ParsedExpression[],
  fields: FieldNode,
  typeOfAbsent: (keys: readonly string[]) => string | undefined,
): PlannedExpressions {
  const names = [...new Set(expressions.flatMap(({ memberNames }) => memberNames))];
  const places = new Map<string, { readonly index: number; readonly found: FoundMember }>();
  const needed: Need = { whole: false, members: new Map() };
  for (const reference of expressions.flatMap(({ references }) => references)) {
    const key = keyOf(reference);
    if (places.has(key)) continue;
    const found = findMember(fields, reference.names);
    places.set(key, { index: places.size, found });
    if (found.node !== undefined) addNeed(needed, found);
  }
  const topKeys = [...needed.members.keys()];
  if (hasCaseTwins(topKeys)) throw caseTwins(topKeys);
  const columns = [...places.values()].map(({ found }): PassColumn => {
    const { keys, node } = found;
    if (node === undefined) return { kind: "absent", sqlType: typeOfAbsent(keys) };
    return columnOf(fields, { keys, node }, { needed, names });
  });
  const read = topKeys.flatMap((key): StagedField[] => {
    const node = fields.members.get(key);
    const inner = needed.members.get(key);
    return node === undefined || inner === undefined ? [] : [{ key, type: neededType(node, inner, names) }];
  });
  return {
    fields: read.length > 0 ? read : [anyField(fields)],
    columns,
    columnOf: (reference) => places.get(keyOf(reference))?.index ?? -1,
  };
}

/** Finds what a dotted name means in the records: the very key, otherwise the only one that differs by case. */
export function findMember(fields: FieldNode, names: readonly string[]): FoundMember {
  let node = fields;
  const keys: string[] = [];
  for (const [index, name] of names.entries()) {
    const key = node.members.has(name) ? name : findByCase(node, name);
    const member = key === undefined ? undefined : node.members.get(key);
    if (key === undefined || member === undefined)
      return { keys: [...keys, ...names.slice(index)], node: undefined, isThere: false };
    keys.push(key);
    node = member;
  }
  return { keys, node: (node.kinds & ~Kind.null) === 0 ? undefined : node, isThere: true };
}

interface Need extends NeededMembers {
  whole: boolean;
  readonly members: Map<string, Need>;
}

function keyOf({ names }: MemberReference): string {
  return JSON.stringify(names);
}

function findByCase(node: FieldNode, name: string): string | undefined {
  const found = [...node.members.keys()].filter((key) => key.toLowerCase() === name.toLowerCase());
  if (found.length > 1) throw caseTwins(found);
  return found[0];
}

function caseTwins(keys: readonly string[]): DataError {
  const twins = keys.filter((key) =>
    keys.some((other) => other !== key && other.toLowerCase() === key.toLowerCase()),
  );
  return new DataError(`SQL cannot tell these members apart: ${twins.join(", ")}`, {
    hint: "give one of them another name with a `rename` before",
  });
}

function addNeed(root: Need, { keys }: FoundMember): void {
  let need = root;
  for (const key of keys) {
    const inner: Need = need.members.get(key) ?? { whole: false, members: new Map<string, Need>() };
    need.members.set(key, inner);
    need = inner;
  }
  need.whole = true;
}

/** A member of structs or, behind what is read as text or JSON, a path in that. */
function columnOf(
  fields: FieldNode,
  { keys, node }: { readonly keys: readonly string[]; readonly node: FieldNode },
  { needed, names }: { readonly needed: Need; readonly names: readonly string[] },
): PassColumn {
  let field = fields;
  let need = needed;
  for (const [index, key] of keys.slice(0, -1).entries()) {
    field = field.members.get(key) ?? field;
    // What is read as a whole is typed as a whole, to its leaves.
    if (!need.whole) need = need.members.get(key) ?? need;
    if (neededType(field, need, names).kind === "struct") continue;
    const inner = expressionType(node, names);
    const sqlType = inner.kind === "scalar" ? inner.sqlType : "VARCHAR";
    return { kind: "json", path: keys.slice(0, index + 1), rest: keys.slice(index + 1), sqlType };
  }
  return { kind: "member", path: keys };
}

function anyField(fields: FieldNode): StagedField {
  const [key = "_none"] = fields.members.keys();
  return { key, type: { kind: "scalar", sqlType: "VARCHAR" } };
}
