import type { ServerResponse } from "node:http";
import zlib, { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from "node:zlib";
import { expect, it } from "vitest";
import { GuardError, ResponseError, UnavailableError } from "../../../src/shared/errors.js";
import type { ServeHandler } from "../../support/serve.js";
import { startBench } from "./support.js";
import { wholeBody } from "../../../src/model/body.js";

const text = JSON.stringify([
  { id: 1, name: "Ünal" },
  { id: 2, name: "x".repeat(5_000) },
]);

const answer =
  (body: Uint8Array | string, headers: Record<string, string> = {}): ServeHandler =>
  (_request, response) => {
    response.writeHead(200, headers).end(body);
  };

const twice = { attempts: 2, baseMs: 1_000, maxWaitMs: 300_000, statuses: [429] };

it.each([
  ["gzip", gzipSync(text)],
  ["x-gzip", gzipSync(text)],
  ["br", brotliCompressSync(text)],
  ["deflate", deflateSync(text)],
  ["deflate", deflateRawSync(text)],
  ["GZIP", gzipSync(text)],
  ["gzip, br", brotliCompressSync(gzipSync(text))],
  ["identity", Buffer.from(text)],
  ["something-new", Buffer.from(text)],
])("decodes %s", async (encoding, body) => {
  const [bench] = await startBench(answer(body, { "content-encoding": encoding }));
  expect(wholeBody((await bench.send("/")).body).toString()).toBe(text);
});

it("decodes gzip that no header announces", async () => {
  const [bench] = await startBench(answer(gzipSync(text)));
  expect(wholeBody((await bench.send("/")).body).toString()).toBe(text);
});

it("decodes a gzip file that was compressed once more on its way", async () => {
  const [bench] = await startBench(answer(gzipSync(gzipSync(text)), { "content-encoding": "gzip" }));
  expect(wholeBody((await bench.send("/")).body).toString()).toBe(text);
});

it.each(["gzip", "br", "deflate", "zstd"])(
  "leaves plain text as it is that calls itself %s",
  async (encoding) => {
    const [bench] = await startBench(answer(text, { "content-encoding": encoding }));
    expect(wholeBody((await bench.send("/")).body).toString()).toBe(text);
  },
);

it.each(["{}", '{"a":1}', "[]"])("br: does not take %s for a compressed stream", async (body) => {
  const [bench] = await startBench(answer(body, { "content-encoding": "br" }));
  expect(wholeBody((await bench.send("/")).body).toString()).toBe(body);
});

it.each(["gzip", "br", "deflate"])("takes an empty body that calls itself %s for empty", async (encoding) => {
  const [bench] = await startBench(answer("", { "content-encoding": encoding }));
  expect((await bench.send("/")).body).toHaveLength(0);
});

it.skipIf("zstdDecompress" in zlib)("says that this Node cannot decode zstd", async () => {
  const frame = Buffer.from("28b52ffd0402110000746578741f0b3c14", "hex");
  const [bench, server] = await startBench(answer(frame, { "content-encoding": "zstd" }));
  const error = await bench.fail("/");
  expect(error).toBeInstanceOf(ResponseError);
  expect(error.message).toBe(`GET ${server.url}/ answered with a zstd body`);
  expect(error.hint).toBe(`This Node (${process.version}) cannot decode zstd; Node 22.15 and later can.`);
  expect(server.requests).toHaveLength(1);
});

it("D4: a gzip stream that ends early is cut short, and retried", async () => {
  const [bench, server] = await startBench(
    answer(gzipSync(text).subarray(0, 40), { "content-encoding": "gzip" }),
    { retry: twice },
  );
  const error = await bench.fail("/");
  expect(error).toBeInstanceOf(UnavailableError);
  expect(error.message).toBe(`GET ${server.url}/ failed: the body was cut short (2 attempts)`);
  expect(server.requests).toHaveLength(2);
});

it("a gzip stream that is broken inside is retried, then no usable response", async () => {
  const broken = gzipSync(text);
  broken.fill(0xff, 15, 40);
  const [bench, server] = await startBench(answer(broken, { "content-encoding": "gzip" }), { retry: twice });
  const error = await bench.fail("/");
  expect(error).toBeInstanceOf(ResponseError);
  expect(error.message).toBe(`GET ${server.url}/ failed: the body is not valid gzip (2 attempts)`);
  expect(server.requests).toHaveLength(2);
});

it("D4: a body shorter than its Content-Length is a connection error, and retried", async () => {
  const [bench, server] = await startBench(
    (_request, response) => {
      response.writeHead(200, { "content-length": "100" });
      response.write("[1,", () => response.destroy());
    },
    { retry: twice },
  );
  const error = await bench.fail("/");
  expect(error.message).toBe(`GET ${server.url}/ failed: the body was cut short (2 attempts)`);
  expect([error.type, error.exitCode]).toEqual(["connection", 8]);
  expect(server.requests).toHaveLength(2);
});

it("D4: a chunked body without its last chunk is a connection error, and retried", async () => {
  let count = 0;
  const [bench, server] = await startBench((_request, response) => {
    count += 1;
    response.writeHead(200);
    if (count > 1) response.end("[1]");
    else response.write("[1]", () => response.destroy());
  });
  expect(wholeBody((await bench.send("/")).body).toString()).toBe("[1]");
  expect(server.requests).toHaveLength(2);
  expect(bench.events.find(({ event }) => event === "retry")).toMatchObject({
    reason: "failed: the body was cut short",
  });
});

it("B2: takes a body of exactly max_body", async () => {
  const [bench] = await startBench(answer("x".repeat(1_000)), { maxBodyBytes: 1_000 });
  expect((await bench.send("/")).body).toHaveLength(1_000);
});

it.each([
  ["plain", answer("x".repeat(1_001))],
  [
    "chunked",
    (_request: unknown, response: ServerResponse) => {
      response.write("x".repeat(600));
      response.end("x".repeat(600));
    },
  ],
  ["gzip", answer(gzipSync("x".repeat(1_001)), { "content-encoding": "gzip" })],
  ["br", answer(brotliCompressSync("x".repeat(1_001)), { "content-encoding": "br" })],
  ["gzip in gzip", answer(gzipSync(gzipSync("x".repeat(1_001))))],
])("B2: a %s body over max_body is an error that names it, at once", async (_name, handler) => {
  const [bench, server] = await startBench(handler, { maxBodyBytes: 1_000 });
  const error = await bench.fail("/users");
  expect(error).toBeInstanceOf(GuardError);
  expect(error.message).toBe(
    `GET ${server.url}/users answered with a body of more than 1000 bytes (max_body)`,
  );
  expect(error.hint).toBe("Ask for smaller pages, or raise max_body.");
  expect(error.exitCode).toBe(5);
  expect(server.requests).toHaveLength(1);
});

it("takes 204 for an empty body", async () => {
  const [bench] = await startBench((_request, response) => {
    response.writeHead(204).end();
  });
  const response = await bench.send("/");
  expect([response.status, response.body.length]).toEqual([204, 0]);
});

it("keeps a large body byte for byte", async () => {
  const bytes = Buffer.alloc(3_000_000, "0123456789abcde");
  const [bench] = await startBench(answer(bytes));
  expect(wholeBody((await bench.send("/")).body).equals(bytes)).toBe(true);
});
