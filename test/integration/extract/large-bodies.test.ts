import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createRecordSink, type RecordSinkOptions } from "../../../src/extract/spool/record-sink.js";
import type { SpooledRecords } from "../../../src/extract/spool/spooling.js";
import type { FieldNode } from "../../../src/model/field.js";
import type { PageRecords } from "../../../src/model/source.js";
import { TemporaryFile } from "../../../src/shared/temporary-file.js";
import { pageFacts, recordPick, type SplitSettings } from "../../support/split-text.js";

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "dango-large-"));
});

afterEach(async () => {
  await rm(root, { recursive: true });
});

/** Records of about 11 KB, so that two parts are made of few. */
const COUNT = 1_000;
const NOTE = "x,]}{[".repeat(1_800);

function recordAt(index: number) {
  return { id: index, note: `${NOTE}"\n${String(index)}`, tags: [index, { deep: [index] }] };
}

const records = Array.from({ length: COUNT }, (_, index) => recordAt(index + 1));

interface Outcome {
  readonly page: PageRecords;
  readonly spooled: SpooledRecords;
  readonly lines: unknown[];
}

async function toFile(text: string): Promise<TemporaryFile> {
  const file = await TemporaryFile.create(root);
  await file.append(Buffer.from(text));
  return file;
}

function openSink(name: string, options: Partial<RecordSinkOptions> = {}) {
  return createRecordSink({ directory: join(root, name), maxRecordBytes: 64 << 20, ...options });
}

async function write(
  body: Buffer | TemporaryFile,
  settings: SplitSettings,
  options: Partial<RecordSinkOptions> = {},
): Promise<Outcome> {
  const sink = openSink(body instanceof TemporaryFile ? "file" : "memory", options);
  const pick = {
    ...recordPick(settings),
    ...(settings.copies === undefined ? {} : { copies: settings.copies }),
  };
  const page = await sink.writeBody(body, pick, pageFacts(settings)).catch(async (error: unknown) => {
    await sink.discard();
    throw error;
  });
  const spooled = await sink.finish();
  const texts = await Promise.all(spooled.files.map((file) => readFile(file, "utf8")));
  const lines = texts
    .join("")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as unknown);
  return { page, spooled, lines };
}

/** What a field tree says, without how it remembers keys. */
function outlineOf({ kinds, members, element }: FieldNode): unknown {
  return {
    kinds,
    members: Object.fromEntries([...members].map(([key, member]) => [key, outlineOf(member)])),
    element: element === undefined ? undefined : outlineOf(element),
  };
}

/** Writes a body from memory and from a file, and expects the same of both. */
async function expectSame(text: string, settings: SplitSettings = {}): Promise<Outcome> {
  const held = await write(Buffer.from(text), settings);
  const large = await write(await toFile(text), settings);
  expect(large.lines).toEqual(held.lines);
  const { rows, chosen, envelope } = held.page;
  expect(large.page).toMatchObject({ rows, chosen });
  expect(large.page.envelope).toEqual(envelope);
  expect(large.page.lastRecord()).toEqual(held.page.lastRecord());
  expect(outlineOf(large.spooled.fields)).toEqual(outlineOf(held.spooled.fields));
  for (const row of [0, 1, 900, rows - 1]) {
    expect(large.spooled.locateRow(row)).toEqual(held.spooled.locateRow(row));
  }
  expect(large.page.sameRecordsAs(held.page)).toBe(true);
  expect(held.page.sameRecordsAs(large.page)).toBe(true);
  expect([...(large.page.valuesAt?.(["id"]) ?? [])]).toEqual([...(held.page.valuesAt?.(["id"]) ?? [])]);
  return large;
}

