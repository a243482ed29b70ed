import { describe, expect, it } from "vitest";
import { cursor } from "../../../../test/support/paginator-configs.js";
import { idRows, runPaginator, type PageAnswer } from "../../../../test/support/run-paginator.js";
import { createCursorPaginator } from "./cursor-paginator.js";

const page = (data: unknown[], rest: object = {}): PageAnswer => ({ body: { data, ...rest } });

function run(config: Parameters<typeof cursor>[0], answers: PageAnswer[]): ReturnType<typeof runPaginator> {
  return runPaginator(createCursorPaginator(cursor(config)), answers);
}

describe("cursor", () => {
  it("hands the body's cursor to the next request until there is none", () => {
    const answers = [page(idRows(1, 1), { next_cursor: "a b" }), page(idRows(2, 2), { next_cursor: null })];
    expect(run({}, answers)).toEqual({
      requests: ["/items", "/items?cursor=a%20b"],
      outcome: "end: next_cursor is null",
      notices: [],
    });
  });

  it.each([
    [{}, "end: no next_cursor"],
    [{ next_cursor: "" }, "end: next_cursor is empty"],
    [{ next_cursor: 0 }, "end: next_cursor is 0"],
    [{ next_cursor: false }, "end: next_cursor is false"],
  ])("ends at %j", (rest, outcome) => {
    expect(run({}, [page(idRows(1, 1), rest)]).outcome).toBe(outcome);
  });

  it("goes on after an empty page: some servers filter after cutting pages", () => {
    const answers = [page([], { next_cursor: "b" }), page(idRows(1, 1), {})];
    expect(run({}, answers).requests).toEqual(["/items", "/items?cursor=b"]);
  });

  it("ends after an empty page with stop_after_empty_page", () => {
    expect(run({ stopAfterEmptyPage: true }, [page([], { next_cursor: "b" })]).outcome).toBe(
      "end: an empty page",
    );
  });

  it("takes a nested cursor, and sends start and size with the first request", () => {
    const config = {
      cursorPath: "paging.next.after",
      start: "s0",
      size: 5,
      sizeTarget: { in: "query", name: "limit" },
    } as const;
    expect(run(config, [page(idRows(1, 1), { paging: { next: { after: "x" } } })]).requests).toEqual([
      "/items?cursor=s0&limit=5",
      "/items?cursor=x&limit=5",
    ]);
  });

  it("takes the cursor from a header", () => {
    const answers = [{ body: idRows(1, 1), headers: { "x-next": "n1" } }, { body: idRows(2, 2) }];
    expect(run({ cursorPath: undefined, cursorHeader: "X-Next" }, answers)).toMatchObject({
      requests: ["/items", "/items?cursor=n1"],
      outcome: "end: no header X-Next",
    });
  });

  it("sends a cursor beyond 2^53 with all its digits", () => {
    const paginator = createCursorPaginator(cursor());
    paginator.first();
    const records = {
      rows: 1,
      chosen: "data",
      envelope: { data: [], next_cursor: 12345678901234567890n },
      lastRecord: () => undefined,
      sameRecordsAs: () => false,
    };
    const request = {
      method: "GET",
      url: new URL("https://api.test"),
      headers: {},
      json: undefined,
    } as const;
    const view = { url: request.url, records, previous: undefined };
    expect(paginator.next({ number: 1, request, status: 200, headers: {}, ...view })).toEqual({
      kind: "next",
      step: {
        values: { cursor: 12345678901234567890n },
        tokens: [{ target: { in: "query", name: "cursor" }, value: 12345678901234567890n }],
        label: "cursor 12345678901234567890",
      },
    });
  });

  it("ends where has_more_path is false though a cursor is there", () => {
    const answers = [page(idRows(1, 1), { next_cursor: "b", has_more: false })];
    expect(run({ hasMorePath: "has_more" }, answers).outcome).toBe("end: has_more is false");
  });

  it("P5: has_more true with a null cursor is an error", () => {
    const answers = [page(idRows(1, 1), { next_cursor: null, has_more: true })];
    expect(run({ hasMorePath: "has_more" }, answers)).toMatchObject({
      outcome: "stuck: has_more promises more, but there is no cursor (next_cursor) to ask for it with",
      hint: "Correct cursor_path or has_more_path.",
    });
  });

  it("refuses a cursor that is an object", () => {
    expect(run({}, [page(idRows(1, 1), { next_cursor: { a: 1 } })]).outcome).toBe(
      'stuck: next_cursor holds {"a":1}, which is no cursor',
    );
  });

  it("P13: a cursor path that is missing on page 1 is an error where another sign of more is", () => {
    const answers = [page(idRows(1, 1), { meta: { next_token: "abc" } })];
    expect(run({ cursorPath: "meta.next" }, answers)).toMatchObject({
      outcome:
        'stuck: the declared cursor_path "meta.next" is missing, yet more pages seem to follow: meta.next_token is "abc"',
    });
    expect(run({ cursorPath: "meta.next", onMissingPath: "end" }, answers).outcome).toBe("end: no meta.next");
  });

  it("P13: a has-more path that is missing on page 1 is an error where a cursor is", () => {
    const answers = [page(idRows(1, 1), { cursors: { after: "abc" } })];
    expect(run({ cursorPath: "cursors.after", hasMorePath: "more" }, answers).outcome).toBe(
      'stuck: the declared has_more_path "more" is missing, yet more pages seem to follow: there is a cursor "abc"',
    );
  });

  it("refuses a has-more flag that is none", () => {
    expect(run({ hasMorePath: "m" }, [page(idRows(1, 1), { m: [1] })]).outcome).toBe(
      'stuck: has_more_path "m" holds [1], which is neither true nor false',
    );
  });
});

