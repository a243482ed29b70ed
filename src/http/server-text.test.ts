import { expect, it } from "vitest";
import { createRedactor } from "../shared/redact.js";
import { toServerText } from "./server-text.js";

const plain = createRedactor();

it("H5: leaves a short text as it is", () => {
  expect(toServerText(Buffer.from('{"error":"Größe"}'), plain)).toBe('{"error":"Größe"}');
});

it("H5: cuts to 500 characters, the ellipsis included", () => {
  expect(toServerText("x".repeat(500), plain)).toBe("x".repeat(500));
  expect(toServerText("x".repeat(501), plain)).toBe(`${"x".repeat(499)}…`);
});

it("H5: escapes what could rewrite a terminal or hide text", () => {
  expect(toServerText("a\u001b[0m\u0007\r\nb\u009bc\u202ed\u2028e\tf", plain)).toBe(
    "a\\u{1b}[0m\\u{7}\\r\\nb\\u{9b}c\\u{202e}d\\u{2028}e\\tf",
  );
});

it("H5: cuts no escape in half", () => {
  expect(toServerText(`${"x".repeat(497)}\u001b${"y".repeat(9)}`, plain)).toBe(`${"x".repeat(497)}…`);
});

it("H5: replaces secrets before it cuts, so that no half of one remains", () => {
  const redactor = createRedactor();
  redactor.add("the-whole-secret");
  const text = toServerText(`${"x".repeat(490)}the-whole-secret${"y".repeat(20)}`, redactor);
  expect(text).toBe(`${"x".repeat(490)}***${"y".repeat(6)}…`);
});

it("H5: shows bytes that are no text as such", () => {
  expect(toServerText(Buffer.from([0x41, 0xff, 0x42]), plain)).toBe("A\ufffdB");
});