describe("a body in a file gives what it gives from memory (B2)", () => {
  test("a list", async () => {
    const { lines, page } = await expectSame(JSON.stringify(records));
    expect(lines).toEqual(records);
    expect(page.chosen).toBe("$");
  });

  test("a list found in an object, below another that is shorter", async () => {
    const body = {
      meta: { next: "n1", big: 9007199254740993n.toString() },
      links: [1, 2],
      data: records,
      total: 7,
    };
    const { page } = await expectSame(JSON.stringify(body, null, 1));
    expect(page).toMatchObject({ chosen: "data", rows: COUNT, envelope: { meta: { next: "n1" }, total: 7 } });
  });

  test("a selector, and members of what stands above the records", async () => {
    const body = JSON.stringify({ a: { metric: "m", values: records } });
    const { lines } = await expectSame(body, { selector: "a.values[*]", ancestors: ["metric"] });
    expect(lines[999]).toEqual({ ...records[999], _metric: "m" });
  });

  test("a list that is not the longest one", async () => {
    const { lines } = await expectSame(JSON.stringify({ included: records, data: [{ id: 1 }, { id: 2 }] }));
    expect(lines).toEqual([{ id: 1 }, { id: 2 }]);
  });

  test("a key that stands twice, of which the last counts", async () => {
    const { lines } = await expectSame(`{"data":${JSON.stringify(records)},"data":[{"id":1}]}`);
    expect(lines).toEqual([{ id: 1 }]);
  });

  test("a JSONPath", async () => {
    const { page } = await expectSame(JSON.stringify({ data: records }), {
      selector: "$.data[?@.id > 990]",
    });
    expect(page.rows).toBe(10);
  });

  test("JSON lines", async () => {
    const { lines, page } = await expectSame(records.map((record) => `${JSON.stringify(record)}\n`).join(""));
    expect(lines).toEqual(records);
    expect(page.chosen).toBe("(lines)");
  });

  test("CSV", async () => {
    const rows = records.map(({ id, note }) => `${String(id)},"${note.replaceAll('"', '""')}"\r\n`).join("");
    const { lines } = await expectSame(`id,note\r\n${rows}`, { contentType: "text/csv" });
    expect(lines).toEqual(records.map(({ id, note }) => ({ id, note })));
  });

  test("each record for each of several parents", async () => {
    const copies = [
      { members: '"_users_id":7', carried: "" },
      { members: '"_users_id":8', carried: "" },
    ];
    const { lines, spooled } = await write(await toFile(JSON.stringify(records)), { copies });
    expect(lines).toEqual(records.flatMap((record) => [7, 8].map((id) => ({ ...record, _users_id: id }))));
    expect(spooled.locateRow(1_999)).toEqual({ page: 1, record: 1_000 });
  });
});

test("a limit keeps the first records; the page has all", async () => {
  const { lines, page } = await write(await toFile(JSON.stringify(records)), {}, { limit: 900 });
  expect(lines).toEqual(records.slice(0, 900));
  expect(page.rows).toBe(COUNT);
});

test("progress counts one page", async () => {
  const told: number[] = [];
  const onProgress: RecordSinkOptions["onProgress"] = ({ pages }) => told.push(pages);
  await write(await toFile(JSON.stringify(records)), {}, { onProgress });
  expect(new Set(told)).toEqual(new Set([1]));
  expect(told.length).toBeGreaterThan(1);
});

test("P8: the record that a page starts from is left out of its first part", async () => {
  const sink = openSink("spool");
  const previous = await sink.writeBody(Buffer.from(JSON.stringify([records[0]])), recordPick(), pageFacts());
  const pick = { ...recordPick({ chosen: "$" }), omit: { kind: "same_first", previous } } as const;
  await sink.writeBody(await toFile(JSON.stringify(records)), pick, pageFacts({ page: 2 }));
  const { rows, locateRow } = await sink.finish();
  expect(rows).toBe(COUNT);
  expect(locateRow(1)).toEqual({ page: 2, record: 2 });
});

