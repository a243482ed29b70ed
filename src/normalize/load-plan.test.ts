import { describe, expect, test } from "vitest";

import { Kind, type FieldNode } from "../model/field.js";
import type { LoadPlan } from "../model/load-plan.js";
import type { ResourceOptions } from "../model/resource.js";
import type { DatasetSchema, Table } from "../model/schema.js";
import { createLoadPlan, findWidenings } from "./load-plan.js";

const NOTHING_BEFORE: DatasetSchema = { tables: new Map() };

const OPTIONS: ResourceOptions = {
  name: "t",
  tableName: "t",
  writeDisposition: { kind: "append" },
  primaryKey: [],
  mergeKey: [],
  columns: {},
  allowEmpty: false,
  onNullKey: "error",
};

/** A node for a value as `JSON.parse` gives it; integers are int34, other numbers floats, strings text. */
function nodeOf(key: string, value: unknown): FieldNode {
  const leaf = (kinds: number): FieldNode => ({ key, kinds, members: new Map(), element: undefined });
  if (value === null) return leaf(Kind.null);
  if (Array.isArray(value)) {
    const [element] = value.map((item: unknown) => nodeOf("", item));
    return { ...leaf(Kind.list), element };
  }
  if (typeof value === "object") {
    const members = Object.entries(value).map(([name, member]): [string, FieldNode] => [
      name,
      nodeOf(name, member),
    ]);
    return { ...leaf(Kind.object), members: new Map(members) };
  }
  if (typeof value === "boolean") return leaf(Kind.bool);
  if (typeof value === "string") return leaf(value === "2024-01-01" ? Kind.date : Kind.text);
  return leaf(Number.isInteger(value) ? Kind.int34 : Kind.float);
}

function withKinds(key: string, kinds: number): FieldNode {
  return { key, kinds, members: new Map(), element: undefined };
}

function objectOf(...members: FieldNode[]): FieldNode {
  return {
    key: "",
    kinds: Kind.object,
    members: new Map(members.map((node) => [node.key, node])),
    element: undefined,
  };
}

function plan(fields: FieldNode, options: Partial<ResourceOptions> = {}, before = NOTHING_BEFORE): LoadPlan {
  return createLoadPlan({ options: { ...OPTIONS, ...options }, fields, before, widensSafely: () => true });
}

function columnsOf({ tables }: LoadPlan): Record<string, string[]> {
  return Object.fromEntries(
    tables.map(({ table }) => [
      table.name,
      table.columns
        .filter(({ name }) => !name.startsWith("_dlt_"))
        .map(({ name, sqlType }) => `${name} ${sqlType}`),
    ]),
  );
}

function afterwards({ tables }: LoadPlan): DatasetSchema {
  return { tables: new Map(tables.map(({ table }): [string, Table] => [table.name, table])) };
}

describe("max_table_nesting (reference §5.5)", () => {
  const record = { id: 1, a: { b: { c: { d: 1 } } }, l: [{ m: [{ n: [1, 2] }] }] };
  test.each([
    [0, { t: ["id BIGINT", "a JSON", "l JSON"] }],
    [1, { t: ["id BIGINT", "a__b JSON"], t__l: ["m JSON"] }],
    [2, { t: ["id BIGINT", "a__b__c JSON"], t__l: [], t__l__m: ["n JSON"] }],
    [3, { t: ["id BIGINT", "a__b__c__d BIGINT"], t__l: [], t__l__m: [], t__l__m__n: ["value BIGINT"] }],
  ])("%i levels", (maxTableNesting, columns) => {
    expect(columnsOf(plan(nodeOf("", record), { maxTableNesting }))).toEqual(columns);
  });
});

