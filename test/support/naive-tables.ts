/** Kinds of scalars that the naive model tells apart. */
export type ScalarKind = "int" | "float" | "text" | "bool" | "date" | "timestamp";

/** A scalar as its JSON spells it, a string without quotes. */
export interface Scalar {
  readonly kind: ScalarKind;
  readonly text: string;
}

/** A document of the model. */
export type Doc = null | Scalar | readonly Doc[] | ReadonlyMap<string, Doc>;

/** A row with the rows of its lists, by table. */
interface Row {
  readonly cells: Map<string, Scalar>;
  readonly children: Map<string, Row[]>;
}

type ColumnType = "BIGINT" | "DOUBLE" | "VARCHAR" | "BOOLEAN" | "DATE" | "TIMESTAMP WITH TIME ZONE";

/** What tables should hold after loads, by the plainest means: everything in memory, nothing clever. */
export class NaiveTables {
  private readonly types = new Map<string, Map<string, ColumnType>>();
  private readonly nameOf: (key: string) => string;
  private rows: { readonly key: string; readonly row: Row }[] = [];

  constructor(nameOf: (key: string) => string) {
    this.nameOf = nameOf;
  }

  /** Loads records into the root table `t`; `keyOf` tells the records of a merge apart. */
  load(
    records: readonly ReadonlyMap<string, Doc>[],
    mode: "append" | "replace" | "merge",
    keyOf: (record: ReadonlyMap<string, Doc>) => string,
  ): void {
    const seen: Seen = new Map();
    for (const record of records) this.see(record, { table: "t", prefix: "" }, seen);
    const homes = new Map([...seen].map(([table, columns]) => [table, this.settle(table, columns)]));
    if (mode === "replace") this.rows = [];
    for (const record of records) {
      const key = keyOf(record);
      if (mode === "merge") this.rows = this.rows.filter((one) => one.key !== key);
      this.rows.push({ key, row: this.place(record, "t", homes) });
    }
  }

  /** `name TYPE` of the data columns of every table, sorted. */
  columns(): Record<string, string[]> {
    const named = [...this.types].map(([table, columns]) => [
      table,
      [...columns].map(([name, type]) => `${name} ${type}`).sort(),
    ]);
    return Object.fromEntries(named) as Record<string, string[]>;
  }

  /** Every root row with all that is below it, as text, sorted. */
  trees(): string[] {
    return this.rows.map(({ row }) => JSON.stringify(this.treeOf("t", row))).sort();
  }

  private treeOf(table: string, { cells, children }: Row): Tree {
    return makeTree(
      [...cells].map(([name, value]) => [name, spell(value, this.types.get(table)?.get(name))]),
      [...children].map(([child, rows]) => [child, rows.map((row) => this.treeOf(child, row))]),
    );
  }

  private see(value: Doc, place: Place, seen: Seen): void {
    const { table, prefix } = place;
    const columns = seen.get(table) ?? new Map<string, Set<ScalarKind>>();
    seen.set(table, columns);
    for (const [name, member] of this.membersOf(value, prefix)) {
      if (member === null) continue;
      if (member instanceof Map) this.see(member, { table, prefix: `${name}__` }, seen);
      else if (isList(member)) {
        for (const element of member) this.see(element, { table: `${table}__${name}`, prefix: "" }, seen);
      } else columns.set(name, (columns.get(name) ?? new Set()).add((member as Scalar).kind));
    }
  }

  /** A row that is no object is its member `value`, or `list`. */
  private membersOf(value: Doc, prefix: string): [string, Doc][] {
    if (value instanceof Map) {
      const members = [...(value as ReadonlyMap<string, Doc>)];
      return members.map(([key, member]) => [prefix + this.nameOf(key), member]);
    }
    return [[isList(value) ? "list" : "value", value]];
  }

  /** Gives the columns of a load their types; for each column, where values of a kind go. */
  private settle(
    table: string,
    seen: ReadonlyMap<string, ReadonlySet<ScalarKind>>,
  ): Map<string, Map<ScalarKind, string>> {
    const types = this.types.get(table) ?? new Map<string, ColumnType>();
    this.types.set(table, types);
    const homes = new Map<string, Map<ScalarKind, string>>();
    for (const [name, kinds] of seen) {
      const stored = types.get(name);
      const type = stored === undefined ? newType(kinds) : widened(stored, kinds);
      types.set(name, type);
      const misfits = [...kinds].filter((kind) => !FITS[type].includes(kind));
      const home = new Map<ScalarKind, string>([...kinds].map((kind) => [kind, name]));
      for (const kind of misfits)
        home.set(kind, `${name}__v_${variantOf(kind, misfits, (other) => types.has(`${name}__v_${other}`))}`);
      for (const variant of new Set(home.values())) {
        if (variant !== name) types.set(variant, VARIANTS[variant.slice(name.length + 4)] ?? "VARCHAR");
      }
      homes.set(name, home);
    }
    return homes;
  }

