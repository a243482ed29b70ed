import { Kind, SCALARS, type FieldNode } from "../model/field.js";
import type { Discard, StagedField, StagedType } from "../model/load-plan.js";
import { given } from "../shared/given.js";
import { refuse } from "./contract.js";
import { mergeFields } from "./merge-fields.js";
import { nameMembers, peekName, type NamedMember } from "./name-members.js";
import { planAbsentTables } from "./plan-absent-tables.js";
import type { PlanContext } from "./plan-context.js";
import { planScalar } from "./plan-scalar.js";
import { planWhole } from "./plan-whole.js";
import { createStagedKeys, type StagedKeys } from "./staged-keys.js";
import { startChildTable } from "./start-child-table.js";
import type { PlaceName } from "./table-hints.js";
import {
  spellKey,
  type ListOutlet,
  type MemberSpelling,
  type NestedOutlet,
  type RowSpelling,
} from "./spelling.js";
import { existingColumn, type TableDraft } from "./table-draft.js";

/** How the rows of a table, or an object within them, are staged. */
export interface RowLayout {
  readonly fields: readonly StagedField[];
  readonly spelling: RowSpelling;
  /** DuckDB reads the values as they are spelled. */
  readonly isPlain: boolean;
}

/** What a place's rows may look like beside objects: scalars are the member `value`, lists the member `listKey`. */
export interface RowPlace {
  readonly draft: TableDraft;
  readonly level: number;
  readonly listKey: string;
}

const { object: OBJECT, list: LIST } = Kind;

/** Plans the rows of one table: each a value of the kinds and members of `node`. */
export function planRows(context: PlanContext, place: RowPlace, node: FieldNode): RowLayout {
  const members = new Map<string, FieldNode>();
  const addMember = (key: string, member: FieldNode): void => {
    const known = members.get(key);
    members.set(key, known === undefined ? member : mergeFields(known, member));
  };
  const addRowsThat = (kinds: number, key: string): void => {
    const element = (kinds & LIST) === 0 ? undefined : node.element;
    if (kinds !== 0) addMember(key, { key, kinds, members: NO_MEMBERS, element });
  };
  addRowsThat(node.kinds & SCALARS, "value");
  addRowsThat(node.kinds & LIST, place.listKey);
  for (const [key, member] of node.members) addMember(key, member);
  const { draft, level, listKey } = place;
  const scope = { draft, level, listKey, prefix: undefined, path: undefined, staged: [] };
  const keys = createStagedKeys(members.keys());
  const layout = planObject(context, { ...scope, keys }, [...members.values()]);
  return { ...layout, fields: [...layout.fields, ...planAbsentTables(context, draft, keys)] };
}

const NO_MEMBERS: ReadonlyMap<string, FieldNode> = new Map();

interface ObjectScope extends RowPlace {
  readonly prefix: string | undefined;
  readonly path: string | undefined;
  readonly staged: readonly string[];
  readonly keys: StagedKeys;
}

function planObject(context: PlanContext, scope: ObjectScope, nodes: readonly FieldNode[]): RowLayout {
  const fields: StagedField[] = [];
  const members = new Map<string, MemberSpelling>();
  let isPlain = true;
  const fruitful = nodes.filter((node) => bearsFruit(context, scope, node));
  for (const member of nameMembers(scope, fruitful)) {
    const layout = planMember(context, scope, member);
    fields.push(...layout.fields);
    isPlain &&= layout.isPlain;
    for (const key of member.keys) members.set(key, layout.spelling);
  }
  return { fields, spelling: { members, listKey: scope.listKey }, isPlain };
}

/** True if a value of this place makes a column or a row; `null`, `{}` and `[]` alone do not (reference §5.5). */
function bearsFruit(context: PlanContext, scope: ObjectScope, node: FieldNode): boolean {
  if (holdsValues(context, node)) return true;
  if ((node.kinds & (OBJECT | LIST)) === 0) return false;
  const place = peekName(scope, node.key);
  // An empty object or list is a value of a JSON column.
  if (scope.level >= context.maxNesting || isWholeByType(scope.draft, place)) return true;
  const below = { ...scope, prefix: place.name, path: place.path, level: scope.level + 1 };
  return [...node.members.values()].some((member) => bearsFruit(context, below, member));
}

