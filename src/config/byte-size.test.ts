import { describe, expect, it } from "vitest";
import { parseByteSize } from "./byte-size.js";

describe("parseByteSize", () => {
  it.each([
    ["1024", 1_024],
    ["10 MB", 10_000_000],
    ["64MiB", 67_108_864],
    ["1gib", 1_073_741_824],
    ["1.5KiB", 1_536],
  ])("reads %s", (text, bytes) => {
    expect(parseByteSize(text)).toBe(bytes);
  });

  it.each(["", "lots", "-1MB", "5TB", "1ib"])("refuses %j", (text) => {
    expect(parseByteSize(text)).toBeUndefined();
  });
});
