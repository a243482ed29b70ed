import { describe, expect, it } from "vitest";
import { decideExitCode } from "./exit-code.js";

const committed = { exitCode: 0, isCommitted: true } as const;
const failed = (exitCode: 1 | 5 | 6 | 8) => ({ exitCode, isCommitted: false }) as const;

describe("decideExitCode (R8)", () => {
  it("is 0 when nothing failed, or nothing was there", () => {
    expect(decideExitCode([committed, { exitCode: 0, isCommitted: false }])).toBe(0);
    expect(decideExitCode([])).toBe(0);
  });
  it("is 3 when something was committed and something failed", () => {
    expect(decideExitCode([committed, failed(6)])).toBe(3);
  });
  it("is the code that all failures share when nothing was committed", () => {
    expect(decideExitCode([failed(6), failed(6)])).toBe(6);
  });
  it("is 1 when failures differ and nothing was committed", () => {
    expect(decideExitCode([failed(6), failed(8)])).toBe(1);
  });
});
