import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { DuckDBInstance, type DuckDBConnection } from "@duckdb/node-api";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { FieldLearner } from "../../src/extract/field-learner.js";
import type { LoadPlan, StagedField, StagedType, TablePlan } from "../../src/model/load-plan.js";
import type { ResourceOptions } from "../../src/model/resource.js";
import type { DatasetSchema, Table } from "../../src/model/schema.js";
import { createLoadPlan, findWidenings } from "../../src/normalize/load-plan.js";

let directory: string;
let connection: DuckDBConnection;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "dango-normalize-"));
  connection = await (await DuckDBInstance.create(":memory:")).connect();
  await connection.run("SET TimeZone = 'UTC'");
});

afterAll(async () => {
  connection.closeSync();
  await rm(directory, { recursive: true });
});

interface Loaded {
  readonly plan: LoadPlan;
  /** `name TYPE` of the data columns of each table, in order. */
  readonly columns: Readonly<Record<string, readonly string[]>>;
  /** Values of the filled columns of each table, all as text. */
  readonly rows: Readonly<Record<string, readonly Readonly<Record<string, string | null>>[]>>;
}

/** Plans the records, respells them if asked to, and reads them as the plan says. */
async function load(
  records: readonly string[],
  overrides: Partial<ResourceOptions> = {},
  before: DatasetSchema = { tables: new Map() },
): Promise<Loaded> {
  const learner = new FieldLearner();
  const lines = records.map((record) => Buffer.from(record));
  for (const line of lines) learner.learn(line, 0, line.length);
  const input = { options: { ...OPTIONS, ...overrides }, fields: learner.root, before };
  const draft = createLoadPlan({ ...input, widensSafely: () => true });
  const { respell } = draft;
  const staged = respell === undefined ? lines : lines.map((line) => respell(line) ?? Buffer.alloc(0));
  const plan = draft.settle?.() ?? draft;
  const file = join(directory, "records.ndjson");
  await writeFile(file, `${staged.map((line) => Buffer.from(line).toString()).join("\n")}\n`);
  const names = plan.staged.map(({ key }) => `${quote(key)} := ${quote(key)}`).join(", ");
  await connection.run(
    `CREATE OR REPLACE TEMP TABLE staged AS SELECT struct_pack(${names}) AS r
     FROM read_ndjson('${file}', columns = {${plan.staged.map(columnSql).join(", ")}}, records = true)`,
  );
  const rows: Record<string, Record<string, string | null>[]> = {};
  for (const table of plan.tables) rows[table.table.name] = await readTable(plan, table);
  const columns = Object.fromEntries(
    plan.tables.map(({ table }) => [
      table.name,
      table.columns
        .filter(({ name }) => !name.startsWith("_dlt_") || name.endsWith("_2"))
        .map(({ name, sqlType }) => `${name} ${sqlType}`),
    ]),
  );
  return { plan, columns, rows };
}

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

async function readTable(
  plan: LoadPlan,
  { table, columns }: TablePlan,
): Promise<Record<string, string | null>[]> {
  const values = columns.map(
    ({ column, path }) => `CAST(CAST(${at(path)} AS ${column.sqlType}) AS VARCHAR) AS ${quote(column.name)}`,
  );
  const reader = await connection.runAndReadAll(
    `SELECT ${[...values, "1 AS one"].join(", ")} FROM (${rowsSql(plan, table.name)})`,
  );
  return reader.getRowObjectsJson().map((row) => {
    const cells = Object.entries(row as Record<string, string | null>);
    return Object.fromEntries(cells.filter(([name]) => name !== "one"));
  });
}

function rowsSql(plan: LoadPlan, name: string): string {
  const own = plan.tables.find(({ table }) => table.name === name);
  if (own?.table.parent === undefined) return "SELECT r FROM staged";
  return `SELECT unnest(${at(own.listPath)}) AS r FROM (${rowsSql(plan, own.table.parent)})`;
}

function at(path: readonly string[]): string {
  return path.reduce((from, key) => `struct_extract(${from}, ${literal(key)})`, "r");
}

function columnSql({ key, type }: StagedField): string {
  return `${quote(key)}: ${literal(typeSql(type))}`;
}

