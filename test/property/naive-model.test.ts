import { expect, test } from "vitest";
import type { ResourceOptions } from "../../src/model/resource.js";
import { createMemoryProject, loadedResource, type MemoryProject } from "../support/memory-sync.js";
import {
  makeTree,
  NaiveTables,
  type Doc,
  type Scalar,
  type ScalarKind,
  type Tree,
} from "../support/naive-tables.js";

/** More by hand: `DANGO_SEEDS=1000:1200 npx vitest run test/property/naive-model.test.ts`. */
const [FIRST = 33, LAST = 42] = (process.env["DANGO_SEEDS"] ?? "33:42").split(":").map(Number);
const RUNS = 3;

test("tables hold what a naive model says: names, types, variants, links (B3, M1, N1, reference §5)", async () => {
  for (let seed = FIRST; seed <= LAST; seed += 1) {
    const given = createCase(seed);
    await using project = await createMemoryProject();
    const model = new NaiveTables(nameOf);
    for (const [run, batch] of given.batches.entries()) {
      const where = `seed ${String(seed)}, run ${String(run)}, ${given.mode}: ${spellDoc(batch)}`;
      const options: Partial<ResourceOptions> =
        given.mode === "merge"
          ? { writeDisposition: { kind: "merge", strategy: "delete-insert" }, primaryKey: ["id"] }
          : { writeDisposition: { kind: given.mode } };
      loadedResource(await project.sync([{ name: "t", pages: [spellDoc(batch)], options }]), "t");
      model.load(batch, given.mode, (record) => (record.get("id") as Scalar).text);
      expect(await readColumns(project), where).toEqual(model.columns());
      expect(await readTrees(project, model.columns()), where).toEqual(model.trees());
    }
  }
}, 120_000);

/** Keys with the names that dlt's `snake_case` gives them (reference §5.1), by hand. */
const NAMES: Readonly<Record<string, string>> = {
  id: "id",
  userName: "user_name",
  "Full Name": "full_name",
  "@type": "atype",
  HTTPServer: "http_server",
  naïve: "na_ve",
  "x-y": "x_y",
  "50%": "_50x",
  select: "select",
  'q"t': "q_t",
  "it's": "it_s",
};

function nameOf(key: string): string {
  return NAMES[key] ?? key;
}

interface Case {
  readonly mode: "append" | "replace" | "merge";
  readonly batches: readonly (readonly ReadonlyMap<string, Doc>[])[];
}

const VALUES: Readonly<Record<ScalarKind, readonly string[]>> = {
  int: ["0", "7", "-1", "1700000000"],
  float: ["0.5", "2.25", "-1.5"],
  text: ["", "abc", "007", "say 'hi'", "é😀", "NULL"],
  bool: ["true", "false"],
  date: ["2024-02-29", "1999-12-31"],
  timestamp: ["2024-01-01T10:00:00Z", "2024-03-01T12:30:00.25+02:00"],
};
const KINDS = Object.keys(VALUES) as ScalarKind[];

/** What stands under a key: scalars of some kinds, and perhaps objects and lists, each of further such things. */
interface Shape {
  readonly kinds: readonly ScalarKind[];
  readonly members: ReadonlyMap<string, Shape> | undefined;
  readonly element: Shape | undefined;
}

function createCase(seed: number): Case {
  const random = createRandom(seed);
  const mode = random.pick(["append", "replace", "merge"] as const);
  const members = createMembers(random, 4, 0);
  const documents = Array.from({ length: 6 }, () => createObject(random, members));
  const batch = (): ReadonlyMap<string, Doc>[] =>
    Array.from({ length: 1 + random.below(4) }, () => {
      const id = { kind: "int", text: String(random.below(4)) } as const;
      return new Map<string, Doc>([["id", id], ...random.pick(documents)]);
    });
  return { mode, batches: Array.from({ length: RUNS }, batch) };
}

function createMembers(random: Random, most: number, depth: number): Map<string, Shape> {
  const keys = Object.keys(NAMES).filter((key) => key !== "id");
  const chosen = Array.from({ length: 1 + random.below(most) }, () => random.pick(keys));
  return new Map(chosen.map((key) => [key, createShape(random, depth + 1)]));
}

