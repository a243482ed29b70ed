import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  linesOf,
  pageFacts,
  recordPick,
  splitText,
  type SplitSettings,
} from "../../../test/support/split-text.js";
import { TemporaryFile } from "../../shared/temporary-file.js";
import { ByteReader } from "./byte-reader.js";
import { cutBody } from "./cut-body.js";
import { cutCsv } from "./cut-csv.js";
import { cutJson } from "./cut-json.js";
import { cutLines } from "./cut-lines.js";
import type { BodyParts, LargeBody } from "./large-body.js";

let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "dango-cut-"));
});

afterAll(async () => {
  await rm(directory, { recursive: true });
});

type Cutter = (body: LargeBody) => BodyParts | undefined;

/** Cuts a body into parts of a few bytes, read a few bytes at a time. */
async function cut(
  cutter: Cutter,
  text: string,
  {
    partBytes = 1,
    windowBytes = 7,
    ...settings
  }: SplitSettings & { partBytes?: number; windowBytes?: number } = {},
): Promise<BodyParts | undefined> {
  const file = await TemporaryFile.create(directory);
  await file.append(Buffer.from(text));
  const reader = new ByteReader(file, 0, windowBytes);
  reader.skipBlanks();
  return cutter({ file, reader, pick: recordPick(settings), page: pageFacts(settings), partBytes });
}

function textsOf(parts: BodyParts | undefined): string[] | undefined {
  return parts === undefined ? undefined : [...parts.bodies].map((body) => body.toString());
}

describe("JSON", () => {
  test("is cut between the elements of its longest list, with all that stands around in each part", async () => {
    const parts = await cut(
      cutJson,
      '{"n": 1, "a": [9], "data" : [ {"id":1}, {"id":2} ,{"id":3}], "next":"x"}',
    );
    expect(textsOf(parts)).toEqual([
      '{"n": 1, "a": [9], "data" : [ {"id":1}], "next":"x"}',
      '{"n": 1, "a": [9], "data" : [ {"id":2} ], "next":"x"}',
      '{"n": 1, "a": [9], "data" : [{"id":3}], "next":"x"}',
    ]);
    expect(
      ["data", "$.data", "data[*]", "$", "a", "data.id"].map((chosen) => parts?.isBetween(chosen)),
    ).toEqual([true, true, true, false, false, false]);
  });

  test("keeps as much together as is asked for", async () => {
    expect(textsOf(await cut(cutJson, "[11,22,33,44,55]", { partBytes: 6 }))).toEqual([
      "[11,22]",
      "[33,44]",
      "[55]",
    ]);
  });

  test.each([
    ["no list", '{"a":{"b":1}}'],
    ["a list of one element", '{"data":[[1,2,3]]}'],
    ["an empty list", "[]"],
    ["a key that stands twice", '{"data":[1,2],"data":[3]}'],
    ["a list without an end", '{"data":[1,2,3'],
    ["a string without an end", '{"data":[1,2,"3]}'],
    ["no value", '{"data":}'],
    ["no colon", '{"data"[1,2]}'],
    ["no comma", '{"data":[1,2]"b":1}'],
    ["an unknown escape in a key", '{"da\\xta":[1,2]}'],
    ["a comma behind the last element, where it would be cut", "[1,2, ]"],
    ["nothing", ""],
  ])("is not cut: %s", async (_, text) => {
    expect(await cut(cutJson, text)).toBeUndefined();
  });

  test("has the records of all parts in order, whatever stands in them", async () => {
    const key = fc.oneof(
      fc.constantFrom("data", "items", 'odd "key"', "[", "}", "\\", "ä\u2028"),
      fc.string(),
    );
    const record = fc.dictionary(key, fc.jsonValue({ maxDepth: 3 }), { minKeys: 1, maxKeys: 3 });
    const body = fc.record({
      path: fc.array(fc.constantFrom("data", "a b", "c,]", "é"), { maxLength: 3 }),
      records: fc.array(record, { minLength: 2, maxLength: 12 }),
      around: fc.dictionary(fc.constantFrom("next", "total", "x{"), fc.jsonValue({ maxDepth: 1 })),
      space: fc.constantFrom(0, 2),
      partBytes: fc.integer({ min: 1, max: 60 }),
      windowBytes: fc.integer({ min: 1, max: 40 }),
    });
    await fc.assert(
      fc.asyncProperty(body, async ({ path, records, around, space, ...sizes }) => {
        const value = path.reduceRight<unknown>((inner, step) => ({ ...around, [step]: inner }), records);
        const text = JSON.stringify(value, null, space);
        const selector = `$${path.map((step) => `[${JSON.stringify(step)}]`).join("")}`;
        const parts = await cut(cutJson, text, { selector, ...sizes });
        if (parts?.isBetween(selector) !== true) return;
        const whole = splitText(text, { selector });
        const pieces = [...parts.bodies].map((part) => splitText(part, { selector }));
        expect(pieces.length).toBeGreaterThan(1);
        expect(pieces.map((piece) => compact(linesOf(piece))).join("")).toBe(compact(linesOf(whole)));
        for (const piece of pieces) expect(piece.envelope).toEqual(whole.envelope);
      }),
      { numRuns: 300 },
    );
  });
});

