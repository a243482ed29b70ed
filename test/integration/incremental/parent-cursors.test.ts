import { describe, expect, test } from "vitest";
import type { SourceConfig } from "../../../src/config/project.js";
import { applyState, planState, type StateEdit } from "../../../src/engine/pipelines/change-state.js";
import { startApi, type IncrementalProject } from "./start-api.js";

interface Post {
  readonly id: number;
  readonly at: unknown;
  readonly [member: string]: unknown;
}

/** `/users` gives the users with these ids, `/users/1/posts` the posts of one from `since` on, whatever kind that is. */
function blog(posts: Record<string, Post[]>, isKept = (at: unknown, since: string) => String(at) >= since) {
  return ({ pathname, searchParams }: URL): unknown => {
    if (pathname === "/users") return Object.keys(posts).map((id) => ({ id: Number(id), name: `u${id}` }));
    const since = searchParams.get("since") ?? "";
    return posts[pathname.split("/")[2] ?? ""]?.filter(({ at }) => isKept(at, since)) ?? 404;
  };
}

const USERS = "- {name: users, primary_key: id}";
const child = (incremental: string, keys = "primary_key: id"): string =>
  `${USERS}\n- {name: posts, path: "users/{resources.users.id}/posts", ${keys}, incremental: {cursor_path: at, ${incremental}}}`;

const sorted = async (api: IncrementalProject): Promise<string[]> =>
  (await api.syncAsked()).filter((url) => url.includes("/posts")).sort();
const ids = async (api: IncrementalProject): Promise<unknown[]> =>
  (await api.rows("SELECT id FROM raw_api.posts ORDER BY id")).map(([id]) => Number(id));
const stored = (api: IncrementalProject): Promise<unknown[][]> =>
  api.rows(
    "SELECT resource, cursor_path, parent, last_value FROM raw_api._dango_parent_cursors ORDER BY ALL",
  );