function typeSql(type: StagedType): string {
  switch (type.kind) {
    case "scalar":
      return type.sqlType;
    case "list":
      return `${typeSql(type.element)}[]`;
    case "struct":
      return `STRUCT(${type.fields.map(({ key, type: of }) => `${quote(key)} ${typeSql(of)}`).join(", ")})`;
    default:
      return type satisfies never;
  }
}

function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** The schema after a load, to load into again. */
function schemaOf({ plan }: Loaded): DatasetSchema {
  return { tables: new Map(plan.tables.map(({ table }): [string, Table] => [table.name, table])) };
}

describe("values of a new table", () => {
  test("integers and doubles arrive with all their digits and are not respelled (B3)", async () => {
    const { plan, columns, rows } = await load([
      '{"big":9007199254740993,"huge":1,"half":0.1}',
      '{"big":1,"huge":123456789012345678901234567890,"half":2}',
    ]);
    expect(plan.respell).toBeUndefined();
    expect(columns).toEqual({ t: ["big BIGINT", "huge HUGEINT", "half DOUBLE"] });
    expect(rows["t"]).toEqual([
      { big: "9007199254740993", huge: "1", half: "0.1" },
      { big: "1", huge: "123456789012345678901234567890", half: "2.0" },
    ]);
  });

  test("beside text, numbers and booleans are text as JSON spells them (B3)", async () => {
    const { columns, rows } = await load([
      '{"a":1.10}',
      '{"a":"x"}',
      '{"a":true}',
      '{"a":1e400}',
      '{"a":null}',
    ]);
    expect(columns).toEqual({ t: ["a VARCHAR"] });
    expect(rows["t"]?.map(({ a }) => a)).toEqual(["1.10", "x", "true", "1e400", null]);
  });

  test("integers and text need no respelling", async () => {
    const { plan, rows } = await load(['{"a":1}', '{"a":"x"}', '{"a":false}']);
    expect(plan.respell).toBeUndefined();
    expect(rows["t"]).toEqual([{ a: "1" }, { a: "x" }, { a: "false" }]);
  });

  test("numbers beyond DOUBLE become text with their digits (B4)", async () => {
    const { columns, rows } = await load(['{"a":1e400}', '{"a":1.50}', `{"a":${"9".repeat(41)}}`]);
    expect(columns).toEqual({ t: ["a VARCHAR"] });
    expect(rows["t"]).toEqual([{ a: "1e400" }, { a: "1.50" }, { a: "9".repeat(41) }]);
  });

  test("an integer that no double holds goes to a variant of a DOUBLE column, whatever the order (B3)", async () => {
    const records = ['{"a":0.5}', '{"a":9007199254740993}', '{"a":1152921504606846976}', '{"a":1e2}'];
    for (const { columns, rows } of [await load(records), await load([...records].reverse())]) {
      expect(columns).toEqual({ t: ["a DOUBLE", "a__v_bigint BIGINT"] });
      expect(new Set(rows["t"]?.map((row) => `${String(row["a"])} ${String(row["a__v_bigint"])}`))).toEqual(
        new Set(["0.5 null", "null 9007199254740993", "1.152921504606847e+18 null", "100.0 null"]),
      );
    }
  });

  test("no variant is made when every value turns out to fit", async () => {
    const { columns, rows } = await load(['{"a":0.5}', '{"a":1152921504606846976}']);
    expect(columns).toEqual({ t: ["a DOUBLE"] });
    expect(rows["t"]).toEqual([{ a: "0.5" }, { a: "1.152921504606847e+18" }]);
  });

  test("numbers with booleans split (B3)", async () => {
    const { columns, rows } = await load(['{"a":1}', '{"a":true}']);
    expect(columns).toEqual({ t: ["a BIGINT", "a__v_bool BOOLEAN"] });
    expect(rows["t"]).toEqual([
      { a: "1", a__v_bool: null },
      { a: null, a__v_bool: "true" },
    ]);
  });

  test("dates and timestamps are typed only if all strings are such (B3)", async () => {
    const { columns, rows } = await load([
      '{"d":"2024-02-29","ts":"2024-01-01T02:00:00+02:00","both":"2024-01-01","no":"2024-01-01","odd":"20240101T120000Z"}',
      '{"d":"1999-12-31","ts":"2024-01-01 12:00","both":"2024-01-01T10:00:00.5Z","no":"","odd":"2024\\/01\\/15 10:00:00"}',
    ]);
    expect(columns).toEqual({
      t: [
        "d DATE",
        "ts TIMESTAMP WITH TIME ZONE",
        "both TIMESTAMP WITH TIME ZONE",
        "no VARCHAR",
        "odd TIMESTAMP WITH TIME ZONE",
      ],
    });
    expect(rows["t"]).toEqual([
      {
        d: "2024-02-29",
        ts: "2024-01-01 00:00:00+00",
        both: "2024-01-01 00:00:00+00",
        no: "2024-01-01",
        odd: "2024-01-01 12:00:00+00",
      },
      {
        d: "1999-12-31",
        ts: "2024-01-01 12:00:00+00",
        both: "2024-01-01 10:00:00.5+00",
        no: "",
        odd: "2024-01-15 10:00:00+00",
      },
    ]);
  });
});

