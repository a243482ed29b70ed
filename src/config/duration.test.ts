import { describe, expect, it } from "vitest";
import { parseDurationMs } from "./duration.js";

describe("parseDurationMs", () => {
  it.each([
    ["500ms", 500],
    ["30s", 30_000],
    ["1.5 m", 90_000],
    ["2h", 7_200_000],
    ["3d", 259_200_000],
    ["PT30S", 30_000],
    ["PT1H30M", 5_400_000],
    ["P3D", 259_200_000],
    ["P1W", 604_800_000],
  ])("reads %s (I6)", (text, ms) => {
    expect(parseDurationMs(text)).toBe(ms);
  });

  it.each(["", "30", "soon", "-5s", "P", "PT", "5 minutes"])("refuses %j", (text) => {
    expect(parseDurationMs(text)).toBeUndefined();
  });
});