describe("a child's cursor (I4)", () => {
  test("is kept for each value of its parent: none misses what came late, new ones begin at initial_value", async () => {
    const posts: Record<string, Post[]> = {
      1: [
        { id: 10, at: "2024-01-05" },
        { id: 11, at: "2024-02-01" },
      ],
      2: [{ id: 20, at: "2024-01-02" }],
    };
    const api = await startApi(child('initial_value: "2024-01-01", start_param: since'), blog(posts));
    expect(await sorted(api)).toEqual(["/users/1/posts?since=2024-01-01", "/users/2/posts?since=2024-01-01"]);
    expect(await stored(api)).toEqual([
      ["posts", "at", '{"users.id":"1"}', '"2024-02-01"'],
      ["posts", "at", '{"users.id":"2"}', '"2024-01-02"'],
    ]);

    // Before the newest of user 1, and before the start of user 2, which is dropped.
    posts[2] = [
      { id: 20, at: "2024-01-02" },
      { id: 21, at: "2024-01-20" },
    ];
    posts[3] = [{ id: 30, at: "2024-01-03" }];
    expect(await sorted(api)).toEqual([
      "/users/1/posts?since=2024-02-01",
      "/users/2/posts?since=2024-01-02",
      "/users/3/posts?since=2024-01-01",
    ]);
    expect(await ids(api)).toEqual([10, 11, 20, 21, 30]);
    expect(await sorted(api)).toEqual([
      "/users/1/posts?since=2024-02-01",
      "/users/2/posts?since=2024-01-20",
      "/users/3/posts?since=2024-01-03",
    ]);
    expect(await api.cursors("posts")).toEqual({});
  });

  test("stays for a parent that disappears, which loses no row when it comes back", async () => {
    const posts: Record<string, Post[]> = { 1: [{ id: 10, at: 5 }], 2: [{ id: 20, at: 100 }] };
    const api = await startApi(
      child("initial_value: 0, start_param: since"),
      blog(posts, (at, since) => Number(at) >= Number(since)),
    );
    await api.syncAsked();
    const gone = posts[1] ?? [];
    delete posts[1];
    posts[2]?.push({ id: 21, at: 200 });
    expect(await sorted(api)).toEqual(["/users/2/posts?since=100"]);
    posts[1] = [...gone, { id: 11, at: 6 }];
    expect(await sorted(api)).toEqual(["/users/1/posts?since=5", "/users/2/posts?since=200"]);
    expect(await ids(api)).toEqual([10, 11, 20, 21]);
  });

  test("drops what lies below each parent's own start, though the API sends everything, and counts it", async () => {
    const posts: Record<string, Post[]> = {
      1: [
        { id: 10, at: 5 },
        { id: 11, at: 9 },
      ],
      2: [{ id: 20, at: 2 }],
    };
    const api = await startApi(
      child("initial_value: 0"),
      blog(posts, () => true),
    );
    await api.sync();
    posts[1] = [{ id: 12, at: 8 }];
    posts[2] = [{ id: 22, at: 8 }];
    const report = await api.sync();
    const told = report.resource("posts");
    expect(told.tables[0]).toMatchObject({ fetched: 2, inserted: 1, discarded: 1 });
    expect(told.leftOut).toEqual([
      { reason: "before_start", rows: 1, range: "before the value of their parent" },
    ]);
    expect(await ids(api)).toEqual([10, 11, 20, 22]);
  });

  test("with append adds each row once over three runs, lag and equal rows of two parents included (I2)", async () => {
    const posts: Record<string, Post[]> = {
      1: [
        { id: 1, at: 10 },
        { id: 2, at: 12 },
      ],
      2: [{ id: 1, at: 10 }],
    };
    const api = await startApi(
      child("initial_value: 0, start_param: since, lag: 2", "include_from_parent: [name]"),
      blog(posts, (at, since) => Number(at) >= Number(since)),
    );
    await api.syncAsked();
    // Late within the lag of user 1; for user 3 the same row as one of user 1 is new.
    posts[1]?.push({ id: 3, at: 10 });
    posts[2]?.push({ id: 2, at: 12 });
    posts[3] = [{ id: 1, at: 10 }];
    expect(await sorted(api)).toEqual([
      "/users/1/posts?since=10",
      "/users/2/posts?since=8",
      "/users/3/posts?since=0",
    ]);
    expect(await sorted(api)).toEqual([
      "/users/1/posts?since=10",
      "/users/2/posts?since=10",
      "/users/3/posts?since=8",
    ]);
    expect(await api.rows('SELECT _users_name, id, "at" FROM raw_api.posts ORDER BY ALL')).toEqual([
      ["u1", 1n, 10n],
      ["u1", 2n, 12n],
      ["u1", 3n, 10n],
      ["u2", 1n, 10n],
      ["u2", 2n, 12n],
      ["u3", 1n, 10n],
    ]);
  });

  test("compares instants in any spelling, is stored as it is spelled, and keeps all digits of numbers (I1)", async () => {
    const posts: Record<string, string> = {
      1: '[{"id":1,"at":"2024-01-01T01:00:00+02:00"},{"id":2,"at":"2023-12-31T23:30:00Z"}]',
      2: '[{"id":3,"at":"2024-01-01"}]',
    };
    const api = await startApi(
      `${child("start_param: since")}
- {name: big, path: "users/{resources.users.id}/big", primary_key: id, incremental: {cursor_path: seq, start_param: since}}`,
      ({ pathname }) => {
        if (pathname === "/users") return [{ id: 1 }, { id: 2 }];
        const user = pathname.split("/")[2] ?? "";
        if (pathname.endsWith("big")) return Buffer.from(`[{"id":${user},"seq":900719925474099${user}}]`);
        return Buffer.from(posts[user] ?? "");
      },
    );
    await api.syncAsked();
    expect((await api.syncAsked()).slice(1).sort()).toEqual([
      "/users/1/big?since=9007199254740991",
      "/users/1/posts?since=2023-12-31T23:30:00Z",
      "/users/2/big?since=9007199254740992",
      "/users/2/posts?since=2024-01-01",
    ]);
  });

  test("reads windows up to now from each parent's own start (I6)", async () => {
    const posts: Record<string, Post[]> = { 1: [{ id: 10, at: "2024-01-03" }], 2: [] };
    const api = await startApi(
      child(
        'initial_value: "2024-01-01", start_param: since, end_param: until, step: 2d',
        "primary_key: id, concurrency: 1",
      ),
      blog(posts),
      { nowMs: Date.UTC(2024, 0, 4) },
    );
    await api.syncAsked();
    posts[2] = [{ id: 20, at: "2024-01-02" }];
    expect(await sorted(api)).toEqual([
      "/users/1/posts?since=2024-01-03&until=2024-01-05",
      "/users/2/posts?since=2024-01-01&until=2024-01-03",
      "/users/2/posts?since=2024-01-03&until=2024-01-05",
    ]);
    expect(await ids(api)).toEqual([10, 20]);
  });

  test("stops early at each parent's own start (row_order)", async () => {
    const posts: Record<string, Post[]> = { 1: [], 2: [] };
    const page = ({ pathname, searchParams }: URL): unknown => {
      if (pathname === "/users") return [{ id: 1 }, { id: 2 }];
      const at = Number(searchParams.get("page")) - 1;
      return { data: posts[pathname.split("/")[2] ?? ""]?.slice(at, at + 1) ?? [] };
    };
    const api = await startApi(
      `${USERS}
- name: posts
  path: users/{resources.users.id}/posts
  primary_key: id
  paginator: {type: page_number}
  incremental: {cursor_path: at, row_order: desc}`,
      page,
    );
    posts[1] = [9, 8, 7].map((at) => ({ id: at, at }));
    posts[2] = [3, 2, 1].map((at) => ({ id: at, at }));
    await api.syncAsked();
    expect((await sorted(api)).filter((url) => url.startsWith("/users/1"))).toEqual([
      "/users/1/posts?page=1",
      "/users/1/posts?page=2",
    ]);
    posts[2].unshift({ id: 4, at: 4 });
    expect((await sorted(api)).filter((url) => url.startsWith("/users/2"))).toEqual([
      "/users/2/posts?page=1",
      "/users/2/posts?page=2",
      "/users/2/posts?page=3",
    ]);
    expect(await ids(api)).toEqual([1, 2, 3, 4, 7, 8, 9]);
  });

  test("does not narrow what its own children see: all is read, and only what is new is loaded", async () => {
    const posts: Record<string, Post[]> = { 1: [{ id: 10, at: 5 }], 2: [{ id: 20, at: 7 }] };
    const api = await startApi(
      `${child("initial_value: 0, start_param: since")}
- {name: likes, path: "posts/{resources.posts.id}/likes", primary_key: id}`,
      (url) =>
        url.pathname.endsWith("/likes")
          ? [{ id: url.pathname }]
          : blog(posts, (at, since) => Number(at) >= Number(since))(url),
    );
    await api.sync();
    api.asked();
    const report = await api.sync();
    expect(api.asked().slice(1).sort()).toEqual([
      "/posts/10/likes",
      "/posts/20/likes",
      "/users/1/posts?since=0",
      "/users/2/posts?since=0",
    ]);
    expect(report.resource("posts").tables[0]).toMatchObject({ fetched: 2, inserted: 0, unchanged: 2 });
  });

  test("belongs to the combination of values that a grandchild is asked for with", async () => {
    const api = await startApi(
      `${USERS}
- {name: posts, path: "users/{resources.users.id}/posts", primary_key: [user, id]}
- name: likes
  path: users/{resources.users.id}/posts/{resources.posts.id}/likes
  primary_key: [user, post, n]
  incremental: {cursor_path: n, initial_value: 0, start_param: since}`,
      ({ pathname }) => {
        const [, , user, , post] = pathname.split("/").map(Number);
        if (pathname === "/users") return [{ id: 1 }, { id: 2 }];
        if (pathname.endsWith("/posts")) return [{ user, id: 7 }];
        return [{ user, post, n: (user ?? 0) * 10 }];
      },
    );
    await api.syncAsked();
    expect(await stored(api)).toEqual([
      ["likes", "n", '{"posts.id":"7","users.id":"1"}', "10"],
      ["likes", "n", '{"posts.id":"7","users.id":"2"}', "20"],
    ]);
    expect((await api.syncAsked()).filter((url) => url.includes("likes")).sort()).toEqual([
      "/users/1/posts/7/likes?since=10",
      "/users/2/posts/7/likes?since=20",
    ]);
  });
});

