import { describe, expect, it, onTestFinished } from "vitest";
import { paginators, RestClient, type PaginatorChoice } from "../../../src/sdk/index.js";
import { isDangoError } from "../../../src/shared/errors.js";
import { idRows } from "../../support/run-paginator.js";
import { sendJson, serve } from "../../support/serve.js";
import { readResource } from "../config/support.js";
import { describeRequest } from "../paging/read-in-turn.js";

/** Every option in TypeScript, and the paginator in YAML that means the same. */
const SAME: readonly (readonly [() => PaginatorChoice, string])[] = [
  [() => paginators.pageNumber(), "page_number"],
  [
    () => paginators.pageNumber({ param: "p", start: 0, page: 2, maximumPage: 9, size: 5, sizeParam: "n" }),
    "{type: page_number, param: p, start: 0, page: 2, maximum_page: 9, size: 5, size_param: n}",
  ],
  [
    () =>
      paginators.pageNumber({
        pageBodyPath: "a.b",
        size: 5,
        sizeBodyPath: "a.c",
        totalPath: "t",
        onRepeat: "end",
      }),
    "{type: page_number, page_body_path: a.b, size: 5, size_body_path: a.c, total_path: t, on_repeat: end}",
  ],
  [() => paginators.offset(), "offset"],
  [
    () =>
      paginators.offset({
        param: "o",
        start: 1,
        limit: 5,
        limitParam: "l",
        maximumOffset: 50,
        advance: "size",
      }),
    "{type: offset, param: o, start: 1, limit: 5, limit_param: l, maximum_offset: 50, advance: size}",
  ],
  [
    () => paginators.offset({ offsetBodyPath: "a", limit: 5, limitBodyPath: "b", totalItemsPath: "t" }),
    "{type: offset, offset_body_path: a, limit: 5, limit_body_path: b, total_items_path: t}",
  ],
  [
    () =>
      paginators.offset({
        totalItemsHeader: "T",
        totalPagesPath: "p",
        totalPagesHeader: "P",
        hasMorePath: "m",
        stopAfterEmptyPage: false,
        stopOnShortPage: true,
        endOnStatus: [404],
        onMissingPath: "end",
        maxEmptyPages: 3,
      }),
    "{type: offset, total_items_header: T, total_pages_path: p, total_pages_header: P, has_more_path: m, stop_after_empty_page: false, stop_on_short_page: true, end_on_status: 404, on_missing_path: end, max_empty_pages: 3}",
  ],
  [() => paginators.cursor(), "cursor"],
  [
    () =>
      paginators.cursor({
        cursorPath: "n",
        param: "c",
        start: "*",
        size: 5,
        sizeParam: "l",
        hasMorePath: "m",
        stopAfterEmptyPage: true,
      }),
    '{type: cursor, path: n, param: c, start: "*", size: 5, size_param: l, has_more_path: m, stop_after_empty_page: true}',
  ],
  [
    () => paginators.cursor({ lastRecord: "id", cursorBodyPath: "a", stopOnShortPage: true }),
    "{type: cursor, last_record: id, cursor_body_path: a, stop_on_short_page: true}",
  ],
  [() => paginators.cursor({ cursorHeader: "H" }), "{type: cursor, header: H}"],
  [() => paginators.cursor({ cursorPath: "n", merge: true }), "{type: cursor, path: n, merge: true}"],
  [
    () =>
      paginators.cursor({
        parts: [
          { path: "a", param: "b" },
          { header: "C", cursorBodyPath: "d" },
        ],
      }),
    "{type: cursor, parts: [{path: a, param: b}, {header: C, cursor_body_path: d}]}",
  ],
  [() => paginators.headerCursor(), "header_cursor"],
  [
    () => paginators.headerCursor({ cursorKey: "N", param: "c", start: 1, onMissingPath: "end" }),
    "{type: header_cursor, cursor_key: N, param: c, start: 1, on_missing_path: end}",
  ],
  [
    () => paginators.jsonLink({ nextUrlPath: "n", hasMorePath: "m" }),
    "{type: json_link, path: n, has_more_path: m}",
  ],
  [() => paginators.headerLink({ linksNextKey: "n" }), "{type: header_link, links_next_key: n}"],
  [() => paginators.singlePage(), "single_page"],
  [() => paginators.auto(), "auto"],
];

describe("paginators", () => {
  it.each(SAME.map(([make, yaml]) => [yaml, make] as const))("have %s of YAML", async (yaml, make) => {
    const { endpoint } = await readResource(`- {name: a, paginator: ${yaml}}`);

    expect(make().config).toEqual(endpoint.paginator);
  });

  it("refuse wrong options, and name the nearest one", () => {
    const wrong = (make: () => unknown): unknown => {
      try {
        make();
      } catch (error) {
        return isDangoError(error)
          ? { exitCode: error.exitCode, message: error.message, hint: error.hint }
          : error;
      }
      return undefined;
    };

    expect(wrong(() => paginators.cursor({ cursorPth: "a" } as object))).toMatchObject({
      exitCode: 2,
      message: "paginators.cursor: cursorPth: unknown key `cursorPth`",
      hint: "did you mean `cursorPath`?",
    });
    expect(wrong(() => paginators.cursor({ merge: true, parts: [{ path: "a", param: "b" }] }))).toMatchObject(
      {
        exitCode: 2,
      },
    );
    expect(wrong(() => paginators.custom("nextPage" as never))).toBeInstanceOf(TypeError);
  });
});