describe("keys", () => {
  test("keys that differ in case only, and the empty key, have columns of their own (N1)", async () => {
    const { plan, columns, rows } = await load(['{"A":1,"a":2,"":3,"a b":4}']);
    expect(columns).toEqual({ t: ["a BIGINT", "a_2 BIGINT", "_empty BIGINT", "a_b BIGINT"] });
    expect(rows["t"]).toEqual([{ a: "1", a_2: "2", _empty: "3", a_b: "4" }]);
    expect(plan.renamed).toEqual([{ table: "t", key: "a", name: "a_2" }]);
  });

  test("a record's own system columns step aside (B1)", async () => {
    const { plan, columns, rows } = await load(['{"_dlt_id":"x","__proto__":1,"_dlt_load_id":2}']);
    expect(columns).toEqual({ t: ["_dlt_id_2 VARCHAR", "proto BIGINT", "_dlt_load_id_2 BIGINT"] });
    expect(rows["t"]).toEqual([{ _dlt_id_2: "x", proto: "1", _dlt_load_id_2: "2" }]);
    expect(plan.renamed.map(({ name }) => name)).toEqual(["_dlt_id_2", "_dlt_load_id_2"]);
  });

  test("a flattened path and a key that fall on one name are both kept (N1)", async () => {
    const { columns, rows } = await load(['{"a":{"b_c":1},"a__b_c":2}']);
    expect(columns).toEqual({ t: ["a__b_c BIGINT", "a__b_c_2 BIGINT"] });
    expect(rows["t"]).toEqual([{ a__b_c: "1", a__b_c_2: "2" }]);
  });

  test("keys with quotes and blanks are read as they are", async () => {
    const { plan, rows } = await load([`{"it's":1,"say \\"hi\\"":{"é, ü":2}}`]);
    expect(plan.respell).toBeUndefined();
    expect(rows["t"]).toEqual([{ it_s: "1", say_hix__x: "2" }]);
  });
});

