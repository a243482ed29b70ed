import { describe, expect, it, onTestFinished } from "vitest";
import { createRestProject, type RestProject } from "../../support/rest-project.js";
import { sendJson, serve, type TestServer } from "../../support/serve.js";

/** A server with one answer a path (query included, if it is not found without); others are 404. */
async function serveAnswers(answers: Readonly<Record<string, unknown>>): Promise<TestServer> {
  const server = await serve(({ url }, response) => {
    const answer = answers[url] ?? answers[url.split("?", 1)[0] ?? ""];
    if (answer === undefined) sendJson(response, { message: "no such thing" }, 404);
    else if (typeof answer === "number") sendJson(response, { message: "told to fail" }, answer);
    else sendJson(response, answer);
  });
  onTestFinished(() => server.close());
  return server;
}

async function makeProject(server: TestServer, resources: string): Promise<RestProject> {
  const project = await createRestProject(`base_url: ${server.url}\nresources:\n${resources.trim()}`);
  onTestFinished(() => project[Symbol.asyncDispose]());
  return project;
}

const urls = (server: TestServer): string[] => server.requests.map(({ url }) => url);

describe("a child", () => {
  it("is asked for once for each distinct value of its parent, in the parent's order", async () => {
    const server = await serveAnswers({
      "/users": [{ id: 2 }, { id: 3 }, { id: 1 }, { id: 2 }],
      "/users/2/posts": [{ id: 20 }, { id: 21 }],
      "/users/3/posts": [],
      "/users/1/posts": [{ id: 10 }],
    });
    const project = await makeProject(
      server,
      '- users\n- {name: posts, path: "users/{resources.users.id}/posts", concurrency: 1}',
    );
    expect((await project.sync()).exitCode).toBe(0);
    expect(urls(server)).toEqual(["/users", "/users/2/posts", "/users/3/posts", "/users/1/posts"]);
    expect(await project.rows("SELECT id FROM raw_api.posts")).toEqual([[20n], [21n], [10n]]);
  });

  it("sends values as they are spelled, each as one segment of the path (B5)", async () => {
    const body =
      '[{"id":"a/b"},{"id":"é#f"},{"id":"a?x=1"},{"id":9007199254740993},{"id":1.0},{"id":true},{"id":"\\u00e9#f"}]';
    const server = await serve(({ url }, response) => {
      if (url === "/p") response.writeHead(200, { "content-type": "application/json" }).end(body);
      else sendJson(response, [{ url }]);
    });
    onTestFinished(() => server.close());
    const project = await makeProject(server, '- p\n- {name: c, path: "p/{resources.p.id}/c"}');
    expect((await project.sync()).exitCode).toBe(0);
    expect(urls(server).sort()).toEqual([
      "/p",
      "/p/%C3%A9%23f/c",
      "/p/1.0/c",
      "/p/9007199254740993/c",
      "/p/a%2Fb/c",
      "/p/a%3Fx%3D1/c",
      "/p/true/c",
    ]);
    expect((await project.rows("SELECT url FROM raw_api.c")).flat()).toEqual([
      "/p/a%2Fb/c",
      "/p/%C3%A9%23f/c",
      "/p/a%3Fx%3D1/c",
      "/p/9007199254740993/c",
      "/p/1.0/c",
      "/p/true/c",
    ]);
  });

  it("takes fields into params, headers and a JSON body, where they keep their type (001-13)", async () => {
    const body = '[{"id":1.10,"org":{"name":"a b"},"tags":[{"k":"x"}],"none":null}]';
    const server = await serve(({ url }, response) => {
      if (url === "/p") response.writeHead(200, { "content-type": "application/json" }).end(body);
      else sendJson(response, [{ ok: true }]);
    });
    onTestFinished(() => server.close());
    const project = await makeProject(
      server,
      `- p
- name: c
  path: search
  method: POST
  params: {org: "{resources.p.org.name}", tag: "{resources.p.tags[*].k}", none: "{resources.p.none}"}
  headers: {X-Id: "id-{resources.p.id}"}
  json: {id: "{resources.p.id}", text: "n{resources.p.id}"}`,
    );
    expect((await project.sync()).resource("c").error).toBeNull();
    expect(server.requests[1]).toMatchObject({
      method: "POST",
      url: "/search?org=a%20b&tag=x",
      body: '{"id":1.10,"text":"n1.10"}',
    });
    expect(server.requests[1]?.headers["x-id"]).toBe("id-1.10");
  });

  it("binds a placeholder of the path by a parameter of type resolve", async () => {
    const server = await serveAnswers({ "/posts": [{ id: 7 }], "/posts/7/comments?sort=new": [{ id: 1 }] });
    const project = await makeProject(
      server,
      `- posts
- name: comments
  path: posts/{post_id}/comments
  params: {post_id: {type: resolve, resource: posts, field: id}, sort: new}`,
    );
    await project.sync();
    expect(urls(server)).toEqual(["/posts", "/posts/7/comments?sort=new"]);
    expect(await project.rows("SELECT id FROM raw_api.comments")).toEqual([[1n]]);
  });

  it("keeps slashes with {+…}, but never leaves the path", async () => {
    const server = await serveAnswers({
      "/files": [{ path: "a/b c/d" }],
      "/raw/a/b%20c/d": { id: 1 },
      "/bad": [{ path: "x/../../admin" }],
    });
    const good = await makeProject(server, '- files\n- {name: raw, path: "raw/{+resources.files.path}"}');
    await good.sync();
    expect(urls(server)).toEqual(["/files", "/raw/a/b%20c/d"]);
    const bad = await makeProject(
      server,
      '- {name: files, path: bad}\n- {name: raw, path: "raw/{+resources.files.path}"}',
    );
    const { error } = (await bad.sync()).resource("raw");
    expect(error).toMatchObject({
      type: "data",
      message:
        'api.raw: the placeholder {resources.files.path} in the path "raw/{+resources.files.path}" has the value "x/../../admin" (for files.path "x/../../admin")',
    });
    expect(urls(server).slice(2)).toEqual(["/bad"]);
  });

  it("never leads out of its path by a value of dots", async () => {
    const server = await serveAnswers({ "/p": [{ id: ".." }] });
    const project = await makeProject(server, '- p\n- {name: c, path: "p/{resources.p.id}/c"}');
    expect((await project.sync()).resource("c").error).toMatchObject({
      message:
        'api.c: the placeholder {resources.p.id} in the path "p/{resources.p.id}/c" has the value ".." (for p.id "..")',
    });
    expect(urls(server)).toEqual(["/p"]);
  });

  it("calls the values of a list of scalars `value` (D6)", async () => {
    const server = await serveAnswers({ "/ids": [5, 6], "/things/5": { id: 5 }, "/things/6": { id: 6 } });
    const project = await makeProject(
      server,
      `- {name: ids, data_selector: $}
- {name: things, path: "things/{resources.ids.value}", include_from_parent: [value]}`,
    );
    await project.sync();
    expect(await project.rows("SELECT id, _ids_value FROM raw_api.things ORDER BY 1")).toEqual([
      [5n, 5n],
      [6n, 6n],
    ]);
  });
});

