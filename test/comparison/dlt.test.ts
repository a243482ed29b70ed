import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createRestProject } from "../support/rest-project.js";
import { serve } from "../support/serve.js";
import { CASES, CHILDREN } from "./cases.js";
import { DIFFERENCES } from "./differences.js";
import { findDlt } from "./find-dlt.js";
import { readDataset, type ReadDataset } from "./read-tables.js";
import { runDlt } from "./run-dlt.js";

const python = await findDlt();

test("what loads differently stands in docs/dlt-differences.md", async () => {
  const page = await readFile(join(import.meta.dirname, "../../docs/dlt-differences.md"), "utf8");
  const listed = page.split("\n").map((line) => line.split(" | ")[0]?.replace("| ", "").trim());
  const reasons = Object.values(DIFFERENCES).flatMap((difference) => difference.reasons);
  expect(reasons.filter((reason) => !listed.includes(reason))).toEqual([]);
  expect(Object.keys(DIFFERENCES).filter((name) => !CASES.some((one) => one.name === name))).toEqual([]);
});

describe.skipIf(python === undefined)("dlt and dango over the same API", () => {
  let folder: string;
  let dlt: ReadDataset;
  let dango: ReadDataset;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "dango-comparison-"));
    const server = await serve(({ url }, response) => {
      const [, run = "", ...path] = new URL(url, "http://x").pathname.split("/");
      const own = CASES.find(({ name }) => name === path.join("/"))?.runs[Number(run)];
      const records = own ?? CHILDREN[Number(run)]?.[path.join("/")];
      response.writeHead(200, { "content-type": "application/json" });
      response.end(typeof records === "string" ? records : JSON.stringify(records));
    });
    const baseUrls = [0, 1, 2].map((run) => `${server.url}/${String(run)}`);
    const resources = CASES.map(({ name, resource }) => ({ name, ...resource }));
    const path = join(folder, "dlt.duckdb");
    const [, own] = await Promise.all([
      runDlt(python, { path, dataset: "loaded", folder, base_urls: baseUrls, resources }),
      runDango(baseUrls, resources),
    ]);
    await server.close();
    dlt = await readDataset(path, "loaded");
    dango = own;
  }, 120_000);

  afterAll(() => rm(folder, { recursive: true, force: true }));

  test.each(CASES)("load alike: $about ($name)", ({ name }) => {
    expect(compare(dlt, dango, name)).toEqual(DIFFERENCES[name]?.found ?? {});
  });

  test("make the same tables for themselves, dango two more", () => {
    const systemTables = ({ columns }: ReadDataset) =>
      [...columns].filter(([table]) => table.startsWith("_d"));
    expect(systemTables(dango).filter(([table]) => table.startsWith("_dlt_"))).toEqual(systemTables(dlt));
    expect(systemTables(dango).map(([table]) => table)).toEqual(
      expect.arrayContaining(["_dango_run_tables", "_dango_runs"]),
    );
  });

  test("leave no row without its parent", () => {
    expect(dango.orphans).toEqual([]);
  });
});

/** Columns and rows of one resource's tables that only one of the two has. */
function compare(dlt: ReadDataset, dango: ReadDataset, name: string): Record<string, unknown> {
  const isOwn = (table: string): boolean => table === name || table.startsWith(`${name}__`);
  const lines = ({ columns }: ReadDataset) =>
    [...columns]
      .filter(([table]) => isOwn(table))
      .flatMap(([table, own]) => own.map((one) => `${table}.${one}`));
  const rows = ({ rows: all }: ReadDataset) => all.get(name) ?? [];
  const order = ({ columns }: ReadDataset) =>
    [...columns]
      .filter(([table]) => isOwn(table))
      .map(([table, own]) => `${table}: ${own.map((one) => one.split(" ")[0]).join(", ")}`);
  const columns = { dlt: without(lines(dlt), lines(dango)), dango: without(lines(dango), lines(dlt)) };
  const records = { dlt: without(rows(dlt), rows(dango)), dango: without(rows(dango), rows(dlt)) };
  const hasSameColumns = columns.dlt.length + columns.dango.length === 0;
  const orders = { dlt: without(order(dlt), order(dango)), dango: without(order(dango), order(dlt)) };
  return {
    ...(hasSameColumns ? {} : { columns }),
    ...(!hasSameColumns || orders.dlt.length === 0 ? {} : { order: orders }),
    ...(records.dlt.length + records.dango.length === 0 ? {} : { rows: parsed(records) }),
  };
}

/** The entries of `a` that `b` has not, as often as it lacks them. */
function without(a: readonly string[], b: readonly string[]): string[] {
  const left = [...b];
  return a.filter((one) => {
    const at = left.indexOf(one);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}

function parsed(rows: Readonly<Record<"dlt" | "dango", readonly string[]>>): Record<string, unknown[]> {
  const read = (list: readonly string[]): unknown[] => list.map((row) => JSON.parse(row) as unknown);
  return { dlt: read(rows.dlt), dango: read(rows.dango) };
}

async function runDango(
  baseUrls: readonly string[],
  resources: readonly Readonly<Record<string, unknown>>[],
): Promise<ReadDataset> {
  const blocks = baseUrls.map((base_url) =>
    JSON.stringify({ client: { base_url, paginator: "single_page" }, resources }),
  );
  await using project = await createRestProject(blocks[0] ?? "");
  for (const block of blocks) {
    const report = await project.sync({}, block);
    if (report.exitCode !== 0) throw new Error(`dango failed: ${JSON.stringify(report, undefined, 1)}`);
  }
  return await readDataset(join(project.root, "data", "warehouse.duckdb"), "raw_api");
}