describe("nesting", () => {
  test("a mixed list becomes rows of one table and of one below it (reference §5.5)", async () => {
    const { columns, rows } = await load(['{"a":[1,"x",{"k":1},[2,3],null]}']);
    expect(columns).toEqual({ t: [], t__a: ["value VARCHAR", "k BIGINT"], t__a__list: ["value BIGINT"] });
    expect(rows["t__a"]).toEqual([
      { value: "1", k: null },
      { value: "x", k: null },
      { value: null, k: "1" },
      { value: null, k: null },
      { value: null, k: null },
    ]);
    expect(rows["t__a__list"]).toEqual([{ value: "2" }, { value: "3" }]);
  });

  test("lists of objects three levels deep become three tables, unrespelled", async () => {
    const { plan, rows } = await load([
      '{"id":1,"a":[{"n":1,"b":[{"n":2,"c":[{"n":3},{"n":4}]}]},{"n":5}]}',
      '{"id":2,"a":[{"n":6,"b":[]}]}',
    ]);
    expect(plan.respell).toBeUndefined();
    expect(rows).toEqual({
      t: [{ id: "1" }, { id: "2" }],
      t__a: [{ n: "1" }, { n: "5" }, { n: "6" }],
      t__a__b: [{ n: "2" }],
      t__a__b__c: [{ n: "3" }, { n: "4" }],
    });
  });

  test("lists of lists have a row for each list", async () => {
    const { plan, rows } = await load(['{"a":[[1,2],[3],[]]}']);
    expect(plan.respell).toBeUndefined();
    expect(rows).toEqual({
      t: [{}],
      t__a: [{}, {}, {}],
      t__a__list: [{ value: "1" }, { value: "2" }, { value: "3" }],
    });
  });

  test("values deep in a list are respelled where they stand", async () => {
    const { rows } = await load([
      '{"id":1,"a":[{"b":{"c":[1.10,"x"]}}]}',
      '{"id":2,"a":[{"b":{"c":[true]}}]}',
    ]);
    expect(rows).toEqual({
      t: [{ id: "1" }, { id: "2" }],
      t__a: [{}, {}],
      t__a__b__c: [{ value: "1.10" }, { value: "x" }, { value: "true" }],
    });
  });

  test("objects and lists stand beside a scalar (B3)", async () => {
    const { columns, rows } = await load(['{"a":1}', '{"a":{"b":"x"}}', '{"a":[7]}', '{"a":{}}']);
    expect(columns).toEqual({ t: ["a BIGINT", "a__b VARCHAR"], t__a: ["value BIGINT"] });
    expect(rows["t"]).toEqual([
      { a: "1", a__b: null },
      { a: null, a__b: "x" },
      { a: null, a__b: null },
      { a: null, a__b: null },
    ]);
    expect(rows["t__a"]).toEqual([{ value: "7" }]);
  });

  test("an element's member named value shares the column of scalar elements", async () => {
    const { columns, rows } = await load(['{"a":[1,{"value":2}]}']);
    expect(columns["t__a"]).toEqual(["value BIGINT"]);
    expect(rows["t__a"]).toEqual([{ value: "1" }, { value: "2" }]);
  });

  test("JSON beyond the limit keeps the spelling of its numbers", async () => {
    const { columns, rows } = await load(['{"a":{"x":1.10,"y":[1e2]},"b":{"z":[1, 2]}}'], {
      maxTableNesting: 0,
    });
    expect(columns).toEqual({ t: ["a JSON", "b JSON"] });
    expect(rows["t"]).toEqual([{ a: '{"x":1.10,"y":[1e2]}', b: '{"z":[1,2]}' }]);
  });

  test("a column declared as JSON stays whole; text that holds JSON is unwrapped (reference §5.5, §5.7)", async () => {
    const { rows } = await load(['{"a":{"b":1}}', '{"a":"{\\"c\\": 2}"}', '{"a":"plain"}', '{"a":null}'], {
      columns: { a: { dataType: "json" } },
    });
    expect(rows["t"]?.map(({ a }) => a)).toEqual(['{"b":1}', '{"c": 2}', '"plain"', null]);
  });

  test("rows that are only {} have no data columns and are still rows", async () => {
    const { plan, rows } = await load(["{}", '{"a":null}', '{"b":[],"c":{}}']);
    expect(plan.tables[0]?.table.columns.map(({ name }) => name)).toEqual(["_dlt_load_id", "_dlt_id"]);
    expect(rows["t"]).toEqual([{}, {}, {}]);
  });

  test("records without it stand beside a lone list", async () => {
    const { rows } = await load(["{}", '{"a":[1]}', '{"other":null}']);
    expect(rows).toEqual({ t: [{}, {}, {}], t__a: [{ value: "1" }] });
  });

  test.each([["[[]]"], ["[null]"], ["[{}]"]])("%s makes a child row with nothing in it", async (list) => {
    const { rows } = await load([`{"a":${list}}`]);
    expect(rows).toEqual({ t: [{}], t__a: [{}] });
  });

  test("records that are scalars have the column value (D6)", async () => {
    const { rows } = await load(["5", '"x"', "[1,2]"]);
    expect(rows).toEqual({
      t: [{ value: "5" }, { value: "x" }, { value: null }],
      t__value: [{ value: "1" }, { value: "2" }],
    });
  });
});

