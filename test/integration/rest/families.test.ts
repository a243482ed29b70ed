import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it, onTestFinished } from "vitest";
import { createRestProject, type RestProject, type SyncedSource } from "../../support/rest-project.js";
import { sendJson, serve, type ServeHandler, type TestServer } from "../../support/serve.js";

async function start(handler: ServeHandler): Promise<TestServer> {
  const server = await serve(handler);
  onTestFinished(() => server.close());
  return server;
}

/** Answers that a test may change between runs: a number is a status. */
async function startAnswers(
  answers: Record<string, unknown>,
): Promise<{ server: TestServer; answers: typeof answers }> {
  const server = await start(({ url }, response) => {
    const answer = answers[url];
    if (typeof answer === "number") sendJson(response, { message: "told to fail" }, answer);
    else if (answer === undefined) sendJson(response, { message: "no such thing" }, 404);
    else sendJson(response, answer);
  });
  return { server, answers };
}

async function makeProject(server: TestServer, resources: string): Promise<RestProject> {
  const project = await createRestProject(`base_url: ${server.url}\nresources:\n${resources.trim()}`);
  onTestFinished(() => project[Symbol.asyncDispose]());
  return project;
}

const urls = (server: TestServer): string[] => server.requests.map(({ url }) => url);
const outcomes = ({ resources }: SyncedSource): unknown[] =>
  resources.map(({ name, status, exitCode, error }) => [name, status, exitCode, error?.message ?? null]);

const FAMILY = `
- {name: users, primary_key: id}
- {name: posts, path: "users/{resources.users.id}/posts", primary_key: id}
- {name: likes, path: "posts/{resources.posts.id}/likes"}
- other`;

const FAMILY_ANSWERS = {
  "/users": [{ id: 1 }],
  "/users/1/posts": [{ id: 10 }],
  "/posts/10/likes": [{ n: 1 }],
  "/other": [{ x: 1 }],
};

describe("a family", () => {
  it("changes nothing when a child fails, while resources outside of it commit (I4, R8)", async () => {
    const { server, answers } = await startAnswers({ ...FAMILY_ANSWERS });
    const project = await makeProject(server, FAMILY);
    expect((await project.sync()).exitCode).toBe(0);
    answers["/users"] = [{ id: 1, name: "new" }, { id: 2 }];
    answers["/users/2/posts"] = 404;
    answers["/other"] = [{ x: 2 }];
    const synced = await project.sync();
    expect(synced.exitCode).toBe(3);
    expect(outcomes(synced)).toEqual([
      [
        "users",
        "failed",
        1,
        "users: posts failed, and a parent and its children are loaded together or not at all",
      ],
      ["posts", "failed", 1, expect.stringContaining(`${server.url}/users/2/posts`)],
      ["likes", "failed", 1, "likes: its parent posts failed, so nothing was requested"],
      ["other", "ok", 0, null],
    ]);
    expect(synced.resource("posts").error?.message).toContain("(for users.id 2)");
    expect(await project.rows("FROM raw_api.users SELECT id")).toEqual([[1n]]);
    expect(await project.rows("FROM raw_api.posts SELECT id")).toEqual([[10n]]);
    expect(await project.rows("FROM raw_api.other SELECT x")).toEqual([[2n]]);
  });

  it("requests nothing of the children of a failed parent, which have its exit code (I4)", async () => {
    const { server, answers } = await startAnswers({ ...FAMILY_ANSWERS });
    answers["/users"] = 401;
    const synced = await (await makeProject(server, FAMILY)).sync();
    expect(synced.exitCode).toBe(3);
    expect(synced.resources.map(({ name, exitCode }) => [name, exitCode])).toEqual([
      ["users", 6],
      ["posts", 6],
      ["likes", 6],
      ["other", 0],
    ]);
    expect(urls(server).sort()).toEqual(["/other", "/users"]);
  });

  it("is refused as a whole when one of it cannot be loaded (I4, M1)", async () => {
    const { server, answers } = await startAnswers({ ...FAMILY_ANSWERS });
    answers["/users/1/posts"] = [{ id: 10 }, { id: null }];
    const project = await makeProject(
      server,
      FAMILY.replace('- {name: likes, path: "posts/{resources.posts.id}/likes"}\n', ""),
    );
    const synced = await project.sync();
    expect(synced.exitCode).toBe(3);
    expect(outcomes(synced)).toEqual([
      [
        "users",
        "failed",
        1,
        "users: posts failed, and a parent and its children are loaded together or not at all",
      ],
      ["posts", "failed", 1, expect.stringContaining("record 2 of page 1 (users.id 1)")],
      ["other", "ok", 0, null],
    ]);
    expect(
      await project.rows(
        "SELECT table_name FROM information_schema.tables WHERE table_name IN ('users', 'posts')",
      ),
    ).toEqual([]);
  });
});

