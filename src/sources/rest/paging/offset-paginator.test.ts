import { describe, expect, it } from "vitest";
import { offset } from "../../../../test/support/paginator-configs.js";
import { idRows, runPaginator, type PageAnswer } from "../../../../test/support/run-paginator.js";
import { createOffsetPaginator } from "./offset-paginator.js";

const page = (data: unknown[], rest: object = {}): PageAnswer => ({ body: { data, ...rest } });

function run(config: Parameters<typeof offset>[0], answers: PageAnswer[]): ReturnType<typeof runPaginator> {
  return runPaginator(createOffsetPaginator(offset(config)), answers);
}

describe("offset", () => {
  it("steps until a page is empty, without a total", () => {
    expect(run({}, [page(idRows(1, 2)), page(idRows(3, 3)), page([])])).toEqual({
      requests: ["/items?offset=0&limit=2", "/items?offset=2&limit=2", "/items?offset=3&limit=2"],
      outcome: "end: an empty page",
      notices: [],
    });
  });

  it("P3: steps by the rows received where the server lowers the limit in silence", () => {
    const answers = [page(idRows(1, 3)), page(idRows(4, 6)), page([])];
    expect(run({ limit: 100 }, answers).requests).toEqual([
      "/items?offset=0&limit=100",
      "/items?offset=3&limit=100",
      "/items?offset=6&limit=100",
    ]);
  });

  it("P3: advance: size steps by the size asked for", () => {
    const answers = [page(idRows(1, 1)), page(idRows(3, 4)), page([])];
    expect(run({ advance: "size" }, answers).requests).toEqual([
      "/items?offset=0&limit=2",
      "/items?offset=2&limit=2",
      "/items?offset=4&limit=2",
    ]);
  });

  it("P3: after a short page, one that begins with the records that it ended with is no progress", () => {
    const answers = [page(idRows(1, 3)), page(idRows(3, 6))];
    expect(run({ limit: 4 }, answers)).toMatchObject({
      outcome:
        "stuck: after a page shorter than limit 4, this one begins with the 1 record that it ended with",
      hint: "The API seems to filter rows after cutting pages: set advance: size, so that offsets step by the limit.",
    });
  });

  it("P3: after a full page such an overlap is rows that moved: the chain goes on", () => {
    const answers = [page(idRows(1, 3)), page(idRows(3, 5))];
    expect(run({ limit: 3 }, answers).requests).toEqual([
      "/items?offset=0&limit=3",
      "/items?offset=3&limit=3",
      "/items?offset=6&limit=3",
    ]);
  });

  it("P1: takes total_path for a number of rows", () => {
    const answers = [page(idRows(1, 2), { total: 3 }), page(idRows(3, 3), { total: 3 })];
    expect(run({ totalPath: "total" }, answers)).toMatchObject({
      requests: ["/items?offset=0&limit=2", "/items?offset=2&limit=2"],
      outcome: 'end: total_path "total" is reached',
    });
  });

  it("P1: checks a total of rows that would end the chain after a full first page", () => {
    const answers = [
      page(idRows(1, 2), { total: 2 }),
      page(idRows(3, 4), { total: 2 }),
      page([], { total: 0 }),
    ];
    expect(run({ totalPath: "total" }, answers)).toMatchObject({
      requests: ["/items?offset=0&limit=2", "/items?offset=2&limit=2", "/items?offset=4&limit=2"],
      outcome: "end: an empty page",
    });
  });

  it("P1: maximum_offset is exclusive, a normal end, and told", () => {
    expect(run({ maximumOffset: 4 }, [page(idRows(1, 2)), page(idRows(3, 4))])).toEqual({
      requests: ["/items?offset=0&limit=2", "/items?offset=2&limit=2"],
      outcome: "end: maximum_offset 4",
      notices: ["info: stopped at maximum_offset 4"],
    });
  });

  it("P2: an empty page is an error while the total promises more", () => {
    const answers = [page(idRows(1, 2), { total: 4 }), page([], { total: 4 })];
    expect(run({ totalPath: "total" }, answers).outcome).toBe(
      'stuck: the page is empty after 2 rows, but total_path "total" promises 4 rows',
    );
  });

  it("P3: with stop_after_empty_page: false an empty page is stepped over by the limit", () => {
    const answers = [
      page(idRows(1, 2), { total: 6 }),
      page([], { total: 6 }),
      page(idRows(5, 6), { total: 6 }),
    ];
    expect(run({ totalPath: "total", stopAfterEmptyPage: false }, answers)).toMatchObject({
      requests: ["/items?offset=0&limit=2", "/items?offset=2&limit=2", "/items?offset=4&limit=2"],
      outcome: 'end: total_path "total" is reached',
    });
  });

  it("cannot step over an empty page without a limit", () => {
    const answers = [page([], { more: true })];
    expect(run({ limit: undefined, hasMorePath: "more", stopAfterEmptyPage: false }, answers)).toMatchObject({
      requests: ["/items?offset=0"],
      outcome: "stuck: the page is empty, and without a limit nothing tells how far to step over it",
    });
  });

  it("sends offset and limit in the body, beside what is there", () => {
    const config = {
      target: { in: "body", path: "page.from" },
      limitTarget: { in: "body", path: "page.size" },
    } as const;
    const paginator = createOffsetPaginator(offset(config));
    const spec = { method: "POST", json: { q: "x", page: { sort: "id" } } } as const;
    expect(runPaginator(paginator, [page(idRows(1, 2))], spec).requests).toEqual([
      'POST /items {"q":"x","page":{"sort":"id","from":0,"size":2}}',
      'POST /items {"q":"x","page":{"sort":"id","from":2,"size":2}}',
    ]);
  });
});