describe("the rows of each parent", () => {
  test("are told apart behind steps that drop and multiply them, which hold no cursor back (I5)", async () => {
    const posts: Record<string, Post[]> = {
      1: [
        { id: 10, at: 1, lines: ["a", "b"] },
        { id: 11, at: 9, lines: [], hidden: true },
      ],
      2: [
        { id: 20, at: 4, lines: [], hidden: true },
        { id: 21, at: 2, lines: ["c"] },
      ],
      3: [{ id: 30, at: 3, lines: [], hidden: true }],
    };
    const api = await startApi(
      `${USERS}
- name: posts
  path: users/{resources.users.id}/posts
  primary_key: [id, line]
  incremental: {cursor_path: meta.at, initial_value: 0, start_param: since}
  processing_steps:
    - map: {function: "custom_sources.clean:nest"}
    - filter: "hidden IS NULL"
    - yield_map: {function: "custom_sources.clean:split"}`,
      blog(posts, (at, since) => Number(at) >= Number(since)),
      {
        files: {
          "custom_sources/clean.ts": `
export const nest = ({ at, ...rest }: Record<string, unknown>) => ({ ...rest, meta: { at } });
export function* split({ lines, ...rest }: { lines: string[] }) {
  for (const line of lines) yield { ...rest, line };
}`,
        },
      },
    );
    await api.syncAsked();
    expect((await stored(api)).map(([, , parent, value]) => [parent, value])).toEqual([
      ['{"users.id":"1"}', "9"],
      ['{"users.id":"2"}', "4"],
      ['{"users.id":"3"}', "3"],
    ]);
    posts[3]?.push({ id: 31, at: 3, lines: ["d", "e"] });
    expect(await sorted(api)).toEqual([
      "/users/1/posts?since=9",
      "/users/2/posts?since=4",
      "/users/3/posts?since=3",
    ]);
    expect(await api.rows("SELECT id, line FROM raw_api.posts ORDER BY ALL")).toEqual([
      [10n, "a"],
      [10n, "b"],
      [21n, "c"],
      [31n, "d"],
      [31n, "e"],
    ]);
  });

  test("are told apart where a contract discards some of them", async () => {
    const posts: Record<string, Post[]> = { 1: [{ id: 10, at: 1, n: 1 }], 2: [{ id: 20, at: 1, n: 1 }] };
    const api = await startApi(
      child("initial_value: 0", "primary_key: id, schema_contract: {data_type: discard_row}"),
      blog(posts, () => true),
    );
    await api.sync();
    posts[1] = [
      { id: 11, at: 5, n: "x" },
      { id: 12, at: 6, n: "y" },
      { id: 13, at: 2, n: 3 },
    ];
    posts[2] = [{ id: 21, at: 7, n: 4 }];
    await api.sync();
    expect(await ids(api)).toEqual([10, 13, 20, 21]);
    expect((await stored(api)).map(([, , , value]) => value)).toEqual(["2", "7"]);
  });
});

