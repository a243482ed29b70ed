import { expect, test } from "vitest";
import type { ResourceOptions, WriteDisposition } from "../../../src/model/resource.js";
import { createMemoryProject, loadedResource } from "../../support/memory-sync.js";

const merge: WriteDisposition = { kind: "merge", strategy: "delete-insert" };
const scd2: WriteDisposition = {
  kind: "merge",
  strategy: "scd2",
  validFrom: "_dlt_valid_from",
  validTo: "_dlt_valid_to",
};

const TWICE = [
  { id: 1, v: 1 },
  { id: 1, v: 2 },
  { id: 2, v: 1 },
  { id: null, v: 3 },
];

test.each<[string, Partial<ResourceOptions>, readonly unknown[], readonly unknown[]]>([
  [
    "rows without a key under on_null_key: skip, and rows of a key that came again (M1)",
    { writeDisposition: merge, primaryKey: ["id"], onNullKey: "skip" },
    TWICE,
    [
      { reason: "null_key", rows: 1 },
      { reason: "same_key", rows: 1 },
    ],
  ],
  [
    "rows without a key under append (M1)",
    { primaryKey: ["id"], onNullKey: "skip" },
    TWICE,
    [{ reason: "null_key", rows: 1 }],
  ],
  [
    "rows of a key that came again under insert-only (M1)",
    { writeDisposition: { kind: "merge", strategy: "insert-only" }, primaryKey: ["id"] },
    TWICE.slice(0, 3),
    [{ reason: "same_key", rows: 1 }],
  ],
  [
    "rows of a key that came again under scd2 (M1)",
    { writeDisposition: scd2, primaryKey: ["id"] },
    TWICE.slice(0, 3),
    [{ reason: "same_key", rows: 1 }],
  ],
  [
    "rows of one content under scd2 without a key",
    { writeDisposition: scd2 },
    [{ v: 1 }, { v: 1 }, { v: 2 }],
    [{ reason: "same_version", rows: 1 }],
  ],
  [
    "rows that say theirs is gone",
    { writeDisposition: merge, primaryKey: ["id"], columns: { gone: { hardDelete: true } } },
    [
      { id: 1, gone: false },
      { id: 2, gone: true },
      { id: 3, gone: true },
    ],
    [{ reason: "hard_delete", rows: 2 }],
  ],
])(
  "%s are discarded with their reason, in a first load and a later one",
  async (_, options, records, leftOut) => {
    await using project = await createMemoryProject();
    for (const _ of ["first", "later"]) {
      const report = await project.sync([{ name: "t", pages: [records], options }]);
      const resource = loadedResource(report, "t");
      expect(resource.leftOut).toEqual(leftOut);
      const rows = (leftOut as { rows: number }[]).reduce((sum, one) => sum + one.rows, 0);
      expect(resource.tables[0]?.discarded).toBe(rows);
    }
  },
);
