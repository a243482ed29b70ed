import { describe, expect, it, onTestFinished, test } from "vitest";
import { createRestProject, type RestProject } from "../../support/rest-project.js";
import { sendJson, serve, type TestServer } from "../../support/serve.js";
import { issuesOfRest } from "../config/support.js";

/**
 * What dlt's `rest_api` does with placeholders, response actions, selectors and faulty configurations, row by row:
 * alike where it is right, an error or the right rows where it loses or repeats data in silence.
 */

interface Answer {
  readonly status?: number;
  readonly body: unknown;
}

async function serveAnswers(answers: Readonly<Record<string, Answer>>): Promise<TestServer> {
  const server = await serve(({ url }, response) => {
    const { status = 200, body } = answers[url] ?? { status: 404, body: { message: "no such thing" } };
    if (typeof body === "string") response.writeHead(status, { "content-type": "text/html" }).end(body);
    else if (body === undefined) response.writeHead(status).end();
    else sendJson(response, body, status);
  });
  onTestFinished(() => server.close());
  return server;
}

async function makeProject(server: TestServer, resources: string): Promise<RestProject> {
  const project = await createRestProject(`base_url: ${server.url}\nresources:\n${resources}`);
  onTestFinished(() => project[Symbol.asyncDispose]());
  return project;
}

describe("placeholders", () => {
  const posts = { body: [{ id: 1, title: "a", author: { name: "Ann" }, tags: [{ t: "x" }, { t: "y" }] }] };

  it.each([
    ["a literal brace is written twice", "path: 'c/{{x}}/{resources.posts.id}'", "GET /c/%7Bx%7D/1"],
    ["a field is a path", "path: 'c/{resources.posts.author.name}'", "GET /c/Ann"],
    ["of a JSONPath the first match counts", "path: 'c/{resources.posts.tags[*].t}'", "GET /c/x"],
    [
      "several fields of one parent",
      "path: 'c/{resources.posts.id}', params: {t: '{resources.posts.title}'}",
      "GET /c/1?t=a",
    ],
    [
      "the older form binds the path",
      "path: 'c/{p}', params: {p: {type: resolve, resource: posts, field: id}}",
      "GET /c/1",
    ],
    [
      "a value of json that is nothing but a placeholder keeps its type",
      "path: c, method: POST, json: {id: '{resources.posts.id}', text: 'n{resources.posts.id}'}",
      'POST /c {"id":1,"text":"n1"}',
    ],
    ["headers take them too", "path: c, headers: {X-Post: '{resources.posts.title}'}", "GET /c a"],
  ])("%s", async (_, child, request) => {
    const server = await serve(({ url }, response) => {
      sendJson(response, url === "/posts" ? posts.body : [{ ok: true }]);
    });
    onTestFinished(() => server.close());
    const project = await makeProject(server, `- posts\n- {name: c, ${child}}`);
    expect((await project.sync()).exitCode).toBe(0);
    const [, asked] = server.requests;
    const header = asked?.headers["x-post"];
    expect(
      [
        asked?.method,
        asked?.url,
        ...[asked?.body, header].filter((part) => part !== undefined && part !== ""),
      ].join(" "),
    ).toBe(request);
  });

  it("fails on a missing field before any child is asked for, where dlt has asked for the first ones", async () => {
    const server = await serveAnswers({ "/posts": { body: [{ id: 1 }, { zz: 2 }] } });
    const project = await makeProject(server, "- posts\n- {name: c, path: 'c/{resources.posts.id}'}");
    const report = await project.sync();
    expect(report.exitCode).toBe(1);
    expect(server.requests.map(({ url }) => url)).toEqual(["/posts"]);
  });

  it("names the columns of include_from_parent as dlt does", async () => {
    const server = await serveAnswers({ "/posts": posts, "/c/1": { body: [{ n: 7 }] } });
    const project = await makeProject(
      server,
      "- posts\n- {name: c, path: 'c/{resources.posts.id}', include_from_parent: [id, title]}",
    );
    expect((await project.sync()).exitCode).toBe(0);
    expect(await project.rows("SELECT n, _posts_id, _posts_title FROM raw_api.c")).toEqual([[7n, 1n, "a"]]);
  });
});

