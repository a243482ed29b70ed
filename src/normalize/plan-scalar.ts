import { Kind, SCALARS } from "../model/field.js";
import type { Discard, StagedField } from "../model/load-plan.js";
import type { Column, ColumnHint, DataType } from "../model/schema.js";
import { stagedTypeOf, type ColumnType } from "./column-type.js";
import { refuse } from "./contract.js";
import { planAsDlt } from "./dlt/plan-as-dlt.js";
import { decideColumn } from "./decide-column.js";
import { makeColumn } from "./make-column.js";
import type { NamedMember } from "./name-members.js";
import type { PlanContext } from "./plan-context.js";
import { kindsThatRead } from "./reading.js";
import { spellKey, type DltHome, type ScalarOutlet } from "./spelling.js";
import { sqlTypeOf } from "./sql-type-of.js";
import { existingColumn, type TableDraft } from "./table-draft.js";

/** A member whose scalars become columns of a table. */
export interface ScalarPlace {
  readonly draft: TableDraft;
  readonly member: NamedMember;
  readonly hint: ColumnHint | undefined;
  /** Staged path of the object that the member stands in. */
  readonly staged: readonly string[];
  /** Hands out the next staged key for the member's values. */
  readonly nextKey: () => string;
}

/** Columns for the scalars of one member. */
export interface ScalarLayout {
  readonly fields: readonly StagedField[];
  readonly outlets: readonly ScalarOutlet[];
  readonly spelledKey: Buffer | undefined;
  readonly asDlt?: readonly DltHome[] | undefined;
  /** One column, whose values DuckDB reads as they are spelled. */
  readonly isPlain: boolean;
  readonly refused?: Discard | undefined;
}

/** Plans the column of a member's scalars, and its variants; undefined when it has no scalars. */
export function planScalar(context: PlanContext, place: ScalarPlace): ScalarLayout | undefined {
  const { draft, member, hint } = place;
  const kinds = member.node.kinds & SCALARS;
  if (kinds === 0) return undefined;
  const isRoot = draft.parent === undefined;
  const isCursor = isRoot && context.hints.isCursor(member);
  const before = existingColumn(draft, member.name);
  const refused = refuseScalars(context, place, before);
  if (refused !== undefined && before === undefined) {
    return { fields: [], outlets: [], spelledKey: undefined, isPlain: false, refused };
  }
  const decision = decideColumn({
    kinds,
    existing: before,
    hint,
    isKey: isCursor || (isRoot && (context.hints.isPrimaryKey(member) || context.hints.isMergeKey(member))),
    widensSafely: (to) => context.widensSafely({ table: draft.name, column: member.name, to }),
    hasVariant: (dataType) => storedVariant(draft, member, dataType) !== undefined,
    keepsType: refused !== undefined,
  });
  if (decision === undefined) return undefined;
  const { type, variants } = decision;
  const fields: StagedField[] = [];
  const outlets: ScalarOutlet[] = [];
  const isCursorTime = isCursor && (type.dataType === "timestamp" || type.dataType === "date");
  const add = (
    column: Column,
    offered: number,
    facts: { before: Column | undefined; isVariant: boolean },
  ): void => {
    const stagedType = isCursorTime ? "VARCHAR" : stagedTypeOf(column);
    const key = place.nextKey();
    const outlet = createOutlet(key, column, offered);
    fields.push({ key, type: { kind: "scalar", sqlType: stagedType } });
    outlets.push(outlet);
    draft.columns.push({
      column,
      before: facts.before,
      source: { path: [...place.staged, key], stagedType },
      ...(facts.isVariant ? { outlet } : {}),
    });
  };
  add(makeColumn(context, { draft, member, type, hint }), kinds, { before, isVariant: false });
  for (const [dataType, offered] of variants) {
    const variant = variantColumn(draft, member, dataType);
    add(variant.column, offered, { before: variant.before, isVariant: true });
  }
  const spelled =
    isCursor && (kinds & (Kind.timestampOther | Kind.int34)) !== 0
      ? addSpelling(place, fields, type)
      : undefined;
  const asDlt = planAsDlt(context, place);
  if (asDlt !== undefined) fields.push(...asDlt.fields);
  const isPlain =
    outlets.length === 1 && spelled === undefined && asDlt === undefined && outlets[0]?.copied === kinds;
  return { fields, outlets, spelledKey: spelled, asDlt: asDlt?.homes, isPlain, refused };
}

/** What the contract keeps out of a new column, or of one whose type would have to change. */
function refuseScalars(
  context: PlanContext,
  { draft, member, hint }: ScalarPlace,
  before: Column | undefined,
): Discard | undefined {
  if (before !== undefined) {
    return refuse(context, draft, { part: "dataType", what: `another type in the column ${member.name}` });
  }
  const isDeclared = hint !== undefined;
  return isDeclared
    ? undefined
    : refuse(context, draft, { part: "columns", what: `the new column ${member.name}` });
}

function storedVariant(
  draft: TableDraft,
  member: Pick<NamedMember, "name">,
  dataType: DataType,
): Column | undefined {
  const natural = `${member.name}__v_${dataType}`;
  return draft.existingVariants.find(
    ({ name, dataType: stored }) => stored === dataType && (name === natural || isNumbered(name, natural)),
  );
}

function isNumbered(name: string, natural: string): boolean {
  return name.startsWith(`${natural}_`) && /^\d+$/.test(name.slice(natural.length + 1));
}

/** The variant of a member's column that takes values of `dataType`: the one that is there, or a new one. */
export function variantColumn(
  draft: TableDraft,
  member: Pick<NamedMember, "name" | "path">,
  dataType: DataType,
): { readonly column: Column; readonly before: Column | undefined } {
  const natural = `${member.name}__v_${dataType}`;
  for (let count = 1; ; count += 1) {
    const name = count === 1 ? natural : `${natural}_${String(count)}`;
    const before = existingColumn(draft, name);
    if (before?.variant === true && before.dataType === dataType) return { column: before, before };
    if (before !== undefined || draft.claims.has(name)) continue;
    draft.claims.set(name, member.path);
    const sqlType = sqlTypeOf(dataType);
    return { column: { name, dataType, sqlType, nullable: true, variant: true }, before: undefined };
  }
}

function createOutlet(key: string, type: ColumnType, offered: number): ScalarOutlet {
  return {
    key: spellKey(key),
    type,
    copied: kindsThatRead(offered, type, ["direct"]),
    offered,
    isUsed: false,
  };
}

/** Stages a cursor once more as the API spells it: that is what the state keeps (rule I1). */
function addSpelling(place: ScalarPlace, fields: StagedField[], type: ColumnType): Buffer | undefined {
  if (type.dataType !== "timestamp") return undefined;
  const key = place.nextKey();
  const last = place.draft.columns.at(-1);
  if (last?.source === undefined) return undefined;
  last.source = {
    ...last.source,
    spelledPath: [...place.staged, key],
    ...((place.member.node.kinds & Kind.int34) === 0 ? {} : { hasEpochs: true }),
  };
  fields.push({ key, type: { kind: "scalar", sqlType: "VARCHAR" } });
  return spellKey(key);
}