function createShape(random: Random, depth: number): Shape {
  const kinds = Array.from({ length: 1 + random.below(2) }, () => random.pick(KINDS));
  return {
    kinds,
    members: depth < 4 && random.below(3) === 0 ? createMembers(random, 2, depth) : undefined,
    element: depth < 4 && random.below(3) === 0 ? createShape(random, depth + 1) : undefined,
  };
}

function createDoc(random: Random, { kinds, members, element }: Shape): Doc {
  const roll = random.below(8);
  if (roll === 0) return null;
  if (roll < 4 && members !== undefined) return createObject(random, members);
  if (roll < 6 && element !== undefined)
    return Array.from({ length: random.below(4) }, () => createDoc(random, element));
  const kind = random.pick(kinds);
  return { kind, text: random.pick(VALUES[kind]) };
}

function createObject(random: Random, members: ReadonlyMap<string, Shape>): Map<string, Doc> {
  const present = [...members].filter(() => random.below(4) > 0);
  return new Map(present.map(([key, shape]) => [key, createDoc(random, shape)]));
}

function spellDoc(doc: Doc): string {
  if (doc === null) return "null";
  if (doc instanceof Map)
    return `{${[...doc].map(([key, member]) => `${JSON.stringify(key)}:${spellDoc(member as Doc)}`).join(",")}}`;
  if (Array.isArray(doc)) return `[${(doc as readonly Doc[]).map(spellDoc).join(",")}]`;
  const { kind, text } = doc as Scalar;
  return kind === "int" || kind === "float" || kind === "bool" ? text : JSON.stringify(text);
}

interface Random {
  below(limit: number): number;
  pick<T>(items: readonly T[]): T;
}

/** The same numbers for the same seed (xorshift). */
function createRandom(seed: number): Random {
  let state = Math.imul(seed, 0x9e3779b1) | 1;
  const below = (limit: number): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % limit;
  };
  return { below, pick: (items) => items[below(items.length)] as (typeof items)[number] };
}

async function readColumns(project: MemoryProject): Promise<Record<string, string[]>> {
  const rows = await project.rows(
    `SELECT table_name, list(column_name || ' ' || data_type ORDER BY column_name || ' ' || data_type)
            FILTER (NOT starts_with(column_name, '_dlt_'))
       FROM duckdb_columns() WHERE schema_name = 'raw_shop' AND (table_name = 't' OR starts_with(table_name, 't__'))
      GROUP BY 1`,
  );
  return Object.fromEntries(rows.map(([table, names]) => [String(table), (names ?? []) as string[]]));
}

/** Follows every row's links from the root down; a row that no link leads to is an error. */
async function readTrees(
  project: MemoryProject,
  tables: Readonly<Record<string, readonly string[]>>,
): Promise<string[]> {
  const below = new Map<string, { table: string; id: string; index: number; cells: [string, string][] }[]>();
  let total = 0;
  for (const [table, columns] of Object.entries(tables)) {
    const names = columns.map((column) => column.slice(0, column.indexOf(" ")));
    const system = table === "t" ? "'', 0" : "_dlt_parent_id, _dlt_list_idx";
    const values = names.map((name) => `, CAST("${name}" AS VARCHAR)`).join("");
    for (const [parent, index, id, ...cells] of await project.rows(
      `SELECT ${system}, _dlt_id${values} FROM raw_shop."${table}"`,
    )) {
      const filled = names.flatMap((name, at): [string, string][] =>
        typeof cells[at] === "string" ? [[name, cells[at]]] : [],
      );
      const siblings = below.get(String(parent)) ?? [];
      siblings.push({ table, id: String(id), index: Number(index), cells: filled });
      below.set(String(parent), siblings);
      total += 1;
    }
  }
  let reached = 0;
  const treeOf = (id: string, cells: [string, string][]): Tree => {
    reached += 1;
    const children = (below.get(id) ?? []).sort((a, b) => a.index - b.index);
    const lists = [...new Set(children.map(({ table }) => table))].map((table) => {
      const rows = children.filter((child) => child.table === table);
      expect(rows.map(({ index }) => index)).toEqual(rows.map((_, at) => at));
      return [table, rows.map((row) => treeOf(row.id, row.cells))] as const;
    });
    return makeTree(cells, lists);
  };
  const trees = (below.get("") ?? []).map(({ id, cells }) => JSON.stringify(treeOf(id, cells)));
  expect(reached, "rows that a root row leads to").toBe(total);
  return trees.sort();
}
