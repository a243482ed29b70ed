import { Kind, NUMBERS, SCALARS, type FieldNode } from "../../model/field.js";
import type { StagedField, StagedType } from "../../model/load-plan.js";
import { newDataType } from "../column-type.js";
import { sqlTypeOf } from "../sql-type-of.js";

/** Members of an object that an expression needs; `whole`: all that the records have. */
export interface NeededMembers {
  readonly whole: boolean;
  readonly members: ReadonlyMap<string, NeededMembers>;
}

/**
 * The type that an expression sees of a member: the one that a new column would have; objects are structs, lists are
 * lists. What has values of several kinds is text. `names` are members that structs have even if no record has them.
 */
export function expressionType(node: FieldNode, names: readonly string[]): StagedType {
  const kinds = node.kinds & ~Kind.null;
  if (kinds === Kind.object) return structType(node, names);
  if (kinds === Kind.list) {
    if (node.element !== undefined && (node.element.kinds & ~Kind.null) !== 0)
      return { kind: "list", element: expressionType(node.element, names) };
    return { kind: "list", element: names.length === 0 ? TEXT : struct(names.map(textField)) };
  }
  return (kinds & ~SCALARS) === 0 ? scalarType(kinds) : TEXT;
}

/** The type to read a member with of which only some members are needed. */
export function neededType(node: FieldNode, needed: NeededMembers, names: readonly string[]): StagedType {
  if (needed.whole) return expressionType(node, names);
  const keys = [...needed.members.keys()];
  if ((node.kinds & ~Kind.null) !== Kind.object || hasCaseTwins(keys)) return JSON_TYPE;
  const fields = keys.flatMap((key): StagedField[] => {
    const member = node.members.get(key);
    const inner = needed.members.get(key);
    return member === undefined || inner === undefined
      ? []
      : [{ key, type: neededType(member, inner, names) }];
  });
  return struct(fields);
}

/** True if two keys differ by case only: SQL cannot tell them apart. */
export function hasCaseTwins(keys: readonly string[]): boolean {
  return new Set(keys.map((key) => key.toLowerCase())).size < keys.length;
}

const TEXT: StagedType = { kind: "scalar", sqlType: "VARCHAR" };
const JSON_TYPE: StagedType = { kind: "scalar", sqlType: "JSON" };

function structType(node: FieldNode, names: readonly string[]): StagedType {
  const keys = [...node.members.keys()];
  if (hasCaseTwins(keys)) return TEXT;
  const known = new Set(keys.map((key) => key.toLowerCase()));
  const added = names.filter((name) => !known.has(name.toLowerCase()));
  const fields = [...node.members].map(([key, member]) => ({ key, type: expressionType(member, names) }));
  return fields.length + added.length === 0 ? TEXT : struct([...fields, ...added.map(textField)]);
}

function struct(fields: readonly StagedField[]): StagedType {
  return { kind: "struct", fields };
}

function textField(key: string): StagedField {
  return { key, type: TEXT };
}

function scalarType(kinds: number): StagedType {
  const isOddTime = (kinds & Kind.timestampOther) !== 0;
  const isUnlike = (kinds & Kind.bool) !== 0 && (kinds & NUMBERS) !== 0;
  const dataType = isOddTime || isUnlike ? "text" : (newDataType(kinds) ?? "text");
  return { kind: "scalar", sqlType: sqlTypeOf(dataType) };
}
