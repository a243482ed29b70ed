import { expect, test } from "vitest";
import { readTypedValue } from "./typed-value.js";

test.each([
  ["a text", "2024-01-01T00:00:00Z", "2024-01-01T00:00:00Z"],
  ["a number", 3, 3],
  ["a moment", "\uf0272024-01-02T12:00:00+00:00", "2024-01-02T12:00:00+00:00"],
  ["a date", "\uf0282024-01-02", "2024-01-02"],
  ["a decimal", "\uf0261.50", 1.5],
  ["a decimal of more digits than a number holds", "\uf0260.12345678901234567890", "0.12345678901234567890"],
  ["a wei", "\uf02c123456789012345678901", 123456789012345678901n],
  ["a small wei", "\uf02c12", 12],
  ["an empty text", "", ""],
  ["null", null, null],
  ["an object", { a: 1 }, null],
])("%s of dlt's state", (_, stored, read) => {
  expect(readTypedValue(stored)).toEqual(read);
});
