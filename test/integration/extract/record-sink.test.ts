import type { SpooledRecords } from "../../../src/extract/spool/spooling.js";
import { mkdtemp, mkdir, readdir, readFile, rm, stat, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createRecordSink, type RecordSinkOptions } from "../../../src/extract/spool/record-sink.js";
import { Spool } from "../../../src/extract/spool/spool.js";
import type { FieldNode } from "../../../src/model/field.js";
import { WarehouseError } from "../../../src/shared/errors.js";
import { pageFacts, recordPick, type SplitSettings } from "../../support/split-text.js";

let root: string;
let directory: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "dango-sink-"));
  directory = join(root, "spool");
});

afterEach(async () => {
  await rm(root, { recursive: true });
});

function open(options: Partial<RecordSinkOptions> = {}) {
  const sink = createRecordSink({ directory, maxRecordBytes: 1 << 20, ...options });
  return Object.assign(sink, {
    write: (body: string, settings: SplitSettings = {}) =>
      sink.writeBody(
        Buffer.from(body),
        { ...recordPick(settings), ...(settings.omit === undefined ? {} : { omit: settings.omit }) },
        pageFacts(settings),
      ),
  });
}

async function textOf(spooled: SpooledRecords): Promise<string> {
  const texts = await Promise.all(spooled.files.map((file) => readFile(file, "utf8")));
  return texts.join("");
}

function keysOf(node: FieldNode): string[] {
  return [...node.members.keys()];
}

describe("bodies", () => {
  test("regular bodies are spooled byte for byte, numbers as sent", async () => {
    const sink = open();
    await sink.write('{"data":[{"id":1,"price":1.10},{"id":9007199254740993,"price":1e2}],"next":2}');
    await sink.write('{"data":[{"id":3,"price":null}]}', { page: 2, chosen: "data" });
    const spooled = await sink.finish();
    expect(await textOf(spooled)).toBe(
      '{"id":1,"price":1.10}\n{"id":9007199254740993,"price":1e2}\n{"id":3,"price":null}\n',
    );
    expect(spooled).toMatchObject({ rows: 3, bytes: 80, files: [join(directory, "part-00000.ndjson")] });
    expect(keysOf(spooled.fields)).toEqual(["id", "price"]);
  });

  test("S3: files are 0600 in a directory of 0700", async () => {
    const sink = open();
    await sink.write('[{"id":1}]');
    const { files } = await sink.finish();
    expect((await stat(directory)).mode & 0o777).toBe(0o700);
    expect((await stat(files[0] ?? "")).mode & 0o777).toBe(0o600);
  });

  test("without records there are no files", async () => {
    const sink = open();
    await sink.write('{"data":[]}');
    expect(await sink.finish()).toMatchObject({ files: [], rows: 0, bytes: 0 });
    expect(await readdir(root)).toEqual([]);
  });

  test("a page with a faulty record leaves nothing, those before it stay", async () => {
    const sink = open();
    await sink.write('[{"id":1}]');
    await expect(sink.write('[{"id":2,"b":1},{"id":oops}]', { page: 2 })).rejects.toThrow(
      "page 2 (https://api.example.com/users): the body is not readable JSON",
    );
    await sink.write('[{"id":3}]', { page: 2 });
    const spooled = await sink.finish();
    expect(await textOf(spooled)).toBe('{"id":1}\n{"id":3}\n');
    expect(keysOf(spooled.fields)).toEqual(["id"]);
    expect(spooled.rows).toBe(2);
  });

  test("M1: a row is located by its page and its place there", async () => {
    const sink = open();
    await sink.write('[{"id":1},{"id":2}]');
    await sink.write('[{"id":3},{"id":4}]', { page: 2 });
    await sink.write("[]", { page: 3 });
    await sink.write('[{"id":5}]', { page: 4 });
    await sink.write('[{"id":6}]', { page: 1 });
    const { locateRow } = await sink.finish();
    expect([0, 1, 2, 3, 4, 5, 6, -1].map((row) => locateRow(row))).toEqual([
      { page: 1, record: 1 },
      { page: 1, record: 2 },
      { page: 2, record: 1 },
      { page: 2, record: 2 },
      { page: 4, record: 1 },
      { page: 1, record: 1 },
      undefined,
      undefined,
    ]);
  });

  test("progress is told after each page", async () => {
    const told: unknown[] = [];
    const sink = open({ onProgress: (progress) => told.push(progress) });
    await sink.write('[{"id":1},{"id":2}]');
    await sink.write("[]", { page: 2 });
    expect(told).toEqual([
      { rows: 2, pages: 1, bytes: 18 },
      { rows: 2, pages: 2, bytes: 18 },
    ]);
  });

  test("discard removes everything, before and after finish", async () => {
    const sink = open();
    await sink.write('[{"id":1}]');
    await sink.finish();
    await sink.discard();
    await sink.discard();
    expect(await readdir(root)).toEqual([]);
  });
});