describe("an existing table", () => {
  test("values are converted where nothing changes, and no variant is made (B3)", async () => {
    const first = await load(['{"i":1,"d":0.5,"b":true,"t":"x","ts":"2024-01-01T00:00:00Z"}']);
    const second = await load(
      [
        '{"i":"2","d":"3.5","b":"false","t":1.10,"ts":1700000000}',
        '{"i":3.0,"d":4,"b":true,"t":false,"ts":"2024-01-02"}',
      ],
      {},
      schemaOf(first),
    );
    expect(second.plan.changes).toEqual([]);
    expect(second.rows["t"]).toEqual([
      { i: "2", d: "3.5", b: "false", t: "1.10", ts: "2023-11-14 22:13:20+00" },
      { i: "3", d: "4.0", b: "true", t: "false", ts: "2024-01-02 00:00:00+00" },
    ]);
  });

  test("what would change goes to variants (B3)", async () => {
    const first = await load(['{"i":1,"d":0.5,"b":true,"day":"2024-01-01"}']);
    const second = await load(
      [
        '{"i":"007","d":9007199254740993,"b":2,"day":""}',
        '{"i":true,"d":"1.10","b":"yes","day":"2024-01-02"}',
      ],
      {},
      schemaOf(first),
    );
    expect(second.columns["t"]?.slice(4)).toEqual([
      "i__v_text VARCHAR",
      "i__v_bool BOOLEAN",
      "d__v_text VARCHAR",
      "d__v_bigint BIGINT",
      "b__v_text VARCHAR",
      "b__v_bigint BIGINT",
      "day__v_text VARCHAR",
    ]);
    const filled = second.rows["t"]?.map((row) => Object.entries(row).filter(([, value]) => value !== null));
    expect(filled?.map((row) => Object.fromEntries(row))).toEqual([
      { i__v_text: "007", d__v_bigint: "9007199254740993", b__v_bigint: "2", day__v_text: "" },
      { i__v_bool: "true", d__v_text: "1.10", b__v_text: "yes", day: "2024-01-02" },
    ]);
  });

  test("a variant that is there is used again", async () => {
    const first = await load(['{"i":1}']);
    const second = await load(['{"i":"x"}'], {}, schemaOf(first));
    const third = await load(['{"i":"y"}', '{"i":2}'], {}, schemaOf(second));
    expect(third.plan.changes).toEqual([]);
    expect(third.rows["t"]).toEqual([
      { i: null, i__v_text: "y" },
      { i: "2", i__v_text: null },
    ]);
  });

  test("renamed keys keep their columns when their order changes (N1)", async () => {
    const first = await load(['{"userId":1}']);
    const second = await load(['{"user_id":2,"userId":3}'], {}, schemaOf(first));
    const third = await load(['{"user_id":4}', '{"user_id":5,"userId":6}'], {}, schemaOf(second));
    expect(second.rows["t"]).toEqual([{ user_id: "3", user_id_2: "2" }]);
    expect(third.plan.renamed).toEqual([]);
    expect(third.rows["t"]).toEqual([
      { user_id: null, user_id_2: "4" },
      { user_id: "6", user_id_2: "5" },
    ]);
  });

  test("child tables that this load does not bring are in the plan and get no rows", async () => {
    const first = await load(['{"id":1,"a":[{"b":[1]}],"c":[1]}']);
    const second = await load(['{"id":2,"c":[2]}'], {}, schemaOf(first));
    const third = await load([], {}, schemaOf(first));
    expect(second.rows).toEqual({ t: [{ id: "2" }], t__c: [{ value: "2" }], t__a: [], t__a__b: [] });
    expect(third.plan.tables.map(({ table }) => table.name)).toEqual(["t", "t__a", "t__a__b", "t__c"]);
    expect(third.plan.changes).toEqual([]);
  });

  test("the warehouse is asked before an integer column becomes DOUBLE", async () => {
    const first = await load(['{"a":1}']);
    const learner = new FieldLearner();
    const line = Buffer.from('{"a":1.5}');
    learner.learn(line, 0, line.length);
    const input = { options: OPTIONS, fields: learner.root, before: schemaOf(first) };
    expect(findWidenings(input)).toEqual([{ table: "t", column: "a", to: "DOUBLE" }]);
  });
});

