import { setTimeout as delay } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import { offset, pageNumber } from "../../support/paginator-configs.js";
import { readRest } from "../../support/read-rest.js";
import { idRows } from "../../support/run-paginator.js";
import { sendJson, serve, type TestServer } from "../../support/serve.js";

let server: TestServer;
afterEach(() => server.close());

const asked = (): string[] => server.requests.map(({ url }) => url.replace("/items", "")).sort(byNumber);

function byNumber(a: string, b: string): number {
  return a.localeCompare(b, undefined, { numeric: true });
}

function numberIn(url: string, name: string): number {
  return Number(new URL(url, "http://x").searchParams.get(name));
}

/** Answers once so many requests are under way, or no more come: what arrives together is seen to. */
function gather(wanted: number): { arrive(): Promise<void>; most(): number } {
  let most = 0;
  let waiting: (() => void)[] = [];
  const open = (): void => {
    const released = waiting;
    waiting = [];
    for (const release of released) release();
  };
  return {
    most: () => most,
    async arrive() {
      const turn = new Promise<void>((resolve) => waiting.push(resolve));
      most = Math.max(most, waiting.length);
      if (waiting.length >= wanted) open();
      await Promise.race([turn, delay(300).then(open)]);
    },
  };
}

describe("pages of a known total", () => {
  it("are fetched side by side up to concurrency, and loaded in their order (P4)", async () => {
    const gate = gather(3);
    server = await serve(async ({ url }, response) => {
      const from = numberIn(url, "offset");
      if (from > 0) await gate.arrive();
      sendJson(response, { data: idRows(from + 1, Math.min(from + 2, 14)), total: 14 });
    });
    const paginator = offset({ totalItemsPath: "total" });
    const result = await readRest({
      baseUrl: server.url,
      client: { concurrency: 3 },
      endpoint: { paginator },
    });
    expect(result).toMatchObject({ error: undefined, rows: idRows(1, 14) });
    expect(asked()).toEqual([0, 2, 4, 6, 8, 10, 12].map((at) => `?offset=${String(at)}&limit=2`));
    expect(gate.most()).toBe(3);
  });

  it("step by what the first page brought, when the server lowers the limit in silence (P4)", async () => {
    server = await serve(({ url }, response) => {
      const from = numberIn(url, "offset");
      sendJson(response, { data: idRows(from + 1, Math.min(from + 3, 10)), total: 10 });
    });
    const paginator = offset({ limit: 100, totalItemsPath: "total" });
    const result = await readRest({ baseUrl: server.url, endpoint: { paginator } });
    expect(result).toMatchObject({ error: undefined, rows: idRows(1, 10) });
    expect(asked()).toEqual([0, 3, 6, 9].map((at) => `?offset=${String(at)}&limit=100`));
  });

  it("that come short before the total are filled up from where they ended (P4)", async () => {
    server = await serve(({ url }, response) => {
      const from = numberIn(url, "offset");
      const size = from === 4 ? 1 : 2;
      sendJson(response, { data: idRows(from + 1, Math.min(from + size, 11)), total: 11 });
    });
    const paginator = offset({ totalItemsPath: "total" });
    const result = await readRest({ baseUrl: server.url, endpoint: { paginator } });
    expect(result).toMatchObject({ error: undefined, rows: idRows(1, 11) });
    expect(asked()).toEqual(
      expect.arrayContaining(["?offset=5&limit=2", "?offset=7&limit=2", "?offset=9&limit=2"]),
    );
  });

  it("step by the size asked for, and are not filled up, with advance: size (P4)", async () => {
    server = await serve(({ url }, response) => {
      const from = numberIn(url, "offset");
      const data = idRows(from + 1, Math.min(from + 3, 9)).filter(({ id }) => id !== 5);
      sendJson(response, { data, total: 9 });
    });
    const paginator = offset({ limit: 3, advance: "size", totalItemsPath: "total" });
    const result = await readRest({ baseUrl: server.url, endpoint: { paginator } });
    expect(result).toMatchObject({ error: undefined, rows: idRows(1, 9).filter(({ id }) => id !== 5) });
    expect(asked()).toEqual([0, 3, 6].map((at) => `?offset=${String(at)}&limit=3`));
  });

  it("are those of page_number too, by a total of pages or of rows (P1)", async () => {
    for (const total of [{ totalPagesPath: "pages" }, { totalItemsPath: "total" }]) {
      const gate = gather(2);
      server = await serve(async ({ url }, response) => {
        const page = numberIn(url, "page");
        if (page > 1) await gate.arrive();
        sendJson(response, { data: idRows(page * 2 - 1, Math.min(page * 2, 9)), pages: 5, total: 9 });
      });
      const paginator = pageNumber(total);
      const result = await readRest({
        baseUrl: server.url,
        client: { concurrency: 2 },
        endpoint: { paginator },
      });
      expect(result).toMatchObject({ error: undefined, rows: idRows(1, 9) });
      expect(asked()).toEqual([1, 2, 3, 4, 5].map((page) => `?page=${String(page)}`));
      expect(gate.most()).toBe(2);
      await server.close();
    }
  });

  it("follow a total that grows, and say so (P1)", async () => {
    server = await serve(({ url }, response) => {
      const from = numberIn(url, "offset");
      const total = from < 4 ? 6 : 9;
      sendJson(response, { data: idRows(from + 1, Math.min(from + 2, 9)), total });
    });
    const paginator = offset({ totalItemsPath: "total" });
    const result = await readRest({ baseUrl: server.url, endpoint: { paginator } });
    expect(result).toMatchObject({ error: undefined, rows: idRows(1, 9) });
    expect(result.notices).toEqual(['info: total_items_path "total" changed from 6 to 9 on page 3']);
  });

  it("are not asked for beyond --limit or maximum_offset", async () => {
    server = await serve(({ url }, response) => {
      const from = numberIn(url, "offset");
      sendJson(response, { data: idRows(from + 1, from + 2), total: 1000 });
    });
    const limited = await readRest({
      baseUrl: server.url,
      limit: 5,
      endpoint: { paginator: offset({ totalItemsPath: "total" }) },
    });
    expect(limited.rows).toEqual(idRows(1, 5));
    expect(asked()).toEqual([0, 2, 4].map((at) => `?offset=${String(at)}&limit=2`));
    await server.close();
    server = await serve(({ url }, response) => {
      const from = numberIn(url, "offset");
      sendJson(response, { data: idRows(from + 1, from + 2), total: 1000 });
    });
    const paginator = offset({ totalItemsPath: "total", maximumOffset: 6 });
    const bounded = await readRest({ baseUrl: server.url, endpoint: { paginator } });
    expect(bounded).toMatchObject({ rows: idRows(1, 6), notices: ["info: stopped at maximum_offset 6"] });
    expect(asked()).toEqual([0, 2, 4].map((at) => `?offset=${String(at)}&limit=2`));
  });

  it("end what is under way when one fails, and the error is that of the page", async () => {
    let closed = 0;
    server = await serve(({ url }, response) => {
      const page = numberIn(url, "page");
      if (page === 2) sendJson(response, { message: "no" }, 422);
      else if (page === 1) sendJson(response, { data: idRows(1, 2), pages: 9 });
      else response.on("close", () => (closed += 1));
    });
    const result = await readRest({
      baseUrl: server.url,
      endpoint: { paginator: pageNumber({ totalPagesPath: "pages" }) },
    });
    expect(result.rows).toEqual(idRows(1, 2));
    expect(result.error?.message).toContain("422");
    expect(result.error?.message).toContain("page=2");
    const begun = server.requests.length - 2;
    expect(begun).toBeLessThanOrEqual(3);
    await expect.poll(() => closed).toBe(begun);
  });
});