describe("a parent", () => {
  it("is read once a run, whether it is loaded or not and however many children it has (001-14)", async () => {
    const { server } = await startAnswers({
      "/users": [{ id: 1 }],
      "/users/1/posts": [{ a: 1 }],
      "/users/1/todos": [{ b: 1 }],
    });
    const project = await makeProject(
      server,
      `
- {name: users, selected: false}
- {name: posts, path: "users/{resources.users.id}/posts"}
- {name: todos, path: "users/{resources.users.id}/todos", parallelized: true}`,
    );
    const synced = await project.sync();
    expect(urls(server).sort()).toEqual(["/users", "/users/1/posts", "/users/1/todos"]);
    expect(
      synced.resources.map(({ name, writeDisposition, requests, tables }) => [
        name,
        writeDisposition,
        requests,
        tables.length,
      ]),
    ).toEqual([
      ["users", "skip", 1, 0],
      ["posts", "replace", 1, 1],
      ["todos", "replace", 1, 1],
    ]);
    expect(
      await project.rows("SELECT table_name FROM information_schema.tables WHERE table_name = 'users'"),
    ).toEqual([]);
  });

  it("is read for a child that is asked for alone, and not loaded", async () => {
    const { server } = await startAnswers(FAMILY_ANSWERS);
    const project = await makeProject(server, FAMILY);
    const synced = await project.sync({ resources: ["posts"] });
    expect(synced.resources.map(({ name }) => name)).toEqual(["users", "posts"]);
    expect(
      await project.rows(
        "SELECT table_name FROM information_schema.tables WHERE table_name IN ('users', 'posts')",
      ),
    ).toEqual([["posts"]]);
  });

  it("is limited too by --limit, and no child is asked for in vain (I7)", async () => {
    const { server } = await startAnswers({
      "/users": [{ id: 1 }, { id: 2 }, { id: 3 }],
      "/users/1/posts": [{ id: 10 }, { id: 11 }, { id: 12 }],
    });
    const project = await makeProject(
      server,
      '- users\n- {name: posts, path: "users/{resources.users.id}/posts"}',
    );
    expect((await project.sync({ limit: 2 })).exitCode).toBe(0);
    expect(urls(server)).toEqual(["/users", "/users/1/posts"]);
    expect(await project.rows("SELECT id FROM raw_api_limited.posts")).toEqual([[10n], [11n]]);
  });

  it("stands in the first request that --dry-run shows for a child", async () => {
    const { server } = await startAnswers(FAMILY_ANSWERS);
    const synced = await (await makeProject(server, FAMILY)).sync({ dryRun: true });
    expect(synced.resources.map(({ firstRequest }) => firstRequest)).toEqual([
      `GET ${server.url}/users`,
      `GET ${server.url}/users/{id}/posts for each of users`,
      `GET ${server.url}/posts/{id}/likes for each of posts`,
      `GET ${server.url}/other`,
    ]);
    expect(urls(server).sort()).toEqual(["/other", "/posts/10/likes", "/users", "/users/1/posts"]);
  });
});

describe("the child of an incremental parent", () => {
  const RESOURCES = `
- name: users
  primary_key: id
  incremental: {cursor_path: at, initial_value: 0, start_param: since}
- {name: posts, path: "users/{resources.users.id}/posts", primary_key: id}`;
  const startUsers = (): Promise<TestServer> =>
    start(({ url }, response) => {
      const { pathname, searchParams } = new URL(url, "http://h");
      const users = [
        { id: 1, at: 5 },
        { id: 2, at: 9 },
      ];
      if (pathname === "/users")
        sendJson(
          response,
          users.filter(({ at }) => at >= Number(searchParams.get("since"))),
        );
      else sendJson(response, [{ id: pathname }]);
    });

  it("sees all of its parent's records, of which only new ones are loaded (003-15)", async () => {
    const server = await startUsers();
    const project = await makeProject(server, RESOURCES);
    await project.sync();
    const second = await project.sync();
    expect(urls(server).slice(3).sort()).toEqual(["/users/1/posts", "/users/2/posts", "/users?since=0"]);
    expect(second.resource("users").tables[0]).toMatchObject({ fetched: 2, inserted: 0, updated: 0 });
  });

  it("sees those that changed with `incremental_dependency: true` (003-15)", async () => {
    const server = await startUsers();
    const project = await makeProject(
      server,
      RESOURCES.replace('posts", ', 'posts", incremental_dependency: true, '),
    );
    await project.sync();
    await project.sync();
    expect(urls(server).slice(3)).toEqual(["/users?since=9", "/users/2/posts"]);
  });
});

