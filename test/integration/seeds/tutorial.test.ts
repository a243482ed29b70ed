import { describe, expect, it } from "vitest";
import { raw, startSeed } from "./start-seed.js";

const USERS = (actions: string): string => `paginator: single_page
resources:
  - name: users
  - name: profiles
    primary_key: id
    endpoint:
      path: users/{resources.users.id}/profile${actions}`;

const answer = ({ pathname }: URL): unknown => {
  if (pathname === "/users") return [{ id: 1 }, { id: 2 }, { id: 3 }];
  return pathname === "/users/2/profile" ? raw(404, "no profile") : { id: pathname };
};

describe("a 404 (004-18)", () => {
  it("fails its resource by default, asked once, and nothing of it is loaded", async () => {
    const api = await startSeed(USERS("\n    concurrency: 1"), answer);
    const synced = await api.sync();
    expect([synced.exitCode, synced.resource("profiles").error]).toEqual([
      1,
      {
        type: "not_found",
        code: "DANGO_SOURCE_STATUS",
        message: `GET ${api.server.url}/users/2/profile answered 404 Not Found: no profile (for users.id 2)`,
        hint: "Check base_url and the resource's path.",
        status: 404,
        url: `${api.server.url}/users/2/profile`,
        method: "GET",
        attempts: 1,
      },
    ]);
    expect(api.asked()).toEqual(["GET /users", "GET /users/1/profile", "GET /users/2/profile"]);
    await expect(api.rows("FROM raw_api.profiles")).rejects.toThrow();
  });

  it("is no rows with an action that ignores it, which the run says with its count", async () => {
    const api = await startSeed(
      USERS("\n      response_actions: [{status_code: 404, action: ignore}]"),
      answer,
    );
    const synced = await api.sync();
    expect([synced.exitCode, synced.notices]).toEqual([
      0,
      ["profiles info: response_actions ignored answers: 1 with 404"],
    ]);
    expect(await api.table("id", "profiles")).toEqual([["/users/1/profile"], ["/users/3/profile"]]);
  });
});

describe("sources", () => {
  it("carry on past a resource that fails: the others are loaded, the code is 3 (004-26)", async () => {
    const api = await startSeed(
      "paginator: single_page\nretry: {attempts: 1}\nresources: [good, bad]",
      ({ pathname }) => (pathname === "/bad" ? raw(500) : [{ id: 1 }]),
    );
    const { exitCode, resources } = await api.sync();
    expect([exitCode, resources.map(({ name, status }) => [name, status])]).toEqual([
      3,
      [
        ["good", "ok"],
        ["bad", "failed"],
      ],
    ]);
    expect(await api.table("id", "good")).toEqual([[1n]]);
  });
});

describe("merge (004-11)", () => {
  it("makes one row of an id on the same page, on another page and in a later run: the last wins", async () => {
    const runs = [
      [
        [
          { id: 1, v: "a" },
          { id: 1, v: "b" },
        ],
        [
          { id: 2, v: "c" },
          { id: 1, v: "d" },
        ],
        [],
      ],
      [[{ id: 1, v: "e" }], []],
    ];
    let run = 0;
    const api = await startSeed(
      "resources: [{name: users, primary_key: id, write_disposition: merge, paginator: page_number}]",
      (url) => runs[run]?.[Number(url.searchParams.get("page")) - 1],
    );
    await api.sync();
    expect(await api.table("id, v", "users")).toEqual([
      [1n, "d"],
      [2n, "c"],
    ]);
    run = 1;
    await api.sync();
    expect(await api.table("id, v", "users")).toEqual([
      [1n, "e"],
      [2n, "c"],
    ]);
  });
});