/** The pages of a list from a server that gives these answers in turn, and its requests. */
async function paginate(
  paginator: PaginatorChoice,
  answers: readonly (readonly [unknown, Record<string, string>?])[],
  settings: Omit<NonNullable<Parameters<RestClient["paginate"]>[1]>, "paginator"> = {},
): Promise<{ pages: unknown[][]; requests: string[] }> {
  const server = await serve((_, response) => {
    const [body, headers = {}] = answers[server.requests.length - 1] ?? [{ message: "too far" }];
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    sendJson(response, body);
  });
  onTestFinished(() => server.close());
  const pages: unknown[][] = [];
  for await (const page of new RestClient({ baseUrl: server.url }).paginate("/items", {
    ...settings,
    paginator,
  })) {
    pages.push(page);
  }
  return { pages, requests: server.requests.map(describeRequest) };
}

describe("RestClient.paginate", () => {
  it("takes the cursor of a header", async () => {
    const read = await paginate(paginators.headerCursor({ cursorKey: "X-Next", param: "p" }), [
      [idRows(1, 2), { "X-Next": "2" }],
      [idRows(3, 3)],
    ]);

    expect(read).toEqual({ pages: [idRows(1, 2), idRows(3, 3)], requests: ["GET /items", "GET /items?p=2"] });
  });

  it("merges a cursor into the body (P7)", async () => {
    const read = await paginate(
      paginators.cursor({ cursorPath: "last", merge: true, cursorBodyPath: "from" }),
      [[{ items: idRows(1, 1), last: { a: 1, b: "x" } }], [{ items: idRows(2, 2) }]],
      { method: "POST", json: { q: "{not a placeholder}" } },
    );

    expect(read.pages).toEqual([idRows(1, 1), idRows(2, 2)]);
    expect(read.requests).toEqual([
      'POST /items {"q":"{not a placeholder}"}',
      'POST /items {"q":"{not a placeholder}","from":{"a":1,"b":"x"}}',
    ]);
  });

  it("sends a cursor of several parts (P7)", async () => {
    const parts = [
      { header: "X-Next-A", param: "a" },
      { path: "meta.b", param: "b" },
    ];
    const read = await paginate(
      paginators.cursor({ parts }),
      [[{ items: idRows(1, 1), meta: { b: 7 } }, { "X-Next-A": "x" }], [{ items: idRows(2, 2) }]],
      { params: { q: 1 } },
    );

    expect(read.requests).toEqual(["GET /items?q=1", "GET /items?q=1&a=x&b=7"]);
  });

  it("asks a function for what comes next, in headers, URL and params", async () => {
    const seen: unknown[] = [];
    const read = await paginate(
      paginators.custom(async ({ page, rows, lastRecord, json, previous }) => {
        seen.push([page, rows, lastRecord, previous]);
        await Promise.resolve();
        const { token } = json() as { token?: string };
        return token === undefined
          ? null
          : { url: `/items/${token}`, headers: { "X-Token": token }, params: { page } };
      }),
      [[{ items: idRows(1, 2), token: "a" }], [{ items: idRows(3, 3) }]],
      { headers: { "X-Token": "first" } },
    );

    expect(read).toEqual({
      pages: [idRows(1, 2), idRows(3, 3)],
      requests: ["GET /items x-token: first", "GET /items/a?page=1 x-token: a"],
    });
    expect(seen).toEqual([
      [1, 2, { id: 2 }, undefined],
      [2, 1, { id: 3 }, { url: "/items/a", headers: { "X-Token": "a" }, params: { page: 1 } }],
    ]);
  });

  it("sends one value of a function where the options say", async () => {
    const after = paginators.custom(
      ({ rows, lastRecord }) => rows === 2 && (lastRecord as { id: number }).id,
      {
        param: "after",
        start: 0,
      },
    );
    const read = await paginate(after, [[idRows(1, 2)], [idRows(3, 3)]]);

    expect(read.requests).toEqual(["GET /items?after=0", "GET /items?after=2"]);
  });

  it("ends a list whose function leads back (P5)", async () => {
    const reading = paginate(
      paginators.custom(() => ({ params: { again: true } })),
      [[idRows(1, 1)], [idRows(2, 2)]],
    );

    await expect(reading).rejects.toThrow('it leads to {"params":{"again":true}}, which was used before');
  });

  it("begins with a page other than the first, and counts the total from the first (P1)", async () => {
    const read = await paginate(paginators.pageNumber({ page: 3, totalPath: "pages" }), [
      [{ items: idRows(1, 1), pages: 4 }],
      [{ items: idRows(2, 2), pages: 4 }],
    ]);

    expect(read.requests).toEqual(["GET /items?page=3", "GET /items?page=4"]);
  });
});
