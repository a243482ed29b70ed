import { describe, expect, it } from "vitest";
import { decideWriteDisposition } from "./write-disposition.js";

const facts = { configured: undefined, hasPrimaryKey: false, hasMergeKey: false, isIncremental: false };

describe("decideWriteDisposition", () => {
  it("merges with a primary key", () => {
    expect(decideWriteDisposition({ ...facts, hasPrimaryKey: true, isIncremental: true })).toEqual({
      kind: "merge",
      strategy: "delete-insert",
    });
  });

  it("merges with a merge key alone (M5)", () => {
    expect(decideWriteDisposition({ ...facts, hasMergeKey: true }).kind).toBe("merge");
  });

  it("appends with a cursor and no key", () => {
    expect(decideWriteDisposition({ ...facts, isIncremental: true })).toEqual({ kind: "append" });
  });

  it("replaces otherwise", () => {
    expect(decideWriteDisposition(facts)).toEqual({ kind: "replace" });
  });

  it("does what is configured", () => {
    expect(decideWriteDisposition({ ...facts, hasPrimaryKey: true, configured: "append" })).toEqual({
      kind: "append",
    });
  });
});