  private place(value: Doc, table: string, homes: Homes): Row {
    const row: Row = { cells: new Map(), children: new Map() };
    const fill = (inner: Doc, prefix: string): void => {
      for (const [name, member] of this.membersOf(inner, prefix)) {
        if (member === null) continue;
        if (member instanceof Map) fill(member, `${name}__`);
        else if (isList(member)) {
          const child = `${table}__${name}`;
          if (member.length > 0)
            row.children.set(
              child,
              member.map((element) => this.place(element, child, homes)),
            );
        } else {
          const scalar = member as Scalar;
          row.cells.set(homes.get(table)?.get(name)?.get(scalar.kind) ?? name, scalar);
        }
      }
    };
    fill(value, "");
    return row;
  }
}

type Seen = Map<string, Map<string, Set<ScalarKind>>>;
type Homes = ReadonlyMap<string, ReadonlyMap<string, ReadonlyMap<ScalarKind, string>>>;
interface Place {
  readonly table: string;
  readonly prefix: string;
}

/** A row for comparison: cells by column, rows of lists by table. */
export type Tree = readonly [cells: Record<string, string>, lists: Record<string, readonly Tree[]>];

/** A {@link Tree} whose members are in one order. */
export function makeTree(
  cells: readonly (readonly [string, string])[],
  lists: readonly (readonly [string, readonly Tree[]])[],
): Tree {
  const byName = (a: readonly [string, unknown], b: readonly [string, unknown]): number =>
    a[0] < b[0] ? -1 : 1;
  return [Object.fromEntries([...cells].sort(byName)), Object.fromEntries([...lists].sort(byName))];
}

function isList(value: Doc): value is readonly Doc[] {
  return Array.isArray(value);
}

const FITS: Readonly<Record<ColumnType, readonly ScalarKind[]>> = {
  VARCHAR: ["int", "float", "text", "bool", "date", "timestamp"],
  BIGINT: ["int"],
  DOUBLE: ["int", "float"],
  BOOLEAN: ["bool"],
  DATE: ["date"],
  // Numbers are seconds since 1970.
  "TIMESTAMP WITH TIME ZONE": ["timestamp", "date", "int", "float"],
};

const VARIANTS: Readonly<Record<string, ColumnType>> = {
  bigint: "BIGINT",
  double: "DOUBLE",
  text: "VARCHAR",
  bool: "BOOLEAN",
  date: "DATE",
  timestamp: "TIMESTAMP WITH TIME ZONE",
};

/** Rule B3, of a column that is made. */
function newType(kinds: ReadonlySet<ScalarKind>): ColumnType {
  const has = (...some: ScalarKind[]): boolean => some.some((kind) => kinds.has(kind));
  if (has("text", "date", "timestamp")) {
    if (has("text", "int", "float", "bool")) return "VARCHAR";
    return has("timestamp") ? "TIMESTAMP WITH TIME ZONE" : "DATE";
  }
  if (has("float")) return "DOUBLE";
  return has("int") ? "BIGINT" : "BOOLEAN";
}

/** Contract §5: what widens in place. */
function widened(type: ColumnType, kinds: ReadonlySet<ScalarKind>): ColumnType {
  if (type === "BIGINT" && kinds.has("float")) return "DOUBLE";
  return type === "DATE" && kinds.has("timestamp") ? "TIMESTAMP WITH TIME ZONE" : type;
}

/** Rule B3: the variant of a kind; strings of one load share one, and go where such strings went before (M2). */
function variantOf(
  kind: ScalarKind,
  misfits: readonly ScalarKind[],
  isThere: (variant: string) => boolean,
): string {
  if (kind === "int") return "bigint";
  if (kind === "float") return "double";
  if (kind === "bool") return "bool";
  const order = ["date", "timestamp", "text"] as const;
  const known = (one: ScalarKind): string | undefined =>
    order.slice(order.indexOf(one as (typeof order)[number])).find(isThere);
  const homeless = misfits.filter((one) => order.includes(one as "text") && known(one) === undefined);
  return known(kind) ?? [...order].reverse().find((one) => homeless.includes(one)) ?? kind;
}

/** As DuckDB writes a value of the column's type. */
function spell({ kind, text }: Scalar, type: ColumnType | undefined): string {
  if (type === "DOUBLE") return kind === "int" ? `${text}.0` : text;
  if (type !== "TIMESTAMP WITH TIME ZONE") return text;
  const ms = kind === "int" || kind === "float" ? Number(text) * 1000 : Date.parse(text);
  return new Date(ms)
    .toISOString()
    .replace("T", " ")
    .replace(/\.?0*Z$/, "+00");
}