describe("a field that a parent does not have", () => {
  it("is an error that names the record and lists the fields", async () => {
    const server = await serveAnswers({ "/p": [{ id: 1 }, { zz: 2, "a b": 1 }], "/p/1/c": [] });
    const project = await makeProject(server, '- p\n- {name: c, path: "p/{resources.p.id}/c"}');
    const synced = await project.sync();
    expect(synced.resource("c")).toMatchObject({
      exitCode: 1,
      error: {
        type: "data",
        message:
          'api.c: record 2 of page 1 of the parent p has no field "id", which {resources.p.id} needs; it has: zz, a b',
        hint: "correct the field's name, or set on_missing_parent_field: skip, which leaves such records of the parent out",
      },
    });
    expect(urls(server)).toEqual(["/p"]);
  });

  it("leaves the record out with `skip`, and says how many", async () => {
    const server = await serveAnswers({ "/p": [{ id: 1 }, { zz: 2 }, { id: null }], "/p/1/c": [{ id: 9 }] });
    const project = await makeProject(
      server,
      '- p\n- {name: c, path: "p/{resources.p.id}/c", on_missing_parent_field: skip}',
    );
    const synced = await project.sync();
    expect(synced.exitCode).toBe(0);
    expect(urls(server)).toEqual(["/p", "/p/1/c"]);
    expect(synced.notices).toContain(
      "c warning: 2 records of the parent p left out: the fields needed for a request are missing or have no value",
    );
  });

  it.each([
    [null, 'has null in "id", and {resources.p.id} stands in the path'],
    ["", 'has an empty string in "id", and {resources.p.id} stands in the path'],
    [{ a: 1 }, 'has an object or a list in "id", and {resources.p.id} needs a single value'],
  ])("has no value a path could take: %j (B5)", async (id, problem) => {
    const server = await serveAnswers({ "/p": [{ id }] });
    const project = await makeProject(server, '- p\n- {name: c, path: "p/{resources.p.id}/c"}');
    expect((await project.sync()).resource("c").error?.message).toBe(
      `api.c: record 1 of page 1 of the parent p ${problem}`,
    );
  });
});

