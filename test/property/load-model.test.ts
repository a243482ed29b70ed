import fc from "fast-check";
import { expect, test } from "vitest";
import type { LoadedTable, ResourceReport, SourceReport } from "../../src/model/report.js";
import type { ResourceOptions } from "../../src/model/resource.js";
import { documents, Members, spellJson, Spelled, type Json } from "../support/json-documents.js";
import {
  createMemoryProject,
  incrementalBy,
  loadedResource,
  type MemoryProject,
} from "../support/memory-sync.js";
import { assign, StoredTables, type StoredRow } from "../support/stored-records.js";

/** More by hand: `DANGO_RUNS=2000 npx vitest run test/property/load-model.test.ts`. */
const RUNS = Number(process.env["DANGO_RUNS"] ?? 12);

test("records of any shape are found again in the tables, over several runs (B3, D6, I2, M1, M2, N1)", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(cases, { minLength: 1, maxLength: 3 }), async (given) => {
      await using project = await createMemoryProject();
      const models = given.map((one, index) => new Model(`r${String(index)}`, one));
      for (let run = 0; run < 3; run += 1) {
        const report = await project.sync(
          models.map((model) => model.resource(run)),
          {
            allowEmptyReplace: true,
          },
        );
        for (const model of models) await model.check(project, run, report);
      }
    }),
    { numRuns: RUNS },
  );
});

/** A record of a batch: which key, which of the resource's documents, which cursor. */
interface Pick {
  readonly key: number;
  readonly document: number;
  readonly cursor: number;
}

interface Case {
  readonly mode: "append" | "replace" | "merge";
  readonly documents: readonly Members[];
  readonly batches: readonly (readonly Pick[])[];
  readonly maxNesting: number | undefined;
  /** Undefined: not incremental. */
  readonly cursors: readonly Cursor[] | undefined;
}

/** How a cursor is spelled, and what it is: equal ranks are one value. */
type Cursor = readonly [spelled: Json, rank: number];

const CURSORS: readonly (readonly Cursor[])[] = [
  [
    [new Spelled("1"), 0],
    [new Spelled("2"), 1],
    [new Spelled("10"), 2],
    [new Spelled("9007199254740993"), 3],
  ],
  [
    ["9", 0],
    ["10", 1],
    ["11", 2],
    ["100", 3],
  ],
  [
    ["2024-01-01T00:00:00Z", 0],
    ["2024-01-01T01:00:00+01:00", 0],
    ["2024-01-01 00:00:01", 1],
    ["2024-01-02T00:00:00.5Z", 2],
  ],
  [
    ["2024-01-01", 0],
    ["2024-01-02T00:00:00", 1],
    ["2024-01-02", 1],
    ["20240103T000000Z", 2],
  ],
];

const pick: fc.Arbitrary<Pick> = fc.record({ key: fc.nat(3), document: fc.nat(3), cursor: fc.nat(3) });

const cases: fc.Arbitrary<Case> = fc.record({
  mode: fc.constantFrom("append", "replace", "merge"),
  documents,
  batches: fc.array(fc.array(pick, { maxLength: 5 }), { minLength: 3, maxLength: 3 }),
  maxNesting: fc.option(fc.nat(2), { nil: undefined, freq: 3 }),
  cursors: fc.option(fc.constantFrom(...CURSORS), { nil: undefined, freq: 2 }),
});

/** A record that should be in the root table, and since which load. */
interface Expected {
  readonly pick: Pick;
  readonly record: Members;
  loadId: string;
}

/** What a resource's tables should hold, kept by the plainest means. */
class Model {
  private readonly name: string;
  private readonly given: Case;
  private expected: Expected[] = [];
  private last = -Infinity;
  private sizes = new Map<string, number>();

  constructor(name: string, given: Case) {
    this.name = name;
    this.given = given;
  }

