import type { ServerResponse } from "node:http";
import { mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliCompressSync, constants, deflateSync, gzipSync } from "node:zlib";
import { afterEach, beforeEach, expect, it, onTestFinished } from "vitest";
import { MOST_HELD_BYTES, wholeBody } from "../../../src/model/body.js";
import { TemporaryFile } from "../../../src/shared/temporary-file.js";
import { serve, type ServeHandler } from "../../support/serve.js";
import { createBench, type Bench } from "./support.js";

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "dango-http-"));
});

afterEach(async () => {
  await rm(directory, { recursive: true });
});

const large = Buffer.from(
  JSON.stringify([{ id: 1, note: "größer ".repeat(MOST_HELD_BYTES / 8) }, { id: 2 }]),
);
const noise = Buffer.alloc(MOST_HELD_BYTES + 5, Buffer.from("0123456789abcdef".repeat(977)));

async function startBench(
  handler: ServeHandler,
  config: Parameters<typeof createBench>[1] = {},
  folder = join(directory, "spill"),
): Promise<Bench> {
  const server = await serve(handler);
  onTestFinished(() => server.close());
  return createBench(server.url, config, { directory: folder });
}

const answer =
  (body: Uint8Array, headers: Record<string, string> = {}): ServeHandler =>
  (_request, response) => {
    response.writeHead(200, headers).end(body);
  };

/** Without a length, in pieces that end anywhere. */
const trickle: ServeHandler = (_request, response) => {
  for (let at = 0; at < large.length; at += 777_777) response.write(large.subarray(at, at + 777_777));
  response.end();
};

const brotli = brotliCompressSync(large, { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } });

it.each<[string, ServeHandler]>([
  ["with a length", answer(large, { "content-length": String(large.length) })],
  ["without a length", trickle],
  ["gzip", answer(gzipSync(large), { "content-encoding": "gzip" })],
  ["deflate", answer(deflateSync(large), { "content-encoding": "deflate" })],
  ["br", answer(brotli, { "content-encoding": "br" })],
  [
    "gzip within gzip, which is larger than may be held",
    answer(gzipSync(gzipSync(large, { level: 0 }), { level: 0 })),
  ],
  ["plain though it is called br", answer(large, { "content-encoding": "br" })],
])("a body too large to be held goes to disk and is the same (B2): %s", async (_, handler) => {
  const bench = await startBench(handler);
  const { body } = await bench.send("/");
  expect(body).toBeInstanceOf(TemporaryFile);
  expect(body.length).toBe(large.length);
  expect(wholeBody(body).equals(large)).toBe(true);
});

it("S3: it has no name on disk, in a folder of mode 0700", async () => {
  const bench = await startBench(answer(large));
  const { body } = await bench.send("/");
  expect(body).toBeInstanceOf(TemporaryFile);
  expect(await readdir(join(directory, "spill"))).toEqual([]);
  expect((await stat(join(directory, "spill"))).mode & 0o777).toBe(0o700);
});

it("a body that may just be held stays in memory", async () => {
  const bench = await startBench(answer(noise.subarray(0, MOST_HELD_BYTES)));
  expect((await bench.send("/")).body).toBeInstanceOf(Buffer);
  expect(await readdir(directory)).toEqual([]);
});

it.each<[string, ServeHandler]>([
  ["received", answer(noise)],
  ["decoded", answer(gzipSync(noise), { "content-encoding": "gzip" })],
])("B2: max_body holds for it, %s", async (_, handler) => {
  const bench = await startBench(handler, { maxBodyBytes: MOST_HELD_BYTES + 4 });
  expect((await bench.fail("/")).message).toContain(
    `answered with a body of more than ${String(MOST_HELD_BYTES + 4)} bytes (max_body)`,
  );
});

it("D4: one that is cut short is a connection error, and asked for again", async () => {
  let count = 0;
  const cut = (response: ServerResponse): void => {
    response.writeHead(200, { "content-length": String(large.length) });
    response.write(large.subarray(0, MOST_HELD_BYTES + 100), () => response.destroy());
  };
  const bench = await startBench((_request, response) => {
    count += 1;
    if (count === 1) cut(response);
    else response.end(large);
  });
  expect(wholeBody((await bench.send("/")).body).equals(large)).toBe(true);
  expect(count).toBe(2);
});

it("D4: its ends are looked at before it is accepted", async () => {
  const page = Buffer.concat([Buffer.from("<!doctype html><title>wait</title>"), noise]);
  const seen: string[] = [];
  const bench = await startBench(answer(page), {
    retry: { attempts: 1, baseMs: 1, maxWaitMs: 1, statuses: [] },
  });
  const error = await bench.fail("/", {
    acceptBody: ({ body }) => {
      seen.push(body.constructor.name);
      return "it is HTML, not JSON";
    },
  });
  expect(seen).toEqual(["TemporaryFile"]);
  expect(error.message).toMatch(
    /it is HTML, not JSON; no content type; first bytes: <!doctype html><title>wait</,
  );
});

it("R9: no room for it is an error of the disk, not of the API, and not tried again", async () => {
  await writeFile(join(directory, "taken"), "");
  let count = 0;
  const bench = await startBench(
    (_request, response) => {
      count += 1;
      response.end(large);
    },
    {},
    join(directory, "taken"),
  );
  expect(await bench.fail("/")).toMatchObject({
    exitCode: 1,
    type: "disk",
    message: expect.stringContaining(`Cannot write ${join(directory, "taken")}`) as string,
  });
  expect(count).toBe(1);
});
