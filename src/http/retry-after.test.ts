import { expect, it } from "vitest";
import { parseRetryAfter } from "./retry-after.js";

const now = Date.UTC(1994, 10, 6, 8, 49, 0);

it.each([
  ["0", 0],
  ["120", 120_000],
  [" 7 ", 7_000],
  ["1.5", 1_500],
])("reads %j as seconds", (value, ms) => {
  expect(parseRetryAfter(value, now)).toBe(ms);
});

it.each(["Sun, 06 Nov 1994 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"])("reads the HTTP date %j", (value) => {
  expect(parseRetryAfter(value, now)).toBe(37_000);
});

it("reads the two-digit year of RFC 850", () => {
  expect(parseRetryAfter("Thursday, 01-Jan-26 00:00:05 GMT", Date.UTC(2026, 0, 1))).toBe(5_000);
});

it("takes a date of this very moment for no wait", () => {
  expect(parseRetryAfter("Sun, 06 Nov 1994 08:49:00 GMT", now)).toBe(0);
});

it.each([
  undefined,
  "",
  "-1",
  "+5",
  "1e3",
  "0x10",
  "soon",
  "5 minutes",
  "1994-11-06T08:49:37Z",
  "Sun, 06 Nov 1994 08:48:59 GMT",
  "Sun, 06 Foo 1994 08:49:37 GMT",
  "Sun, 06 Nov 1994 25:49:37 GMT",
  "Sun, 06 Nov 1994 08:49:37 CET",
])("H1: %j counts as absent", (value) => {
  expect(parseRetryAfter(value, now)).toBeUndefined();
});