  resource(run: number): Parameters<MemoryProject["sync"]>[0][number] {
    const { mode, cursors, maxNesting } = this.given;
    const options: Partial<ResourceOptions> = {
      writeDisposition: mode === "merge" ? { kind: mode, strategy: "delete-insert" } : { kind: mode },
      ...(mode === "merge" ? { primaryKey: ["record key"] } : {}),
      ...(cursors === undefined ? {} : { incremental: incrementalBy("record cursor") }),
      ...(maxNesting === undefined ? {} : { maxTableNesting: maxNesting }),
    };
    const records = this.picks(run).map((one) => this.spell(one, run));
    return { name: this.name, options, pages: [`[${records.map(spellJson).join(",")}]`] };
  }

  /** Brings the model forward by a run, and compares it with the tables and with the report. */
  async check(project: MemoryProject, run: number, report: SourceReport): Promise<void> {
    const resource = loadedResource(report, this.name);
    const stored = await readTables(project, this.name);
    const counts = this.advance(run, { loadId: report.loadId ?? "", stored, resource });
    this.compareRows(stored);
    this.compareCounts(resource.tables, counts, stored);
  }

  private picks(run: number): readonly Pick[] {
    return this.given.batches[run] ?? [];
  }

  /** Every other run has the members in another order, and nulls: neither makes a record another one. */
  private spell({ key, document, cursor }: Pick, run: number): Members {
    const { documents: all, cursors } = this.given;
    const list = all[document]?.list ?? [];
    return new Members([
      ["record key", new Spelled(String(key))],
      ["document", new Spelled(String(document))],
      ...(cursors === undefined ? [] : [["record cursor", cursors[cursor]?.[0] ?? null] as const]),
      ...(run % 2 === 0 ? list : [["never", null] as const, ...[...list].reverse()]),
    ]);
  }

  private rank({ cursor }: Pick): number {
    return this.given.cursors?.[cursor]?.[1] ?? 0;
  }

  private isSame(a: Pick, b: Pick): boolean {
    return a.key === b.key && a.document === b.document && this.rank(a) === this.rank(b);
  }

  private advance(
    run: number,
    facts: { loadId: string; stored: StoredTables; resource: ResourceReport },
  ): Omit<LoadedTable, "name"> {
    const { mode, cursors } = this.given;
    const fetched = this.picks(run);
    const isStateful = cursors !== undefined && mode !== "replace";
    const inRange = fetched.filter((one) => !isStateful || this.rank(one) >= this.last);
    const boundary = this.last;
    if (isStateful) this.last = Math.max(this.last, ...inRange.map((one) => this.rank(one)));
    const fresh = inRange.map((one) => ({ pick: one, record: this.spell(one, run), loadId: facts.loadId }));
    const before = this.expected;
    let [inserted, updated, unchanged] = [0, 0, 0];
    if (mode === "replace") this.expected = [];
    for (const [index, one] of fresh.entries()) {
      if (mode === "merge" && fresh.slice(index + 1).some(({ pick: later }) => later.key === one.pick.key))
        continue;
      const twin = this.expected.findIndex((other) => {
        if (other.loadId === facts.loadId) return false;
        if (mode === "merge") return other.pick.key === one.pick.key;
        return isStateful && this.rank(one.pick) === boundary && this.isSame(other.pick, one.pick);
      });
      const other = this.expected[twin];
      if (other === undefined) {
        this.expected.push(one);
        inserted += 1;
      } else if (this.isSame(other.pick, one.pick) && isKept(other, facts)) unchanged += 1;
      else if (mode === "merge") {
        this.expected[twin] = one;
        updated += 1;
      } else {
        this.expected.push(one);
        inserted += 1;
      }
    }
    const deleted = mode === "replace" ? before.length : 0;
    const discarded = fetched.length - inserted - updated - unchanged;
    return { fetched: fetched.length, inserted, updated, deleted, unchanged, discarded };
  }

  private compareRows(stored: StoredTables): void {
    const { maxNesting } = this.given;
    const roots = stored.rows.filter((row) => row.parentId === null);
    const sizes = this.expected.map(({ record, loadId }) =>
      roots.map((row) => (row.loadId === loadId ? stored.countRows(row, record, 0, maxNesting) : undefined)),
    );
    for (const [index, { record, loadId }] of this.expected.entries()) {
      const isFound = sizes[index]?.some((size) => size !== undefined);
      expect(isFound, `${this.name} has ${spellJson(record)} of load ${loadId}`).toBe(true);
    }
    const owners = assign(
      sizes.map((row) => row.flatMap((size, index) => (size === undefined ? [] : [index]))),
    );
    expect(owners, `${this.name}: a row for each record`).toBeDefined();
    const total = owners?.reduce((sum, owner, index) => sum + (sizes[index]?.[owner] ?? 0), 0);
    expect([roots.length, stored.rows.length], this.name).toEqual([this.expected.length, total]);
    expect(new Set(stored.rows.map((row) => row.id)).size, this.name).toBe(stored.rows.length);
  }