describe("cursor of the last record", () => {
  const config = {
    cursorPath: undefined,
    lastRecord: "id",
    target: { in: "query", name: "starting_after" },
  } as const;

  it("P8: ends at has_more_path", () => {
    const answers = [page(idRows(1, 2), { has_more: true }), page(idRows(3, 4), { has_more: false })];
    expect(run({ ...config, hasMorePath: "has_more" }, answers)).toMatchObject({
      requests: ["/items", "/items?starting_after=2"],
      outcome: "end: has_more is false",
    });
  });

  it("P8: ends at an empty page", () => {
    expect(run(config, [page(idRows(1, 2)), page([])])).toMatchObject({
      requests: ["/items", "/items?starting_after=2"],
      outcome: "end: an empty page",
    });
  });

  it("P8: ends at a short page with stop_on_short_page", () => {
    expect(run({ ...config, stopOnShortPage: true }, [page(idRows(1, 2)), page(idRows(3, 3))])).toMatchObject(
      {
        outcome: "end: a short page",
      },
    );
  });

  it("P8: ends at a page with nothing but the record that it started from", () => {
    expect(run(config, [page(idRows(1, 2)), page(idRows(2, 3)), page(idRows(3, 3))])).toMatchObject({
      requests: ["/items", "/items?starting_after=2", "/items?starting_after=3"],
      outcome: "end: a page with nothing but the record that it started from",
    });
  });

  it("P5: has_more true with an empty page is an error", () => {
    expect(run({ ...config, hasMorePath: "more" }, [page([], { more: true })]).outcome).toBe(
      "stuck: more promises more, but there is no cursor (id of the last record) to ask for it with",
    );
  });

  it("names the keys where the last record lacks the field", () => {
    expect(run({ ...config, lastRecord: "key" }, [page([{ id: 1, name: "x" }])])).toMatchObject({
      outcome: 'stuck: the last record has no "key" to ask for the next page with; it has id, name',
      hint: "Let last_record name a field that every record has.",
    });
  });
});

