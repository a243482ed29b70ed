import { expect, test } from "vitest";
import { checkBody } from "./check-body.js";

test.each([
  ['{"a":1}', undefined],
  [" \n[1]\r\n", undefined],
  ["", undefined],
  ["null", undefined],
  ["-1.5", undefined],
  ['"text"', undefined],
  ["\ufeff{}", undefined],
  ['{"id":1}\n{"id":2}\n', undefined],
  ['{"a":1', "the JSON is cut short"],
  ['[{"a":1}', "the JSON is cut short"],
  ["<!doctype html><p>", "it is HTML, not JSON"],
  ["\n <html>", "it is HTML, not JSON"],
  ["Service unavailable", "it is not JSON"],
  ["nothing", "it is not JSON"],
  ["trueish", "it is not JSON"],
])("D4: %j is judged by its two ends", (body, reason) => {
  expect(checkBody(Buffer.from(body), "application/json")).toBe(reason);
});

test("D4: formats meant as they are would not change when asked for again", () => {
  expect(checkBody(Buffer.from("id,name\n"), "text/csv; charset=utf-8")).toBeUndefined();
  expect(checkBody(Buffer.from("<users/>"), "application/xml")).toBeUndefined();
  expect(checkBody(Buffer.from('<?xml version="1.0"?><users/>'), undefined)).toBeUndefined();
});

test("D4: XHTML is HTML", () => {
  const body = '<?xml version="1.0"?><!DOCTYPE html><html></html>';
  expect(checkBody(Buffer.from(body), "application/xhtml+xml")).toBe("it is HTML, not JSON");
});

test("D4: UTF-16 is left to the splitter", () => {
  expect(checkBody(Buffer.from("\ufeff{}", "utf16le"), undefined)).toBeUndefined();
});
