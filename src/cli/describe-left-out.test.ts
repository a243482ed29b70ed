import { expect, test } from "vitest";
import type { ResourceReport, RunReport } from "../model/report.js";
import { describeLeftOut } from "./describe-left-out.js";
import { reportFromJson } from "./report-from-json.js";
import { reportToJson } from "./report-json.js";

test("everything that cursor and keys left out stands in one line, by reason", () => {
  const line = describeLeftOut([
    { reason: "no_cursor", rows: 1200 },
    { reason: "before_start", rows: 2, range: "before 2024-01-02" },
    { reason: "beyond_end", rows: 3, range: "not before 2024-02-01" },
    { reason: "after_sync_began", rows: 4, range: "not before 2024-03-01T00:00:00.000Z" },
    { reason: "repeated", rows: 5 },
    { reason: "already_loaded", rows: 6 },
    { reason: "null_key", rows: 7 },
    { reason: "same_key", rows: 8 },
    { reason: "same_version", rows: 9 },
    { reason: "hard_delete", rows: 10 },
  ]);
  expect(line).toBe(
    "1,200 records without a value of the cursor, 2 before 2024-01-02 (the start), 3 not before 2024-02-01 (the end), " +
      "4 not before 2024-03-01T00:00:00.000Z (the start of this sync), left to the next one, 5 brought by two windows, " +
      "6 already loaded, 7 without a key, 8 with the key of another one, 9 with the content of another one, " +
      "10 that say their row is gone",
  );
});

test("a single record is one record", () => {
  expect(describeLeftOut([{ reason: "already_loaded", rows: 1 }])).toBe("1 record already loaded");
});

test("where each value of a parent has a start of its own, it is called so", () => {
  const range = "before the value of their parent";
  expect(describeLeftOut([{ reason: "before_start", rows: 2, range }])).toBe(
    "2 records before the value of their parent (the start)",
  );
});

test("the JSON document has `left_out` only where something was left out, and is read back as it was", () => {
  const leftOut = [{ reason: "before_start", rows: 2, range: "before 5" }] as const;
  const report = reportOf([resourceOf("orders", leftOut), resourceOf("users", [])]);
  const document = reportToJson(report) as { sources: { resources: Record<string, unknown>[] }[] };
  const resources = document.sources.flatMap((source) => source.resources);
  expect(resources.map(({ left_out }) => left_out)).toEqual([leftOut, undefined]);
  expect(reportFromJson(document)).toEqual(report);
});

function resourceOf(name: string, leftOut: ResourceReport["leftOut"]): ResourceReport {
  return {
    name,
    status: "ok",
    exitCode: 0,
    error: null,
    writeDisposition: "append",
    paginator: null,
    firstRequest: null,
    ...{ requests: 1, retries: 0, pages: 1, bytes: 10, seconds: 0.5 },
    tables: [],
    schemaChanges: [],
    leftOut,
  };
}

function reportOf(resources: readonly ResourceReport[]): RunReport {
  const status = { status: "ok", exitCode: 0, error: null } as const;
  const source = { name: "shop", dataset: "raw_shop", loadId: "1.5", ...status, resources };
  const times = { startedAt: "2024-01-01T00:00:00Z", seconds: 1 };
  return { runId: "r", ...status, ...times, isDryRun: false, sources: [source] };
}