describe("a cursor that is an object (merge)", () => {
  const continued = (members: object): PageAnswer => page(idRows(1, 1), { continue: members });
  const merged = { cursorPath: "continue", merge: true } as const;

  it("is sent member by member; those that the next one lacks are dropped (P7)", () => {
    const answers = [
      continued({ from: "B|2", token: 7 }),
      continued({ token: 8, gone: null }),
      page(idRows(3, 3)),
    ];
    expect(run(merged, answers)).toEqual({
      requests: ["/items", "/items?from=B%7C2&token=7", "/items?token=8"],
      outcome: "end: no continue",
      notices: [],
    });
    expect(createCursorPaginator(cursor(merged)).describe()).toBe("cursor (continue, merged)");
  });

  it("keeps the resource's own parameters, and replaces those of its names", () => {
    const paginator = createCursorPaginator(cursor(merged));
    const answers = [continued({ from: 2 }), page([])];
    expect(runPaginator(paginator, answers, { params: { q: "x", from: 0 } }).requests).toEqual([
      "/items?q=x&from=0",
      "/items?q=x&from=2",
    ]);
  });

  it("goes below a path of the body, nested members and all", () => {
    const target = { in: "body", path: "page" } as const;
    const spec = { method: "POST", json: { q: 1 } } as const;
    const answers = [continued({ key: { id: 5 }, "a.b": [1] }), page([])];
    expect(
      runPaginator(createCursorPaginator(cursor({ ...merged, target })), answers, spec).requests[1],
    ).toBe('POST /items {"q":1,"page":{"key":{"id":5},"a.b":[1]}}');
  });

  it.each([
    [{ deep: { a: 1 } }, 'continue.deep holds {"a":1}, which is no cursor'],
    ["text", 'continue holds "text", which is no cursor'],
  ])("that holds %j cannot be sent in a query", (value, problem) => {
    expect(run(merged, [page(idRows(1, 1), { continue: value })]).outcome).toBe(`stuck: ${problem}`);
  });

  it.each([
    [{}, "continue is empty"],
    [null, "continue is null"],
  ])("ends where it is %j", (value, reason) => {
    expect(run(merged, [page(idRows(1, 1), { continue: value })]).outcome).toBe(`end: ${reason}`);
  });
});

describe("a cursor of several parts", () => {
  const parts = [
    { header: "X-Next-A", target: { in: "query", name: "a" } },
    { path: "meta.b", target: { in: "query", name: "b" } },
  ] as const;
  const several = { cursorPath: undefined, parts };
  const answer = (a: string | undefined, b: unknown): PageAnswer => ({
    body: { data: idRows(1, 1), meta: { b } },
    headers: a === undefined ? {} : { "x-next-a": a },
  });

  it("sends each; those that a page lacks are dropped, and none is the end (P7)", () => {
    expect(run(several, [answer("x", 1), answer("y", null), answer(undefined, null)])).toEqual({
      requests: ["/items", "/items?a=x&b=1", "/items?a=y"],
      outcome: "end: no part of the cursor",
      notices: [],
    });
    expect(createCursorPaginator(cursor(several)).describe()).toBe(
      "cursor (header X-Next-A into a, meta.b into b)",
    );
  });

  it("that are all missing while another sign says that more follows are an error (P13)", () => {
    const first = page(idRows(1, 1), { next_page: "/items?page=2" });
    expect(run(several, [first]).outcome).toBe(
      'stuck: the declared parts (header X-Next-A, meta.b) is missing, yet more pages seem to follow: next_page is "/items?page=2"',
    );
  });
});

describe("last_record of several values", () => {
  it("goes into the body as it is: a list for search_after", () => {
    const target = { in: "body", path: "search_after" } as const;
    const config = { lastRecord: "sort", cursorPath: undefined, target };
    const hits = [{ id: 1, sort: [17, "a"] }];
    const spec = { method: "POST", json: { size: 1 } } as const;
    const paginator = createCursorPaginator(cursor(config));
    expect(runPaginator(paginator, [page(hits), page([])], spec)).toMatchObject({
      requests: ['POST /items {"size":1}', 'POST /items {"size":1,"search_after":[17,"a"]}'],
      outcome: "end: an empty page",
    });
  });
});