describe("--limit", () => {
  test("stops after exactly so many rows, and what was cut off is not learned", async () => {
    const sink = open({ limit: 3 });
    expect(sink.isFull).toBe(false);
    await sink.write('[{"id":1},{"id":2}]');
    const page = await sink.write('[{"id":3},{"id":4,"cut":true},5]', { page: 2 });
    expect(page.rows).toBe(3);
    expect(page.envelope).toEqual([]);
    expect([sink.rows, sink.isFull]).toEqual([3, true]);
    const spooled = await sink.finish();
    expect(await textOf(spooled)).toBe('{"id":1}\n{"id":2}\n{"id":3}\n');
    expect(keysOf(spooled.fields)).toEqual(["id"]);
  });

  test("keeps nothing of a page that comes when it is full", async () => {
    const sink = open({ limit: 1 });
    await sink.write('[{"id":1}]');
    await sink.write('[{"id":2}]', { page: 2 });
    expect(await textOf(await sink.finish())).toBe('{"id":1}\n');
  });

  test("cuts a batch of objects", async () => {
    const sink = open({ limit: 1 });
    await sink.writeObjects([{ a: 1 }, { b: 2 }]);
    const spooled = await sink.finish();
    expect([await textOf(spooled), keysOf(spooled.fields)]).toEqual(['{"a":1}\n', ["a"]]);
  });
});

describe("records that are known already", () => {
  test("P1: a page with the records of the one before is counted, not spooled", async () => {
    const sink = open();
    const previous = await sink.write('[{"id":1},{"id":2}]');
    const page = await sink.write('[{"id":1},{"id":2}]', { page: 2, omit: { kind: "same_page", previous } });
    expect([page.rows, sink.rows]).toEqual([2, 2]);
    expect(await textOf(await sink.finish())).toBe('{"id":1}\n{"id":2}\n');
  });

  test("P1: a page with other records is spooled", async () => {
    const sink = open();
    const previous = await sink.write('[{"id":1},{"id":2}]');
    await sink.write('[{"id":1},{"id":3}]', { page: 2, omit: { kind: "same_page", previous } });
    expect((await sink.finish()).rows).toBe(4);
  });

  test("P8: a first record that the page before ended with is not loaded twice", async () => {
    const sink = open();
    const previous = await sink.write('[{"id":1,"n":"a"},{"id":2,"n":"b"}]');
    const omit = { kind: "same_first", previous } as const;
    const page = await sink.write('[{"n":"b","id":2},{"id":3}]', { page: 2, omit });
    const spooled = await sink.finish();
    expect([page.rows, spooled.rows]).toEqual([2, 3]);
    expect(await textOf(spooled)).toBe('{"id":1,"n":"a"}\n{"id":2,"n":"b"}\n{"id":3}\n');
    expect(spooled.locateRow(2)).toEqual({ page: 2, record: 2 });
  });

  test("P8: a first record that changed is loaded", async () => {
    const sink = open();
    const previous = await sink.write('[{"id":1},{"id":2,"n":"b"}]');
    await sink.write('[{"id":2,"n":"c"}]', { page: 2, omit: { kind: "same_first", previous } });
    expect(await textOf(await sink.finish())).toBe('{"id":1}\n{"id":2,"n":"b"}\n{"id":2,"n":"c"}\n');
  });
});