  private compareCounts(
    tables: readonly LoadedTable[],
    counts: Omit<LoadedTable, "name">,
    stored: StoredTables,
  ): void {
    expect(tables[0], this.name).toEqual({ name: this.name, ...counts });
    const sizes = new Map<string, number>();
    for (const { table } of stored.rows) sizes.set(table, (sizes.get(table) ?? 0) + 1);
    for (const name of new Set([
      ...sizes.keys(),
      ...this.sizes.keys(),
      ...tables.map((table) => table.name),
    ])) {
      const table = tables.find((one) => one.name === name);
      const change = (table?.inserted ?? 0) - (table?.deleted ?? 0);
      expect((this.sizes.get(name) ?? 0) + change, name).toBe(sizes.get(name) ?? 0);
    }
    for (const { fetched, inserted, updated, unchanged, discarded, name } of tables) {
      expect(inserted + updated + unchanged + discarded, name).toBe(fetched);
    }
    this.sizes = sizes;
  }
}

/**
 * A record that did not change keeps its row; but a key that meets another of its name for the first time moves to a
 * column of its own, and then so may its values.
 */
function isKept(
  { pick: { key, document }, loadId }: Expected,
  facts: { loadId: string; stored: StoredTables; resource: ResourceReport },
): boolean {
  if (!facts.resource.schemaChanges.some((change) => change.endsWith("its own name is taken"))) return true;
  return facts.stored.rows.some(
    (row) =>
      row.loadId === loadId &&
      textOf(row, "record_key") === String(key) &&
      textOf(row, "document") === String(document),
  );
}

function textOf(row: StoredRow, column: string): string | undefined {
  return row.values.find((value) => value.column === column)?.text;
}

async function readTables(project: MemoryProject, resource: string): Promise<StoredTables> {
  const columns = await project.rows(
    `SELECT table_name, column_name, data_type FROM duckdb_columns()
      WHERE schema_name = 'raw_shop' AND (table_name = '${resource}' OR starts_with(table_name, '${resource}__'))
      ORDER BY table_name, column_index`,
  );
  const tables = new Map<string, (readonly [name: string, type: string])[]>();
  for (const [table, name, type] of columns) {
    const known = tables.get(String(table)) ?? [];
    tables.set(String(table), [...known, [String(name), String(type)]]);
  }
  const read = [...tables].map(async ([table, list]) => {
    const values = list.map(([name]) => `CAST("${name}" AS VARCHAR)`).join(", ");
    const rows = await project.rows(`SELECT ${values} FROM raw_shop."${table}" ORDER BY rowid`);
    return rows.map((row) => toStoredRow(table, list, row));
  });
  return new StoredTables(await Promise.all(read));
}

const SYSTEM = ["_dlt_load_id", "_dlt_id", "_dlt_parent_id", "_dlt_list_idx", "_dlt_root_id"];

function toStoredRow(
  table: string,
  columns: readonly (readonly [name: string, type: string])[],
  row: readonly unknown[],
): StoredRow {
  const system = (name: string): string | null => {
    const value = row[columns.findIndex((column) => column[0] === name)];
    return typeof value === "string" ? value : null;
  };
  return {
    table,
    id: system("_dlt_id") ?? "",
    loadId: system("_dlt_load_id"),
    parentId: system("_dlt_parent_id"),
    rootId: system("_dlt_root_id"),
    listIndex: Number(system("_dlt_list_idx") ?? 0),
    values: columns.flatMap(([column, type], index) => {
      const text = row[index];
      return typeof text !== "string" || SYSTEM.includes(column) ? [] : [{ column, type, text }];
    }),
  };
}
