import { expect, it } from "vitest";
import { isoTimestamp } from "./iso-timestamp.js";

it.each([
  ["2024-01-01", "2024-01-01T00:00:00.000Z"],
  ["2024-01-01 10:00", "2024-01-01T10:00:00.000Z"],
  ["2024-01-01T10:00:00.5+02:00", "2024-01-01T08:00:00.500Z"],
  ["9999-12-31", "9999-12-31T00:00:00.000Z"],
  ["yesterday", undefined],
  ["2024-13-01", undefined],
])("reads %s as %s", (text, expected) => {
  expect(isoTimestamp(text)).toBe(expected);
});