describe("keys of a merge and cursors", () => {
  test("a key of several types is text, digits as sent (B4)", async () => {
    const { columns, rows } = await load(['{"id":1,"k":1.50}', '{"id":"a","k":12345678901234567890}'], {
      primaryKey: ["id", "k"],
    });
    expect(columns).toEqual({ t: ["id VARCHAR", "k VARCHAR"] });
    expect(rows["t"]).toEqual([
      { id: "1", k: "1.50" },
      { id: "a", k: "12345678901234567890" },
    ]);
  });

  test("a cursor is staged as the API spells it", async () => {
    const cursor = {
      cursorPath: "at",
      lastValueFunc: "max",
      rangeStart: "closed",
      rangeEnd: "open",
    } as const;
    const incremental = { ...cursor, onCursorValueMissing: "raise" } as const;
    const plain = await load(['{"at":"2024-01-01T00:00:00+02:00"}'], { incremental });
    expect(plain.plan.staged).toEqual([{ key: "at", type: { kind: "scalar", sqlType: "VARCHAR" } }]);
    expect(plain.rows["t"]).toEqual([{ at: "2023-12-31 22:00:00+00" }]);
    const odd = await load(['{"at":"20240101T000000Z"}'], { incremental });
    expect(odd.plan.tables[0]?.columns[0]?.spelledPath).toEqual(["at_2"]);
    expect(odd.rows["t"]).toEqual([{ at: "2024-01-01 00:00:00+00" }]);
    const spelled = await connection.runAndReadAll("SELECT r.at_2 AS spelled FROM staged");
    expect(spelled.getRowObjectsJson()).toEqual([{ spelled: "20240101T000000Z" }]);
  });
});

describe("any records", () => {
  const scalar = fc.constantFrom(
    ...["null", "true", "0", "-7", "9007199254740993", "123456789012345678901234567890", "9".repeat(40)],
    ...["1.0", "1.10", "1e17", "0.1", "1e400", '""', '"x"', '"2"', '"007"', '"true"', '"3.5"', '"\\u0000"'],
    ...['"2024-01-01"', '"2024-01-01T00:00:00Z"', '"20240101T000000Z"', '"a\\"b\\\\"'],
  );
  const keys = fc.constantFrom("a", "A", "b", "a_b", "a__b", "value", "list", "", "_dlt_id", "a__v_text");
  const { record } = fc.letrec<{ value: string; record: string }>((tie) => ({
    value: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      scalar,
      fc.array(tie("value"), { maxLength: 3 }).map((items) => `[${items.join(", ")}]`),
      tie("record"),
    ),
    record: fc
      .uniqueArray(fc.tuple(keys, tie("value")), { maxLength: 4, selector: ([key]) => key })
      .map((members) => `{${members.map(([key, value]) => `${JSON.stringify(key)}:${value}`).join(",")}}`),
  }));
  const records = fc.array(record, { minLength: 1, maxLength: 4 });
  const levels = fc.constantFrom(1000, 1000, 1, 0);

  test("load with every scalar in a column of its own row, and again into what they made (B3, N1)", async () => {
    await fc.assert(
      fc.asyncProperty(records, records, levels, async (first, second, maxTableNesting) => {
        const options = { maxTableNesting };
        const once = await load(first, options);
        expect(once.rows["t"]).toHaveLength(first.length);
        if (maxTableNesting === 1000) expect(countCells(once)).toBe(countScalars(first));
        const again = await load(second, options, schemaOf(once));
        expect(again.rows["t"]).toHaveLength(second.length);
        if (maxTableNesting === 1000) expect(countCells(again)).toBe(countScalars(second));
      }),
      { numRuns: RUNS },
    );
  });
});

const RUNS = 60;

function countCells({ rows }: Loaded): number {
  const cells = Object.values(rows).flat().flatMap(Object.values);
  return cells.filter((cell) => cell !== null).length;
}

function countScalars(records: readonly string[]): number {
  const count = (value: unknown): number => {
    if (value === null) return 0;
    return typeof value === "object"
      ? Object.values(value).reduce<number>((sum, item) => sum + count(item), 0)
      : 1;
  };
  return records.reduce((sum, record) => sum + count(JSON.parse(record)), 0);
}