/** True if there is a scalar or an element at or below a place. Asked at every level, so each place is looked at once. */
function holdsValues({ withValues }: Pick<PlanContext, "withValues">, node: FieldNode): boolean {
  if ((node.kinds & SCALARS) !== 0 || node.element !== undefined) return true;
  let holds = withValues.get(node);
  if (holds === undefined) {
    holds = [...node.members.values()].some((member) => holdsValues({ withValues }, member));
    withValues.set(node, holds);
  }
  return holds;
}

/** A column that is JSON already, or is declared so, takes whole values. */
function isWholeByType(draft: TableDraft, place: PlaceName): boolean {
  const existing = existingColumn(draft, place.name);
  return (existing ?? draft.hints.columnHint(place))?.dataType === "json";
}

interface MemberLayout {
  readonly fields: readonly StagedField[];
  readonly spelling: MemberSpelling;
  readonly isPlain: boolean;
}

function planMember(context: PlanContext, scope: ObjectScope, member: NamedMember): MemberLayout {
  const { draft, level, staged } = scope;
  const { node } = member;
  const [key] = member.keys;
  const ownKey = scope.keys.own(key);
  let handedOut = 0;
  const nextKey = (): string => (handedOut++ === 0 ? ownKey : undefined) ?? scope.keys.fresh(key);
  const hint = draft.hints.columnHint(member);
  const nested = node.kinds & (OBJECT | LIST);
  const isAtLimit = nested !== 0 && level >= context.maxNesting;
  const place = { draft, member, hint, staged, nextKey };
  const isKnown = existingColumn(draft, member.name) !== undefined;
  const isTyped = isKnown || hint?.dataType !== undefined;
  const isReadable = ownKey !== undefined && member.keys.length === 1;
  const isNew = !isKnown && hint === undefined;
  if (isWholeByType(draft, member) || (isAtLimit && !isTyped)) {
    const refused = isNew
      ? refuse(context, draft, { part: "columns", what: `the new column ${member.name}` })
      : undefined;
    if (refused !== undefined) {
      const all = { refusedScalar: refused, refusedObject: refused, refusedList: refused };
      return { fields: [], spelling: { scalars: [], ...all }, isPlain: false };
    }
    const { fields, outlet, asDlt } = planWhole(context, place, "column");
    const isPlain = isReadable && outlet.as === "copy" && asDlt === undefined;
    return { fields, spelling: { whole: outlet, scalars: [], ...given({ asDlt }) }, isPlain };
  }
  const scalar = planScalar(context, place);
  const tooDeep = isAtLimit
    ? refuse(context, draft, { part: "dataType", what: `another type in the column ${member.name}` })
    : undefined;
  const whole = isAtLimit && tooDeep === undefined ? planWhole(context, place, "variant") : undefined;
  const below = { ...scope, prefix: member.name, path: member.path, level: level + 1 };
  const object = isAtLimit ? undefined : planNestedObject(context, { ...below, nextKey }, node);
  const list = isAtLimit ? undefined : planList(context, { ...scope, nextKey }, member);
  const parts = [scalar, object, list].filter((part) => part !== undefined);
  return {
    fields: [...parts.flatMap((part) => part.fields), ...(whole?.fields ?? [])],
    spelling: {
      scalars: scalar?.outlets ?? [],
      ...(scalar?.spelledKey === undefined ? {} : { spelledKey: scalar.spelledKey }),
      ...(whole === undefined ? {} : { whole: whole.outlet }),
      ...(object === undefined ? {} : { object: object.outlet }),
      ...(list?.outlet === undefined ? {} : { list: list.outlet }),
      ...given({
        asDlt: scalar?.asDlt,
        refusedScalar: scalar?.refused,
        refusedObject: tooDeep,
        refusedList: list?.refused ?? tooDeep,
      }),
    },
    isPlain: isReadable && isOneClass(node.kinds) && parts.length === 1 && parts[0]?.isPlain === true,
  };
}

/** True for kinds that are all scalars, or all objects, or all lists; nulls may stand among them. */
function isOneClass(kinds: number): boolean {
  return [SCALARS, OBJECT, LIST].filter((bits) => (kinds & bits) !== 0).length === 1;
}