describe("response_actions", () => {
  it.each<[string, string, Answer, { requests: number; exitCode: number }]>([
    [
      "ignore ends the pages without rows, a 500 is not asked for again",
      "{status_code: 500, action: ignore}",
      { status: 500, body: {} },
      { requests: 1, exitCode: 0 },
    ],
    [
      "status and content must both hold",
      "{status_code: 404, content: gone, action: ignore}",
      { status: 404, body: { message: "not here" } },
      { requests: 1, exitCode: 1 },
    ],
    [
      "content alone is enough",
      "{content: gone, action: ignore}",
      { status: 404, body: { message: "it is gone" } },
      { requests: 1, exitCode: 0 },
    ],
    [
      "a status that is written as text counts, where dlt never matches it",
      '{status_code: "404", action: ignore}',
      { status: 404, body: {} },
      { requests: 1, exitCode: 0 },
    ],
    [
      "without an action a 404 is an error",
      "{status_code: 410, action: ignore}",
      { status: 404, body: {} },
      { requests: 1, exitCode: 1 },
    ],
  ])("%s", async (_, action, answer, expected) => {
    const server = await serveAnswers({ "/items": answer });
    const project = await makeProject(
      server,
      `- {name: items, allow_empty: true, response_actions: [${action}]}`,
    );
    const report = await project.sync();
    expect(report.exitCode).toBe(expected.exitCode);
    expect(server.requests).toHaveLength(expected.requests);
    expect(report.resource("items").tables.map(({ fetched }) => fetched)).toEqual(
      expected.exitCode === 0 ? [0] : [],
    );
  });
});

describe("data_selector", () => {
  it.each<[string, string, unknown, unknown[]]>([
    ["a list body is the records", "", [{ id: 1 }], [{ id: 1 }]],
    ["the known key wins", "", { xs: [{ id: 0 }], results: [{ id: 1 }] }, [{ id: 1 }]],
    ["a known key is found below others", "", { a: { b: { rows: [{ id: 1 }] } } }, [{ id: 1 }]],
    ["the case of a key does not matter", "", { Data: [{ id: 1 }] }, [{ id: 1 }]],
    ["the only list of objects is taken", "", { things: [{ id: 1 }] }, [{ id: 1 }]],
    ["an object without lists is one record", "", { id: 1, name: "a" }, [{ id: 1, name: "a" }]],
    [
      "several lists give their elements, not lists",
      "a[*].xs",
      { a: [{ xs: [{ id: 1 }] }, { xs: [{ id: 2 }] }] },
      [{ id: 1 }, { id: 2 }],
    ],
    [
      "a filter",
      "$.a[?@.on == true]",
      {
        a: [
          { id: 1, on: true },
          { id: 2, on: false },
        ],
      },
      [{ id: 1, on: true }],
    ],
    ["a slice", "a[1:]", { a: [{ id: 1 }, { id: 2 }] }, [{ id: 2 }]],
    ["a quoted key", "['a.b']", { "a.b": [{ id: 1 }] }, [{ id: 1 }]],
    ["a match that is an object is one record", "a", { a: { id: 1 } }, [{ id: 1 }]],
    ["null is no record", "a", { a: null }, []],
    ["204 is no record, where dlt fails", "", undefined, []],
    [
      "tags of a record are not rows, where dlt loads them",
      "",
      { tags: ["a"], id: 1 },
      [{ id: 1, tags: ["a"] }],
    ],
    [
      "rows win over errors of a meta object",
      "",
      { meta: { errors: [1] }, result: { rows: [{ id: 1 }] } },
      [{ id: 1 }],
    ],
  ])("%s", async (_, selector, body, records) => {
    const server = await serveAnswers({ "/items": { status: body === undefined ? 204 : 200, body } });
    const given = selector === "" ? "" : `, data_selector: "${selector}"`;
    const project = await makeProject(
      server,
      `- {name: items, paginator: single_page, max_table_nesting: 0, allow_empty: true${given}}`,
    );
    expect((await project.sync()).exitCode).toBe(0);
    const rows =
      records.length === 0
        ? []
        : await project.rows(
            "SELECT to_json(t) FROM (SELECT * EXCLUDE (_dlt_id, _dlt_load_id) FROM raw_api.items ORDER BY rowid) t",
          );
    expect(rows.map(([row]) => JSON.parse(String(row)) as unknown)).toEqual(
      records.map((record) => expect.objectContaining(record as Record<string, unknown>) as unknown),
    );
    expect(rows).toHaveLength(records.length);
  });

  it.each<[string, string, unknown, number, RegExp]>([
    [
      "a selector without a match",
      "itms",
      { items: [{ id: 1 }] },
      5,
      /data_selector "itms" matches nothing.*items/,
    ],
    ["a list of errors in a 200", "", { error: "nope", errors: ["a", "b"] }, 1, /nope/],
    ["HTML with 200", "", "<html>log in</html>", 1, /<html>log in/],
    ["two lists of objects", "", { a: [{ id: 1 }], b: [{ id: 2 }] }, 5, /data_selector/],
  ])(
    "%s is an error, where dlt loads nothing or the wrong rows",
    async (_, selector, body, ...[code, message]) => {
      const server = await serveAnswers({ "/items": { body } });
      const given = selector === "" ? "" : `, data_selector: "${selector}"`;
      const project = await makeProject(server, `- {name: items, paginator: single_page${given}}`);
      const report = await project.sync();
      expect(report.exitCode).toBe(code);
      expect(
        `${report.resources[0]?.error?.message ?? ""} ${report.resources[0]?.error?.hint ?? ""}`,
      ).toMatch(message);
    },
  );
});