describe("tables", () => {
  test("a resource without rows has no table (M4)", () => {
    const { tables, changes, staged } = plan(withKinds("", 0), { columns: { a: { dataType: "text" } } });
    expect({ tables, changes, staged }).toEqual({
      tables: [],
      changes: [],
      staged: [{ key: "_none", type: { kind: "scalar", sqlType: "JSON" } }],
    });
  });

  test("system columns come last and are NOT NULL; children of merged roots know their root", () => {
    const fields = nodeOf("", { id: 1, l: [1] });
    const merge = { kind: "merge", strategy: "delete-insert" } as const;
    const { tables } = plan(fields, { writeDisposition: merge, primaryKey: ["id"] });
    const spelled = tables.map(({ table }) =>
      table.columns.map(({ name, sqlType, nullable }) => `${name} ${sqlType}${nullable ? "" : "!"}`),
    );
    expect(spelled).toEqual([
      ["id BIGINT!", "_dlt_load_id VARCHAR!", "_dlt_id VARCHAR!"],
      [
        "value BIGINT",
        "_dlt_root_id VARCHAR!",
        "_dlt_parent_id VARCHAR!",
        "_dlt_list_idx BIGINT!",
        "_dlt_id VARCHAR!",
      ],
    ]);
  });

  test("a key of which nulls were seen may be NULL", () => {
    const fields = objectOf(withKinds("id", Kind.int34 | Kind.null));
    expect(plan(fields, { primaryKey: ["id"] }).tables[0]?.table.columns[0]).toEqual({
      name: "id",
      dataType: "bigint",
      sqlType: "BIGINT",
      nullable: true,
      primaryKey: true,
    });
  });

  test("columns of later loads come after the system columns", () => {
    const first = plan(nodeOf("", { a: 1 }));
    const second = plan(nodeOf("", { b: "x", a: 1, c: [1] }), {}, afterwards(first));
    expect(second.tables[0]?.table.columns.map(({ name }) => name)).toEqual([
      "a",
      "_dlt_load_id",
      "_dlt_id",
      "b",
    ]);
    expect(second.changes.map(({ kind }) => kind)).toEqual(["add_column", "create_table"]);
  });

  test("a child table whose name another resource has gets a suffix, and keeps it (N1)", () => {
    const other: Table = { name: "t__l", resource: "t__l", columns: [] };
    const before: DatasetSchema = { tables: new Map([["t__l", other]]) };
    const first = plan(nodeOf("", { l: [1] }), {}, before);
    expect(first.tables.map(({ table }) => table.name)).toEqual(["t", "t__l_2"]);
    expect(first.renamed).toEqual([{ table: "t", key: "l", name: "t__l_2" }]);
    const known: DatasetSchema = { tables: new Map([...before.tables, ...afterwards(first).tables]) };
    const second = plan(nodeOf("", { l: [1] }), {}, known);
    expect(second.tables.map(({ table }) => table.name)).toEqual(["t", "t__l_2"]);
    expect([...second.changes, ...second.renamed]).toEqual([]);
  });
});

describe("declared columns", () => {
  test("come first, in their order, also if no record has them (reference §5.7)", () => {
    const columns = { missing: { dataType: "date" }, "c.d": { dataType: "text" } } as const;
    expect(columnsOf(plan(nodeOf("", { a: 1, c: { d: 1 } }), { columns }))).toEqual({
      t: ["missing DATE", "c__d VARCHAR", "a BIGINT"],
    });
  });

  test("are named by field or by column (D6)", () => {
    const fields = nodeOf("", { createdAt: 1, userId: 2 });
    const columns = { created_at: { dataType: "text" }, userId: { dataType: "double" } } as const;
    expect(columnsOf(plan(fields, { columns }))).toEqual({ t: ["created_at VARCHAR", "user_id DOUBLE"] });
  });

  test("count as existing: what does not fit is a variant (B3)", () => {
    const fields = objectOf(withKinds("a", Kind.float | Kind.int34), withKinds("b", Kind.text));
    const columns = { a: { dataType: "bigint" }, b: { dataType: "date", nullable: false } } as const;
    expect(columnsOf(plan(fields, { columns }))).toEqual({
      t: ["a BIGINT", "b DATE", "a__v_double DOUBLE", "b__v_text VARCHAR"],
    });
  });
});

