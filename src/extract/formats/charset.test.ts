import { expect, test } from "vitest";
import { recordsOf, splitError, splitText } from "../../../test/support/split-text.js";

const WHERE = "page 1 (https://api.example.com/users)";
const body = '[{"name":"Zoë"}]';
const records = [{ name: "Zoë" }];

test("B1: a byte order mark is skipped", () => {
  expect(recordsOf(splitText(`\ufeff${body}`))).toEqual(records);
});

test.each(["iso-8859-1", '"ISO-8859-1"', "windows-1252"])("B1: %s is decoded as declared", (charset) => {
  const page = splitText(Buffer.from(body, "latin1"), {
    contentType: `application/json; charset=${charset}`,
  });
  expect(recordsOf(page)).toEqual(records);
});

test("B1: UTF-16 is decoded as declared", () => {
  const page = splitText(Buffer.from(body, "utf16le"), { contentType: "application/json;charset=utf-16le" });
  expect(recordsOf(page)).toEqual(records);
});

test("B1: UTF-16 is told by its byte order mark", () => {
  const little = Buffer.from(`\ufeff${body}`, "utf16le");
  expect(recordsOf(splitText(little))).toEqual(records);
  expect(recordsOf(splitText(Buffer.from(little).swap16()))).toEqual(records);
});

test("B1: a byte that is not UTF-8 is an error with its offset", () => {
  expect(splitError(Buffer.from(body, "latin1"))).toEqual({
    name: "DataError",
    message: `${WHERE}: the body is not valid UTF-8: byte 0xeb at offset 12`,
    hint: "ask the API for UTF-8, or for a content type that declares its charset",
  });
});

test.each([
  ["a lone continuation byte", [0x80]],
  ["an overlong slash", [0xc0, 0xaf]],
  ["an encoded surrogate", [0xed, 0xa0, 0x80]],
  ["a character above U+10FFFF", [0xf4, 0x90, 0x80, 0x80]],
  ["an overlong character of four bytes", [0xf0, 0x80, 0x80, 0x80]],
])("B1: %s is an error with its offset, a byte order mark counted", (_, bytes) => {
  const faulty = Buffer.concat([Buffer.from('\ufeff["é😀'), Buffer.from(bytes), Buffer.from('"]')]);
  expect(splitError(faulty)["message"]).toMatch(/: the body is not valid UTF-8: byte 0x\w\w at offset 11$/);
});

test("D4: a body cut within a character is unreadable JSON, which may be asked for again", () => {
  expect(splitError(Buffer.from('["Zoë').subarray(0, -1))).toMatchObject({
    name: "ResponseError",
    message: `${WHERE}: the body is not readable JSON: it is cut short within a character (status 200, content type application/json; it begins: ["Zo)`,
  });
});

test("a charset that nobody knows is an error", () => {
  expect(splitError(body, { contentType: "application/json; charset=klingon" })).toEqual({
    name: "ResponseError",
    message: `${WHERE}: the charset "klingon" is not supported`,
    hint: "ask the API for UTF-8",
  });
});

test("bytes that are not what the charset says are an error", () => {
  const error = splitError(Buffer.from([0x5b, 0xff, 0xff]), {
    contentType: "application/json; charset=shift_jis",
  });
  expect(error).toMatchObject({ name: "DataError", message: `${WHERE}: the body is not valid shift_jis` });
});