test("faults of a configuration that dlt refuses are refused here, with place and nearest name", async () => {
  const faults = [
    "- {name: r, endpoint: {path: r, paginatr: auto}}",
    "- {name: r, paginator: {type: ofset}}",
    "- {name: r, paginator: {type: offset, limit: 10, ofset: 1}}",
    "- {name: r, paginator: {type: offset, limit: 0}}",
    "- {name: r, paginator: {type: page_number, base_page: 1, page_param: p, page_body_path: q}}",
    "- {name: r, path: 'r/{resources.usrs.id}'}\n- users",
    "- a\n- b\n- {name: r, path: '{resources.a.id}/{resources.b.id}'}",
    "- {name: a, path: 'a/{resources.b.id}'}\n- {name: b, path: 'b/{resources.a.id}'}",
    "- {name: r, path: 'r/{id}'}",
    "- p\n- {name: r, path: r, params: {id: {type: resolve, resource: p, field: id}}}",
    "- {name: r, params: {a: '{nope.x}'}}",
    "- {name: r, include_from_parent: [id]}",
    "- {name: r, incremental: {cursor_path: a}, params: {s: {type: incremental, cursor_path: b}}}",
    "- {name: r, params: {s: {type: incremental, cursor_path: a, end_value: 1}}}",
    "- a\n- {name: a, path: b}",
    "- {name: r, response_actions: [{status_code: 404, action: ignor}]}",
  ];
  const issues = faults.map((resources) =>
    issuesOfRest(`base_url: https://api.example.com\nresources:\n${resources}`),
  );
  expect((await Promise.all(issues)).join("\n")).toMatchInlineSnapshot(`
    ".dango/sources.yml:7:39 sources[0].rest_api.resources[0].endpoint.paginatr: unknown key \`paginatr\` → did you mean \`paginator\`?
    .dango/sources.yml:7:37 sources[0].rest_api.resources[0].paginator.type: \`ofset\` is not one of page_number, offset, cursor, header_cursor, json_link, json_response, header_link, single_page, auto, custom → did you mean \`offset\`?
    .dango/sources.yml:7:56 sources[0].rest_api.resources[0].paginator.ofset: unknown key \`ofset\` → did you mean \`offset\`?
    .dango/sources.yml:7:52 sources[0].rest_api.resources[0].paginator.limit: must be at least 1
    .dango/sources.yml:7:30 sources[0].rest_api.resources[0].paginator: the value goes to one place: \`param\` or \`page_param\`, or \`page_body_path\`
    .dango/sources.yml:7:25 sources[0].rest_api.resources[0].path: \`{resources.usrs.id}\` refers to the resource \`usrs\`, which does not exist → did you mean \`users\`?
    .dango/sources.yml:9:25 sources[0].rest_api.resources[2].path: \`r\` takes fields of \`a\` and \`b\`, none of which is a parent of the other → a resource has one parent; fields of that parent's own parents can be taken as well
    .dango/sources.yml:7:25 sources[0].rest_api.resources[0].path: resources that need each other's records can never begin: a → b → a
    .dango/sources.yml:7:25 sources[0].rest_api.resources[0].path: nothing gives \`{id}\` a value → bind it in \`params\` if it stands in \`path\`; literal braces are written {{id}}
    .dango/sources.yml:8:37 sources[0].rest_api.resources[1].params.id: the \`resolve\` parameter \`id\` is not bound in \`path\` → write {id} into the path, or send it as a parameter: id: "{resources.p.id}"
    .dango/sources.yml:7:31 sources[0].rest_api.resources[0].params.a: nothing gives \`{nope.x}\` a value → bind it in \`params\` if it stands in \`path\`; literal braces are written {{nope.x}}
    .dango/sources.yml:7:19 sources[0].rest_api.resources[0].include_from_parent: \`include_from_parent\` needs a parent, and \`r\` has none → take a field of the parent into the request: {resources.<parent>.<field>}
    .dango/sources.yml:7:59 sources[0].rest_api.resources[0].params.s: a resource can have one incremental only
    .dango/sources.yml:7:9 sources[0].rest_api.resources[0].incremental.end_value: \`end_value\` under append needs a primary key → add \`primary_key\`, so that rows that are there already are not added again
    .dango/sources.yml:7:67 sources[0].rest_api.resources[0].params.s.end_value: \`end_value\` cannot stand in a parameter → write \`incremental\` in the endpoint instead
    .dango/sources.yml:7:67 sources[0].rest_api.resources[0].params.s.end_value: \`end_value\` needs \`initial_value\`
    .dango/sources.yml:8:16 sources[0].rest_api.resources[1].name: the resource name \`a\` is taken by the one on line 7 → give this one another name; \`table_name\` may be the same
    .dango/sources.yml:7:65 sources[0].rest_api.resources[0].response_actions[0].action: \`ignor\` is not one of ignore, retry, fail, and no function → did you mean \`ignore\`?"
  `);
});
