import type { MemberReference, PassOperation, SqlPass } from "../../model/expression.js";
import type { FieldNode } from "../../model/field.js";
import type { RecordEdit } from "../../normalize/steps/edit-record.js";
import { fieldAt, findPath } from "../../normalize/steps/find-path.js";
import { findMember, planExpressions } from "../../normalize/steps/plan-expressions.js";
import type { SourceLocation } from "../../shared/errors.js";
import { nameReferences } from "../../shared/name-references.js";
import type { ReadyExpression, RecordStep } from "./group-steps.js";

/** How one group of steps is carried out on records of some fields. */
export interface PlannedPass {
  /** Undefined: nothing for DuckDB to do. */
  readonly sql: SqlPass | undefined;
  readonly edits: readonly RecordEdit[];
  /** Where an operation stands in the configuration. */
  locationOf(operation: PassOperation): SourceLocation | undefined;
  /** What the steps name and no record has. */
  readonly unknown: readonly UnknownName[];
}

/** A name that no record has; `known` are those that stand where it would. */
export interface UnknownName {
  readonly keys: readonly string[];
  readonly location: SourceLocation;
  readonly known: readonly string[];
}

/** `typeOfAbsent` gives the SQL type of the table's column for a path that no record has. Throws a DataError. */
export function planPass(
  steps: readonly RecordStep[],
  fields: FieldNode,
  typeOfAbsent: (keys: readonly string[]) => string | undefined,
): PlannedPass {
  const draft: PassDraft = { fields, edits: [], computed: [], unknown: [] };
  for (const step of steps) addStep(draft, step);
  const planned = planExpressions(
    draft.computed.map(({ expression }) => expression),
    fields,
    typeOfAbsent,
  );
  const located = draft.computed.map(({ expression, kind, name }) => {
    const sql = nameReferences(expression, (reference) => `c${String(planned.columnOf(reference))}`);
    return { operation: { kind, name, sql }, location: expression.location };
  });
  const operations = located.map(({ operation }) => operation);
  return {
    sql: operations.length === 0 ? undefined : { ...planned, operations },
    edits: draft.edits,
    locationOf: (operation) => located.find((one) => one.operation === operation)?.location,
    unknown: draft.unknown,
  };
}

interface PassDraft {
  readonly fields: FieldNode;
  readonly edits: RecordEdit[];
  /** What DuckDB evaluates. */
  readonly computed: {
    readonly expression: ReadyExpression;
    readonly kind: PassOperation["kind"];
    readonly name: string;
  }[];
  readonly unknown: UnknownName[];
}

function addStep(draft: PassDraft, step: RecordStep): void {
  const { fields, edits, computed } = draft;
  switch (step.kind) {
    case "filter": {
      const { expression } = step;
      noteReferences(draft, expression);
      computed.push({ expression, kind: "filter", name: `filter "${expression.sql}"` });
      break;
    }
    case "map":
      for (const column of step.columns) addColumn(draft, column);
      break;
    case "rename":
      for (const { from, location } of step.names) notePath(draft, from, location);
      edits.push({
        kind: "move",
        moves: step.names.map(({ from, to }) => ({
          from: findPath(fields, from),
          path: findPath(fields, to),
        })),
      });
      break;
    case "exclude":
      for (const path of step.paths) {
        const keys = findPath(fields, path, "lists");
        if (fieldAt(fields, keys, "lists") === undefined)
          draft.unknown.push(unknownName(fields, keys, step.location));
        edits.push({ kind: "remove", path: keys });
      }
      break;
    default:
      step satisfies never;
  }
}

function addColumn(
  draft: PassDraft,
  { path: written, expression }: { readonly path: string; readonly expression: ReadyExpression },
): void {
  const { fields, edits, computed } = draft;
  noteReferences(draft, expression);
  const path = findPath(fields, written);
  const copied = copiedReference(expression);
  if (copied !== undefined) {
    edits.push({ kind: "copy", path, from: findMember(fields, copied.names).keys });
    return;
  }
  const value = computed.filter(({ kind }) => kind === "value").length;
  edits.push({ kind: "set", path, value });
  computed.push({ expression, kind: "value", name: `map ${written}: "${expression.sql}"` });
}

function notePath({ fields, unknown }: PassDraft, path: string, location: SourceLocation): void {
  const keys = findPath(fields, path);
  if (fieldAt(fields, keys) === undefined) unknown.push(unknownName(fields, keys, location));
}

function noteReferences({ fields, unknown }: PassDraft, { references, location }: ReadyExpression): void {
  for (const { names } of references) {
    const found = findMember(fields, names);
    if (!found.isThere) unknown.push(unknownName(fields, found.keys, location));
  }
}

/** The reference that is the whole expression: its value is copied, byte for byte. */
function copiedReference({ sql, references }: ReadyExpression): MemberReference | undefined {
  const [only, ...others] = references;
  if (only === undefined || others.length > 0) return undefined;
  const bytes = Buffer.from(sql);
  const around = bytes.toString("utf8", 0, only.start) + bytes.toString("utf8", only.end);
  return around.trim() === "" ? only : undefined;
}

function unknownName(fields: FieldNode, keys: readonly string[], location: SourceLocation): UnknownName {
  let node = fields;
  for (const [index, key] of keys.entries()) {
    const member: FieldNode | undefined = node.members.get(key);
    if (member === undefined) {
      const before = keys.slice(0, index);
      const known = [...node.members.keys()].map((one) => [...before, one].join("."));
      return { keys, location, known };
    }
    node = member;
  }
  return { keys, location, known: [] };
}