test("P5: a page that repeats the one before is not spooled again where that is the end", async () => {
  const sink = openSink("spool");
  const text = JSON.stringify(records);
  const previous = await sink.writeBody(await toFile(text), recordPick(), pageFacts());
  const pick = { ...recordPick({ chosen: "$" }), omit: { kind: "same_page", previous } } as const;
  const page = await sink.writeBody(await toFile(text), pick, pageFacts({ page: 2 }));
  expect(page.sameRecordsAs(previous)).toBe(true);
  expect((await sink.finish()).rows).toBe(COUNT);
});

test("P3: rows that moved from one large page to the next are counted", async () => {
  const sink = openSink("spool");
  const previous = await sink.writeBody(
    await toFile(JSON.stringify(records.slice(0, 950))),
    recordPick(),
    pageFacts(),
  );
  const page = await sink.writeBody(
    await toFile(JSON.stringify(records.slice(20))),
    recordPick({ chosen: "$" }),
    pageFacts({ page: 2 }),
  );
  expect(page.overlapWith?.(previous)).toBe(930);
  await sink.finish();
});

test("lanes write a large body in their turn", async () => {
  const sink = openSink("spool");
  const [first, second] = [sink.openLane(), sink.openLane()];
  const late = second.writeBody(await toFile(JSON.stringify(records)), recordPick(), pageFacts());
  await first.writeBody(Buffer.from('[{"id":0}]'), recordPick(), pageFacts());
  await first.close();
  expect((await late).rows).toBe(COUNT);
  await second.close();
  const { files } = await sink.finish();
  expect((await readFile(files[0] ?? "", "utf8")).startsWith('{"id":0}\n{"id":1,')).toBe(true);
});

describe("what is wrong with one is told as it stands in the whole body", () => {
  test.each([
    ["broken JSON", (text: string) => text.replace('"id":970,', '"id":oops,'), {}],
    ["an end too early", (text: string) => text.slice(0, -1), {}],
    ["another value behind it", (text: string) => `${text} {}`, {}],
    ["a value beyond numbers", (text: string) => text.replace('"id":999,', '"id":NaN,'), {}],
    ["invalid UTF-8 only in one place", (text: string) => text, { bytes: Buffer.from([0xff]) }],
    ["a selector that matches nothing", (text: string) => text, { selector: "items" }],
  ])(
    "%s",
    async (_, change, { bytes = Buffer.alloc(0), ...settings }: SplitSettings & { bytes?: Buffer }) => {
      const body = Buffer.concat([Buffer.from(change(JSON.stringify(records))), bytes]);
      const file = await TemporaryFile.create(root);
      await file.append(body);
      const failure = await write(body, settings).catch((error: unknown) => error as Error);
      expect(failure).toBeInstanceOf(Error);
      await expect(write(file, settings)).rejects.toThrow((failure as Error).message);
    },
  );

  test("a CSV row with a field too many, by its line", async () => {
    const rows = records.map(({ id }) =>
      id === 900 ? `${String(id)},a,b\n` : `${String(id)},${"y".repeat(12_000)}\n`,
    );
    await expect(
      write(await toFile(`id,note\n${rows.join("")}`), { contentType: "text/csv" }),
    ).rejects.toThrow("line 901 has 3 fields, the header 2");
  });
});

test("a file leaves nothing behind, and is closed when its page is released", async () => {
  const file = await toFile(JSON.stringify(records));
  expect(await readdir(root)).toEqual([]);
  const { page } = await write(file, {});
  expect(file.read(0, 2).toString()).toBe("[{");
  page.release?.();
  expect(() => file.read(0, 2)).toThrow("EBADF");
  page.release?.();
});

test("R9: a directory that cannot be made is an error of the disk that names it", async () => {
  await writeFile(join(root, "taken"), "");
  await expect(TemporaryFile.create(join(root, "taken"))).rejects.toMatchObject({
    name: "WarehouseError",
    type: "disk",
    message: expect.stringContaining(`Cannot write ${join(root, "taken")}`) as string,
  });
});