interface NestedLayout {
  readonly fields: readonly StagedField[];
  readonly outlet: NestedOutlet;
  readonly isPlain: boolean;
}

/** Of a list; `refused` instead of an outlet when a contract keeps its table out. */
interface ListLayout extends Omit<NestedLayout, "outlet"> {
  readonly outlet: ListOutlet | undefined;
  readonly refused?: Discard;
}

function planNestedObject(
  context: PlanContext,
  scope: ObjectScope & { readonly nextKey: () => string },
  node: FieldNode,
): NestedLayout | undefined {
  const nodes = [...node.members.values()];
  if ((node.kinds & OBJECT) === 0 || !nodes.some((member) => bearsFruit(context, scope, member)))
    return undefined;
  const key = scope.nextKey();
  const keys = createStagedKeys(node.members.keys());
  const layout = planObject(context, { ...scope, staged: [...scope.staged, key], keys }, nodes);
  // Of an object whose members a contract keeps out, nothing is read.
  const type: StagedType = layout.fields.length === 0 ? ANYTHING : { kind: "struct", fields: layout.fields };
  return {
    fields: [{ key, type }],
    outlet: outletOf(key, layout, layout.isPlain),
    isPlain: layout.isPlain,
  };
}

function planList(
  context: PlanContext,
  scope: ObjectScope & { readonly nextKey: () => string },
  member: NamedMember,
): ListLayout | undefined {
  const { element } = member.node;
  if (element === undefined) return undefined;
  const key = scope.nextKey();
  const draft = startChildTable(context, scope.draft, { member, listPath: [...scope.staged, key] });
  const refused =
    draft.existing === undefined
      ? refuse(context, scope.draft, { part: "tables", what: `the new table ${draft.name}` })
      : undefined;
  if (refused !== undefined) {
    context.drafts.pop();
    return { fields: [], outlet: undefined, isPlain: false, refused };
  }
  const level = scope.level + 1;
  // Lists within the lists at the limit are values of their rows.
  const listKey = level >= context.maxNesting ? "value" : "list";
  const layout = planRows(context, { draft, level, listKey }, element);
  const { type, isPlain } = settleElement(context, { draft, listKey, element }, layout);
  const lost = { table: draft.name, count: 0 };
  context.lost.push(lost);
  return {
    fields: [{ key, type: { kind: "list", element: type } }],
    outlet: { ...outletOf(key, layout, isPlain), lost },
    isPlain,
  };
}

function outletOf(key: string, { spelling }: RowLayout, isPlain: boolean): NestedOutlet {
  return { key: spellKey(key), row: isPlain ? undefined : spelling, below: spelling };
}

/** The staged type of a list's elements: rows that are all scalars, or all lists, need no object around them. */
function settleElement(
  context: PlanContext,
  place: { readonly draft: TableDraft; readonly listKey: string; readonly element: FieldNode },
  { fields, isPlain }: RowLayout,
): { readonly type: StagedType; readonly isPlain: boolean } {
  const [first] = fields;
  if (first === undefined) return { type: ANYTHING, isPlain };
  const { kinds } = place.element;
  const isReadable = isPlain && isOneClass(kinds);
  if (isReadable && (kinds & OBJECT) === 0 && fields.length === 1) {
    unwrapRows(context, place.draft, first.key);
    return { type: first.type, isPlain: true };
  }
  return { type: { kind: "struct", fields }, isPlain: isReadable && (kinds & OBJECT) !== 0 };
}

/** A type that reads any value: of such rows only their number counts. */
const ANYTHING: StagedType = { kind: "scalar", sqlType: "JSON" };

/** Takes the member `key` off the staged paths of a table's rows. */
function unwrapRows({ drafts }: PlanContext, draft: TableDraft, key: string): void {
  for (const column of draft.columns) {
    if (column.source?.path[0] === key)
      column.source = { ...column.source, path: column.source.path.slice(1) };
  }
  for (const child of drafts) {
    if (child.parent === draft && child.listPath[0] === key) child.listPath = child.listPath.slice(1);
  }
}