describe("widening (contract §5)", () => {
  const first = plan(
    objectOf(withKinds("i", Kind.int34), withKinds("d", Kind.date), withKinds("k", Kind.int34)),
  );
  const before = afterwards(first);
  const widened = ({ changes }: LoadPlan) =>
    changes.map((change) =>
      change.kind === "widen_column" ? `${change.from.sqlType} → ${change.column.sqlType}` : change.kind,
    );

  test("BIGINT takes larger integers as HUGEINT", () => {
    expect(widened(plan(objectOf(withKinds("i", Kind.int128)), {}, before))).toEqual(["BIGINT → HUGEINT"]);
  });

  test("BIGINT takes fractions as DOUBLE if the stored values stay the same", () => {
    const fields = objectOf(withKinds("i", Kind.float));
    expect(widened(plan(fields, {}, before))).toEqual(["BIGINT → DOUBLE"]);
    const refused = createLoadPlan({ options: OPTIONS, fields, before, widensSafely: () => false });
    expect(columnsOf(refused)["t"]).toEqual(["i BIGINT", "d DATE", "k BIGINT", "i__v_double DOUBLE"]);
  });

  test("BIGINT stays if the load itself has integers that no double holds", () => {
    const fields = objectOf(withKinds("i", Kind.float | Kind.int64));
    expect(findWidenings({ options: OPTIONS, fields, before })).toEqual([]);
    expect(columnsOf(plan(fields, {}, before))["t"]).toContain("i__v_double DOUBLE");
  });

  test("DATE takes timestamps as TIMESTAMPTZ", () => {
    expect(widened(plan(objectOf(withKinds("d", Kind.timestamp)), {}, before))).toEqual([
      "DATE → TIMESTAMP WITH TIME ZONE",
    ]);
  });

  test("a key becomes text in place and never splits (B4)", () => {
    const options = { primaryKey: ["k"] };
    expect(widened(plan(objectOf(withKinds("k", Kind.text)), options, before))).toEqual(["BIGINT → VARCHAR"]);
    expect(widened(plan(objectOf(withKinds("k", Kind.floatWhole)), options, before))).toEqual([]);
  });
});

describe("keys that fall on one name (N1)", () => {
  test("have a column each if they met in a record", () => {
    const fields = objectOf(withKinds("aB", Kind.int34), {
      ...withKinds("a_b", Kind.text),
      met: new Set(["aB"]),
    });
    expect(columnsOf(plan(fields))).toEqual({ t: ["a_b BIGINT", "a_b_2 VARCHAR"] });
  });

  test("share the column if they never met", () => {
    const fields = objectOf(withKinds("aB", Kind.int34), { ...withKinds("a_b", Kind.int64), met: new Set() });
    const { respell, ...shared } = plan(fields);
    expect(columnsOf(shared)).toEqual({ t: ["a_b BIGINT"] });
    expect(shared.renamed).toEqual([]);
    const records = ['{"aB":1}', '{"a_b" : 9007199254740993, "other": [1, 2]}'];
    expect(records.map((record) => Buffer.from(respell?.(Buffer.from(record)) ?? []).toString())).toEqual([
      '{"aB":1}',
      '{"aB":9007199254740993}',
    ]);
  });

  test("are numbered around names that other keys have", () => {
    const fields = objectOf(...["a", "A", "Ä", "a_2", "a_"].map((key) => withKinds(key, Kind.int34)));
    expect(columnsOf(plan(fields))).toEqual({
      t: ["a BIGINT", "a_3 BIGINT", "x BIGINT", "a_2 BIGINT", "ax BIGINT"],
    });
  });

  test("a variant and a key of its name have a column each", () => {
    const fields = objectOf(withKinds("a", Kind.int34 | Kind.bool), withKinds("a__v_bool", Kind.text));
    expect(columnsOf(plan(fields))["t"]?.slice().sort()).toEqual([
      "a BIGINT",
      "a__v_bool BOOLEAN",
      "a__v_bool_2 VARCHAR",
    ]);
  });
});
