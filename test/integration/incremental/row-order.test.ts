import { describe, expect, test } from "vitest";
import { startApi } from "./start-api.js";

/** Pages of records with the cursors given, by `page` from 1. */
const pages =
  (cursors: readonly (readonly (number | null)[])[]) =>
  ({ searchParams }: URL): unknown => ({
    data: (cursors[Number(searchParams.get("page")) - 1] ?? []).map((n) => ({ id: n ?? -1, n })),
  });

const PAGED = "paginator: {type: page_number}";

describe("row_order (§3.1)", () => {
  test("desc stops at the first page with a row below the start, which is not the page that reaches it", async () => {
    let answer = pages([[10, 9], [8, 7], [6, 5], [4, 3], [2]]);
    const api = await startApi(
      `- {name: news, primary_key: id, ${PAGED}, incremental: {cursor_path: n, initial_value: 5, row_order: desc}}`,
      (url) => answer(url),
    );
    // Another row with the value 5 might stand on page 4.
    expect(await api.syncAsked()).toEqual(["/news?page=1", "/news?page=2", "/news?page=3", "/news?page=4"]);
    answer = pages([
      [12, 11],
      [10, 10],
      [10, 9],
      [8, 7],
    ]);
    expect(await api.syncAsked()).toEqual(["/news?page=1", "/news?page=2", "/news?page=3"]);
    expect(await api.rows("SELECT n FROM raw_api.news ORDER BY n")).toEqual(
      [5, 6, 7, 8, 9, 10, 11, 12].map((n) => [BigInt(n)]),
    );
  });

  test("desc takes the lag into account, and stops where the lag begins", async () => {
    const api = await startApi(
      `- {name: news, primary_key: id, ${PAGED}, incremental: {cursor_path: n, initial_value: 0, row_order: desc, lag: 3}}`,
      pages([[10, 9], [8, 7], [6, 5], []]),
    );
    await api.syncAsked();
    expect(await api.syncAsked()).toEqual(["/news?page=1", "/news?page=2", "/news?page=3"]);
  });

  test("asc stops at the first row at the end, behind it where the end is closed", async () => {
    const api = await startApi(
      `- {name: open, primary_key: id, ${PAGED}, incremental: {cursor_path: n, initial_value: 1, end_value: 4, row_order: asc}}
- {name: closed, primary_key: id, ${PAGED}, incremental: {cursor_path: n, initial_value: 1, end_value: 4, row_order: asc, range_end: closed}}`,
      pages([
        [1, 2],
        [3, 4],
        [4, 5],
        [6, 7],
      ]),
    );
    expect((await api.syncAsked()).sort()).toEqual([
      "/closed?page=1",
      "/closed?page=2",
      "/closed?page=3",
      "/open?page=1",
      "/open?page=2",
    ]);
    expect(await api.rows("SELECT n FROM raw_api.open ORDER BY n")).toEqual([[1n], [2n], [3n]]);
    expect(await api.rows("SELECT n FROM raw_api.closed ORDER BY n")).toEqual([[1n], [2n], [3n], [4n]]);
  });

  test("min reads the other way round: asc stops above the start", async () => {
    const api = await startApi(
      `- {name: news, primary_key: id, ${PAGED},
   incremental: {cursor_path: n, initial_value: 3, last_value_func: min, row_order: asc}}`,
      pages([
        [1, 2],
        [3, 4],
        [5, 6],
      ]),
    );
    expect(await api.syncAsked()).toEqual(["/news?page=1", "/news?page=2"]);
    expect(await api.rows("SELECT n FROM raw_api.news ORDER BY n")).toEqual([[1n], [2n], [3n]]);
  });

  test("without it every page is read, whatever the order", async () => {
    const api = await startApi(
      `- {name: news, primary_key: id, ${PAGED}, incremental: {cursor_path: n, initial_value: 8}}`,
      pages([[10, 9], [3, 4], [8]]),
    );
    expect(await api.syncAsked()).toHaveLength(4);
    expect(await api.rows("SELECT n FROM raw_api.news ORDER BY n")).toEqual([[8n], [9n], [10n]]);
  });

  test.each([
    {
      order: "desc",
      cursors: [
        [10, 7],
        [8, 3],
      ],
      places: "n is 7 in record 2 of page 1 and 8 in record 1 of page 2",
    },
    {
      order: "asc",
      cursors: [[6, 9, 8]],
      places: "n is 9 in record 2 of page 1 and 8 in record 3 of page 1",
    },
    // The page that ends reading is checked to its end.
    {
      order: "desc",
      cursors: [[10, 3, 7]],
      places: "n is 3 in record 2 of page 1 and 7 in record 3 of page 1",
    },
  ])(
    "$order that the API does not keep is an error that names both records, and nothing is loaded",
    async (broken) => {
      const api = await startApi(
        `- {name: news, primary_key: id, ${PAGED}, incremental: {cursor_path: n, initial_value: 5, row_order: ${broken.order}}}`,
        pages(broken.cursors),
      );
      const { error, exitCode } = (await api.sync()).resource("news");
      expect(exitCode).toBe(1);
      expect(error?.message).toBe(
        `api.news: the rows do not come in the order that row_order: ${broken.order} promises: ${broken.places}`,
      );
      expect(await api.cursors("news")).toBeUndefined();
    },
  );

  test("is watched in each chain for itself: windows and parents may each begin anew", async () => {
    const api = await startApi(
      `- {name: users, primary_key: id}
- {name: posts, path: "users/{resources.users.id}/posts", primary_key: id, ${PAGED},
   incremental: {cursor_path: n, initial_value: 0, row_order: desc, shared: true}}`,
      (url) => {
        if (url.pathname === "/users") return [{ id: 1 }, { id: 2 }];
        const first = url.pathname === "/users/1/posts" ? 20 : 40;
        return pages([[first + 2, first + 1], []])(url);
      },
    );
    await api.syncAsked();
    expect(await api.rows("SELECT n FROM raw_api.posts ORDER BY n")).toEqual([[21n], [22n], [41n], [42n]]);
  });

  test("passes over records without a cursor, which do not end reading", async () => {
    const api = await startApi(
      `- {name: news, primary_key: id, ${PAGED},
   incremental: {cursor_path: n, initial_value: 5, row_order: desc, on_cursor_value_missing: exclude}}`,
      pages([[10, null], [null, 6], [4]]),
    );
    expect(await api.syncAsked()).toHaveLength(3);
    expect(await api.rows("SELECT n FROM raw_api.news ORDER BY n")).toEqual([[6n], [10n]]);
  });
});