describe("JSON lines", () => {
  test("are cut between objects, wherever these end", async () => {
    const parts = await cut(cutLines, '{"id":1,"s":"}\\"{"}\n{"id":\n2} {"id":3}\r\n\n{"id":4}\n');
    expect(textsOf(parts)).toEqual(['{"id":1,"s":"}\\"{"}', '\n{"id":\n2}', ' {"id":3}', '\r\n\n{"id":4}']);
    expect(parts).toMatchObject({ chosen: "(lines)", pick: { selector: "$", format: { format: "jsonl" } } });
  });

  test.each([
    ["the selector goes into the lines", '{"a":[1]}{"a":[2]}', { selector: "a" }],
    ["page 1 had its records elsewhere", "{}{}", { chosen: "data" }],
    ["names stand beside the lines", "{}{}", { recordFields: "names" }],
    ["something else than objects", "{}[]", {}],
    ["an object without an end", '{}{"a":', {}],
    ["one object", "{}", {}],
  ])("are not cut: %s", async (_, text, settings) => {
    expect(await cut(cutLines, text, settings)).toBeUndefined();
  });
});

describe("CSV", () => {
  test("is cut between rows, each part with the header; a quoted line break ends no row", async () => {
    expect(textsOf(await cut(cutCsv, 'id,"na""me\nx"\r\n1,"a\nb"\r\n2,c\n3,""""'))).toEqual([
      'id,"na""me\nx"\r\n1,"a\nb"\r\n',
      'id,"na""me\nx"\r\n2,c\n',
      'id,"na""me\nx"\r\n3,""""',
    ]);
  });

  test("begins no part with a header that is configured", async () => {
    const format = { format: "csv", csv: { delimiter: ";", quote: null, columns: ["a", "b"] } } as const;
    expect(textsOf(await cut(cutCsv, '1;"\n2;x\n', { format }))).toEqual(['1;"\n', "2;x\n"]);
  });

  test("keeps the blanks that a first row without a header begins with", async () => {
    const format = { format: "csv", csv: { delimiter: "\t", quote: null, columns: ["a", "b"] } } as const;
    expect(textsOf(await cut(cutCsv, "\t1\n 2\t3\n", { format }))).toEqual(["\t1\n", " 2\t3\n"]);
  });

  test("is not cut where each part could show another delimiter", async () => {
    const format = {
      format: "csv",
      csv: { delimiter: undefined, quote: null, columns: ["a", "b"] },
    } as const;
    expect(await cut(cutCsv, "1;2\n3,4;5\n", { format })).toBeUndefined();
    const tabs = { format, contentType: "text/tab-separated-values" };
    expect(textsOf(await cut(cutCsv, "1\t2\n3\t4\n", tabs))).toEqual(["1\t2\n", "3\t4\n"]);
  });
});

describe("a body", () => {
  test.each([
    ["XML", "<a><b/><b/></a>", {}],
    ["another charset", "[1,2]", { contentType: "application/json; charset=latin1" }],
  ])("is not cut: %s", async (_, text, settings: SplitSettings) => {
    const file = await TemporaryFile.create(directory);
    await file.append(Buffer.from(text));
    expect(cutBody(file, recordPick(settings), pageFacts(settings), 1)).toBeUndefined();
  });

  test("is cut behind its byte order mark, which each part keeps", async () => {
    const file = await TemporaryFile.create(directory);
    await file.append(Buffer.from("\ufeff [1,2]"));
    expect(textsOf(cutBody(file, recordPick(), pageFacts(), 1))).toEqual(["\ufeff [1]", "\ufeff [2]"]);
    expect(await readdir(directory)).toEqual([]);
  });
});

/** Without the blanks that stand where the body had some. */
function compact(lines: string): string {
  return lines.replace(/[ \r\t]+\n/g, "\n").replace(/^ +/gm, "");
}