describe("a thousand parents", () => {
  it("are asked for side by side, never more than `concurrency` at once, and loaded in order", async () => {
    let underWay = 0;
    let most = 0;
    const ids = Array.from({ length: 1000 }, (_, index) => ({ id: (index * 7919) % 1000 }));
    const server = await start(async ({ url }, response) => {
      if (url === "/p") {
        sendJson(response, ids);
        return;
      }
      underWay += 1;
      most = Math.max(most, underWay);
      const id = Number(url.split("/")[2]);
      await sleep(id % 3);
      underWay -= 1;
      sendJson(response, id % 2 === 0 ? { data: [{ id, ["k" + String(id % 5)]: 1 }, { id }] } : { data: [] });
    });
    const project = await createRestProject(`base_url: ${server.url}
concurrency: 3
resources:
- {name: p, paginator: single_page}
- {name: c, path: "p/{resources.p.id}/c", paginator: single_page}`);
    onTestFinished(() => project[Symbol.asyncDispose]());
    expect((await project.sync()).exitCode).toBe(0);
    expect(server.requests).toHaveLength(1001);
    expect(most).toBe(3);
    const expected = ids.filter(({ id }) => id % 2 === 0).flatMap(({ id }) => [[BigInt(id)], [BigInt(id)]]);
    expect(await project.rows("SELECT id FROM raw_api.c")).toEqual(expected);
  });
});

describe("a path to one entity (P11)", () => {
  const ENTITY = '- p\n- {name: e, path: "things/{resources.p.id}"}';

  it("answers one record, whatever lists it has, and the client's paginator does not apply", async () => {
    const { server } = await startAnswers({
      "/p?offset=0&limit=2": [{ id: 1 }],
      "/things/1": { id: 1, items: [{ a: 1 }, { a: 2 }], next_step: "ship" },
    });
    const project =
      await createRestProject(`client: {base_url: "${server.url}", paginator: {type: offset, limit: 2, stop_on_short_page: true}}
resources:
${ENTITY}`);
    onTestFinished(() => project[Symbol.asyncDispose]());
    const synced = await project.sync();
    expect(synced.resource("e")).toMatchObject({ error: null, paginator: "auto: single_page" });
    expect(urls(server)).toEqual(["/p?offset=0&limit=2", "/things/1"]);
    expect(await project.rows("SELECT id FROM raw_api.e")).toEqual([[1n]]);
  });

  it("takes a list for a list", async () => {
    const { server } = await startAnswers({ "/p": [{ id: 1 }], "/things/1": [{ a: 1 }, { a: 2 }] });
    const project = await makeProject(server, ENTITY);
    expect((await project.sync()).resource("e").tables[0]?.inserted).toBe(2);
  });

  it.each([
    [
      { items: [{ a: 1 }] },
      'the path asks for one entity, but the answer has no "id" and a list under "items"',
    ],
    [
      { things: [{ a: 1 }], page: 1, pages: 3 },
      'the path names one entity, but the answer has no "id" and looks like a page of several (pages is 3, above page is 1)',
    ],
  ])("asks for paginator and data_selector where an object may be a page: %j", async (body, problem) => {
    const { server } = await startAnswers({ "/p": [{ id: 1 }], "/things/1": body });
    const { error, exitCode } = (await (await makeProject(server, ENTITY)).sync()).resource("e");
    expect(exitCode).toBe(5);
    expect(error?.message).toContain(problem);
    expect(error?.hint).toMatch(/paginator.*data_selector/s);
  });
});

describe("a parent with processing steps", () => {
  it.each(["map", "filter", "yield_map"])(
    "keeps what its children take of its own parent, which %s neither sees nor loses",
    async (step) => {
      const { server } = await startAnswers({
        "/users": [{ id: 1 }, { id: 2 }],
        "/users/1/posts": [{ id: 10 }],
        "/users/2/posts": [{ id: 20 }],
        "/users/1/posts/10/likes": [{ n: 1 }],
        "/users/2/posts/20/likes": [{ n: 2 }],
      });
      const project = await createRestProject(
        `base_url: ${server.url}
resources:
- users
- name: posts
  path: "users/{resources.users.id}/posts"
  processing_steps:
    - filter: "id > 0"
    - ${step}: {function: "custom_sources.clean:${step}"}
- {name: likes, path: "users/{resources.users.id}/posts/{resources.posts.id}/likes"}`,
        {
          files: {
            "custom_sources/clean.ts": `
export const map = (record: { id: number }) => ({ id: record.id, keys: Object.keys(record).join() });
export const filter = (record: object) => Object.keys(record).join() === "id";
export const yield_map = (record: object) => [{ ...record, keys: Object.keys(record).join() }];`,
          },
        },
      );
      onTestFinished(() => project[Symbol.asyncDispose]());
      expect((await project.sync()).exitCode).toBe(0);
      expect(urls(server).slice(3).sort()).toEqual(["/users/1/posts/10/likes", "/users/2/posts/20/likes"]);
      expect(
        await project.rows("SELECT * EXCLUDE (_dlt_id, _dlt_load_id) FROM raw_api.posts ORDER BY id"),
      ).toEqual(
        step === "filter"
          ? [[10n], [20n]]
          : [
              [10n, "id"],
              [20n, "id"],
            ],
      );
      expect(
        await project.rows(
          "SELECT table_name FROM information_schema.tables WHERE table_name NOT SIMILAR TO '_(dlt|dango)_.*' ORDER BY 1",
        ),
      ).toEqual([["likes"], ["posts"], ["users"]]);
    },
  );
});