describe("the cursors of parents", () => {
  const POSTS: Record<string, Post[]> = { 1: [{ id: 10, at: 5 }], 2: [{ id: 20, at: 7 }] };
  const NUMBERS = (at: unknown, since: string): boolean => Number(at) >= Number(since);

  test("do not move when the family fails (I4)", async () => {
    const posts: Record<string, Post[] | undefined> = { ...POSTS };
    const api = await startApi(
      child("initial_value: 0, start_param: since", "primary_key: id, concurrency: 1"),
      (url) =>
        posts[url.pathname.split("/")[2] ?? "1"] === undefined
          ? 404
          : blog(posts as typeof POSTS, NUMBERS)(url),
    );
    await api.syncAsked();
    posts[1] = [{ id: 11, at: 8 }];
    posts[2] = undefined;
    expect((await api.sync()).exitCode).toBe(1);
    expect((await stored(api)).map(([, , , value]) => value)).toEqual(["5", "7"]);
    posts[2] = [];
    api.asked();
    expect(await sorted(api)).toEqual(["/users/1/posts?since=5", "/users/2/posts?since=7"]);
  });

  test("are forgotten by --full-refresh, those of parents that are gone too (M6)", async () => {
    const posts: Record<string, Post[]> = { ...POSTS };
    const api = await startApi(child("initial_value: 0, start_param: since"), blog(posts, NUMBERS));
    await api.syncAsked();
    delete posts[2];
    expect((await api.sync({ fullRefresh: true })).exitCode).toBe(0);
    expect((await stored(api)).map(([, , parent]) => parent)).toEqual(['{"users.id":"1"}']);
    posts[2] = [{ id: 20, at: 7 }];
    api.asked();
    expect(await sorted(api)).toEqual(["/users/1/posts?since=5", "/users/2/posts?since=0"]);
  });

  test("are neither read nor moved with end_value", async () => {
    const api = await startApi(child("initial_value: 0, start_param: since"), blog(POSTS, NUMBERS));
    await api.syncAsked();
    const block = `base_url: ${api.url}\npaginator: single_page\nresources:\n`;
    await api.sync({}, block + child("initial_value: 1, end_value: 100, start_param: since"));
    await api.sync({}, block + child("initial_value: 0, start_param: since"));
    expect(
      api
        .asked()
        .filter((url) => url.includes("/posts"))
        .sort(),
    ).toEqual([
      "/users/1/posts?since=1",
      "/users/1/posts?since=5",
      "/users/2/posts?since=1",
      "/users/2/posts?since=7",
    ]);
  });

  test("under append add nothing again when initial_value is lowered, rows on it included (I2)", async () => {
    const from = (initial: number): string =>
      child(`initial_value: ${String(initial)}`, "parallelized: true");
    const posts = {
      1: [
        { id: 10, at: 5 },
        { id: 11, at: 3 },
      ],
      2: [{ id: 20, at: 7 }],
    };
    const api = await startApi(
      from(5),
      blog(posts, () => true),
    );
    await api.syncAsked();
    expect(await stored(api)).toEqual([
      ["posts", "at", '{"users.id":"1"}', "5"],
      ["posts", "at", '{"users.id":"2"}', "7"],
    ]);
    const block = `base_url: ${api.url}\npaginator: single_page\nresources:\n`;
    expect((await api.sync({}, block + from(1))).exitCode).toBe(0);
    expect(await ids(api)).toEqual([10, 20]);
  });

  test("under append are not mixed with one that is shared, from which rows would come twice", async () => {
    const shared = child("initial_value: 0, start_param: since, shared: true", "parallelized: true");
    const own = child("initial_value: 0, start_param: since", "parallelized: true");
    const api = await startApi(shared, blog(POSTS, NUMBERS));
    await api.syncAsked();
    expect(await sorted(api)).toEqual(["/users/1/posts?since=7", "/users/2/posts?since=7"]);
    const block = `base_url: ${api.url}\npaginator: single_page\nresources:\n`;
    const { error, exitCode } = (await api.sync({}, block + own)).resource("posts");
    expect(exitCode).toBe(2);
    expect(error?.message).toBe(
      "posts kept one cursor for all values of its parent so far, and is to keep a cursor for each value of its parent: from initial_value on, its rows would be added again",
    );
    expect((await api.sync({ fullRefresh: true })).exitCode).toBe(0);
    expect(await ids(api)).toEqual([10, 20]);
    expect((await api.sync({}, block + shared)).resource("posts").exitCode).toBe(2);
  });

  test("are all forgotten by `state reset`, and go back with `state rewind`", async () => {
    const posts: Record<string, Post[]> = { 1: [{ id: 10, at: 5 }] };
    const api = await startApi(child("initial_value: 0, start_param: since"), blog(posts, NUMBERS));
    const change = async (edit: StateEdit): Promise<void> => {
      const parts = await api.pipelines();
      const config = parts.project.sources[0] as SourceConfig;
      await applyState(parts, config, await planState(parts, config, edit));
      api.clock.advance(1000);
      api.asked();
    };
    await api.syncAsked();
    posts[1]?.push({ id: 11, at: 6 });
    posts[2] = [{ id: 20, at: 7 }];
    await api.syncAsked();
    // What has moved since is not known as it was: it begins at initial_value, which misses nothing.
    await change({ kind: "rewind", resources: [], to: undefined });
    expect(await sorted(api)).toEqual(["/users/1/posts?since=0", "/users/2/posts?since=0"]);
    expect(await sorted(api)).toEqual(["/users/1/posts?since=6", "/users/2/posts?since=7"]);
    await change({ kind: "reset", resources: ["posts"] });
    delete posts[2];
    expect(await sorted(api)).toEqual(["/users/1/posts?since=0"]);
    posts[2] = [];
    expect(await sorted(api)).toEqual(["/users/1/posts?since=6", "/users/2/posts?since=0"]);
    expect(await ids(api)).toEqual([10, 11, 20]);
    await expect(change({ kind: "set", resource: "posts", cursorPath: "at", text: "3" })).rejects.toThrow(
      '"posts" has a cursor for each value of its parent, not one to set',
    );
  });

  test("that are secrets are not stored (S2)", async () => {
    const api = await startApi(
      child("initial_value: a, start_param: since", 'primary_key: id, headers: {X-Api-Key: "${KEY}"}'),
      blog({ 1: [{ id: 10, at: "s3cret-value" }] }),
    );
    api.env = { KEY: "s3cret-value" };
    const { error } = (await api.sync()).resource("posts");
    expect(error?.message).toBe("posts: the last value of the cursor at is a secret, which would be stored");
  });
});