describe("JavaScript values", () => {
  test("are spelled without losing anything; what is no object becomes the column value (D6)", async () => {
    const sink = open();
    await sink.writeObjects([
      {
        id: 9007199254740993n,
        at: new Date("2024-01-01T00:00:00Z"),
        bytes: Uint8Array.of(1, 2),
        no: undefined,
      },
      "text\n",
      [1, 2],
      null,
    ]);
    const spooled = await sink.finish();
    expect(await textOf(spooled)).toBe(
      '{"id":9007199254740993,"at":"2024-01-01T00:00:00.000Z","bytes":"AQI="}\n{"value":"text\\n"}\n{"value":[1,2]}\n{"value":null}\n',
    );
    expect(keysOf(spooled.fields)).toEqual(["id", "at", "bytes", "value"]);
    expect(spooled.locateRow(1)).toEqual({ page: undefined, record: 2 });
  });

  test("a batch with a value that JSON cannot hold leaves nothing", async () => {
    const sink = open();
    await sink.writeObjects([{ a: 1 }]);
    await expect(sink.writeObjects([{ b: 1 }, { c: NaN }])).rejects.toMatchObject({ name: "DataError" });
    const spooled = await sink.finish();
    expect([spooled.rows, keysOf(spooled.fields)]).toEqual([1, ["a"]]);
  });

  test("B2: a record above max_record is a guard", async () => {
    const sink = open({ maxRecordBytes: 10 });
    await sink.writeObjects([{ a: 1 }]);
    await expect(sink.writeObjects([{ a: 1 }, { a: "12345678" }])).rejects.toMatchObject({
      name: "GuardError",
      message: "the module's records: record 3 has 16 bytes, more than max_record (10)",
    });
  });
});

describe("files", () => {
  test("a new one begins at a line's end when one is long enough", async () => {
    const spool = new Spool(directory, 20);
    await spool.append([Buffer.from('{"id":1}\n{"id":2}\n{"id":3}\n{"id":4}\n'), Buffer.from('{"id":5}\n')]);
    const { files, bytes } = await spool.finish();
    const texts = await Promise.all(files.map((file) => readFile(file, "utf8")));
    expect(texts).toEqual(['{"id":1}\n{"id":2}\n{"id":3}\n', '{"id":4}\n{"id":5}\n']);
    expect(bytes).toBe(45);
  });

  test("many large pages come out in order and whole", async () => {
    const sink = open();
    const line = (id: number) => `{"id":${String(id)},"text":"${"x".repeat(5_000)}"}`;
    for (let page = 0; page < 20; page += 1) {
      const records = Array.from({ length: 100 }, (_, index) => line(page * 100 + index));
      await sink.write(`[${records.join(",")}]`, { page: page + 1 });
    }
    const text = await textOf(await sink.finish());
    expect(text).toBe(Array.from({ length: 2_000 }, (_, index) => `${line(index)}\n`).join(""));
  });

  test.runIf(process.platform === "linux")(
    "R9: a full disk is an error that names path and bytes free",
    async () => {
      await mkdir(directory);
      const path = join(directory, "part-00000.ndjson");
      await symlink("/dev/full", path);
      const sink = open();
      await sink.write('[{"id":1}]');
      const error = await sink.finish().catch((caught: unknown) => caught);
      expect(error).toBeInstanceOf(WarehouseError);
      expect(error).toMatchObject({
        type: "disk",
        hint: "free some space, then sync again",
        context: { path },
      });
      expect((error as Error).message).toMatch(
        /^The disk is full: .*part-00000\.ndjson cannot grow \([\d,]+ bytes free\)$/,
      );
      await sink.discard();
      expect(await readdir(root)).toEqual([]);
    },
  );

  test("a directory that cannot be made is a disk error", async () => {
    const sink = open({ directory: join("/dev/null", "spool") });
    await sink.write('[{"id":1}]');
    await expect(sink.finish()).rejects.toMatchObject({ name: "WarehouseError", type: "disk" });
  });
});

test("DuckDB reads what was spooled, whatever the blanks, odd bytes and kinds of records", async () => {
  const sink = open();
  await sink.write(
    '\ufeff{"data":[\r\n\t{"id":1,\r\n"t":"a\\u0000b"}\r\n\t,{"id":2,"id":3},\n {"t":"\\ud800"},7,\n\n {} ]}',
  );
  await sink.writeObjects([{ id: 4n, t: "\ud800" }]);
  const { files, rows } = await sink.finish();
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  const reader = await connection.runAndReadAll(
    `SELECT id, t, "value" FROM read_ndjson($files, columns = {id: 'BIGINT', t: 'VARCHAR', "value": 'BIGINT'})`,
    { files: files[0] ?? "" },
  );
  connection.closeSync();
  expect(reader.getRowsJS()).toEqual([
    [1n, "a\u0000b", null],
    [3n, null, null],
    [null, "\ufffd", null],
    [null, null, 7n],
    [null, null, null],
    [4n, "\ufffd", null],
  ]);
  expect(rows).toBe(6);
});