describe("include_from_parent", () => {
  it("adds the parent's fields as they are spelled, once for each distinct combination (I4)", async () => {
    const body =
      '[{"id":1,"name":"a","owner":{"login":"x"}},{"id":1,"name":"b","owner":{"login":"y"}},{"id":1,"name":"a","owner":{"login":"x"}},{"id":2,"name":"c","owner":{"login":1e2}}]';
    const server = await serve(({ url }, response) => {
      if (url === "/p") response.writeHead(200, { "content-type": "application/json" }).end(body);
      else sendJson(response, [{ n: url }, {}]);
    });
    onTestFinished(() => server.close());
    const project = await makeProject(
      server,
      '- p\n- {name: c, path: "p/{resources.p.id}/c", include_from_parent: [name, owner.login]}',
    );
    const synced = await project.sync();
    expect(synced.resource("c").error).toBeNull();
    expect(urls(server).sort()).toEqual(["/p", "/p/1/c", "/p/2/c"]);
    expect(await project.rows("SELECT n, _p_name, _p_owner__login FROM raw_api.c")).toEqual([
      ["/p/1/c", "a", "x"],
      ["/p/1/c", "b", "y"],
      [null, "a", "x"],
      [null, "b", "y"],
      ["/p/2/c", "c", "1e2"],
      [null, "c", "1e2"],
    ]);
  });

  it("names a field that is not there, with those that are", async () => {
    const server = await serveAnswers({ "/p": [{ id: 1, title: "t" }] });
    const project = await makeProject(
      server,
      '- p\n- {name: c, path: "p/{resources.p.id}/c", include_from_parent: titel}',
    );
    expect((await project.sync()).resource("c").error?.message).toBe(
      'api.c: record 1 of page 1 of the parent p has no field "titel", which include_from_parent needs; it has: id, title',
    );
  });
});

describe("grandchildren", () => {
  it("take fields of their parent and of its parents", async () => {
    const server = await serveAnswers({
      "/orgs": [{ login: "a" }, { login: "b" }],
      "/orgs/a/repos": [{ name: "x" }, { name: "y" }],
      "/orgs/b/repos": [{ name: "x" }],
      "/repos/a/x/issues": [{ id: 1 }],
      "/repos/a/y/issues": [{ id: 2 }],
      "/repos/b/x/issues": [{ id: 3 }],
    });
    const project = await makeProject(
      server,
      `- {name: issues, path: "repos/{resources.orgs.login}/{resources.repos.name}/issues", include_from_parent: [name]}
- {name: repos, path: "orgs/{resources.orgs.login}/repos"}
- orgs`,
    );
    const synced = await project.sync();
    expect(synced.resources.map(({ name, status }) => [name, status])).toEqual([
      ["issues", "ok"],
      ["repos", "ok"],
      ["orgs", "ok"],
    ]);
    expect(urls(server).sort()).toEqual([
      "/orgs",
      "/orgs/a/repos",
      "/orgs/b/repos",
      "/repos/a/x/issues",
      "/repos/a/y/issues",
      "/repos/b/x/issues",
    ]);
    expect(await project.rows("SELECT id, _repos_name FROM raw_api.issues")).toEqual([
      [1n, "x"],
      [2n, "y"],
      [3n, "x"],
    ]);
    expect(
      await project.rows("SELECT column_name FROM information_schema.columns WHERE table_name = 'repos'"),
    ).toEqual([["name"], ["_dlt_load_id"], ["_dlt_id"]]);
  });
});
