import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { sendJson, serve, type TestServer } from "../../support/serve.js";
import { issuesOfResource } from "../config/support.js";
import { readYaml } from "./read-yaml.js";

let server: TestServer;
beforeEach(async () => {
  server = await serve((_, response) => {
    sendJson(response, [{ id: 1 }]);
  });
});
afterEach(() => server.close());

const BOUNDS = { startValue: "2024-01-01 10:00" };

/** Method, URL, content type and body of the only request. */
async function requestOf(resource: string): Promise<string> {
  const { error } = await readYaml(server.url, resource, { bounds: BOUNDS });
  if (error !== undefined) throw error;
  expect(server.requests).toHaveLength(1);
  const [request] = server.requests;
  return `${request?.method ?? ""} ${request?.url ?? ""} | ${request?.headers["content-type"] ?? "none"} | ${request?.body ?? ""}`;
}

const INCREMENTAL = "incremental: {cursor_path: at, initial_value: x}";

describe("endpoint.data", () => {
  it("sends a mapping as a form: lists repeat the key, null is left out, numbers as written (B5)", async () => {
    const data =
      "{q: 'a b&c', page: 1.0, ok: true, tag: [x, 'é'], none: null, since: '{incremental.start_value}'}";
    expect(await requestOf(`- {name: search, method: POST, data: ${data}, ${INCREMENTAL}}`)).toBe(
      "POST /search | application/x-www-form-urlencoded | q=a+b%26c&page=1.0&ok=true&tag=x&tag=%C3%A9&since=2024-01-01+10%3A00",
    );
  });

  it("sends a list of pairs in order, keys repeated as they are", async () => {
    expect(await requestOf("- {name: search, method: POST, data: [[b, 2], [a, 1], [b, 3]]}")).toBe(
      "POST /search | application/x-www-form-urlencoded | b=2&a=1&b=3",
    );
  });

  it("sends a text as it is, its placeholders filled in, under the content type that headers give", async () => {
    const resource = `
name: search
method: POST
headers: {Content-Type: application/soap+xml}
data: "<since at='{incremental.start_value}'/>"
${INCREMENTAL}`;
    expect(await requestOf(`-${resource.replaceAll("\n", "\n  ").slice(2)}`)).toBe(
      "POST /search | application/soap+xml | <since at='2024-01-01 10:00'/>",
    );
  });

  it("sends no content type of its own with a text", async () => {
    expect(await requestOf("- {name: search, method: POST, data: hello}")).toBe(
      "POST /search | none | hello",
    );
  });

  it("leaves a field out whose placeholder has no value yet, and pages in the form (P9)", async () => {
    await server.close();
    server = await serve(({ body }, response) => {
      sendJson(response, { data: [{ body }], next: body.includes("after=n1") ? null : "n1" });
    });
    const form = "{q: x, after: '{paginator.cursor}'}";
    const paginator = "{type: cursor, cursor_path: next}";
    await readYaml(server.url, `- {name: s, method: POST, data: ${form}, paginator: ${paginator}}`);
    await readYaml(
      server.url,
      `- {name: s, method: POST, data: {q: x}, paginator: {type: cursor, cursor_path: next, cursor_body_path: after}}`,
    );
    expect(server.requests.map(({ body }) => body)).toEqual(["q=x", "q=x&after=n1", "q=x", "q=x&after=n1"]);
  });

  it("is an error where a text has a placeholder without a value", async () => {
    const resource =
      "- {name: s, method: POST, data: 'c={paginator.cursor}', paginator: {type: cursor, cursor_path: n}}";
    const { error } = await readYaml(server.url, resource);
    expect(error?.message).toBe("api.s: the placeholder {paginator.cursor} in the text of data has no value");
    expect(server.requests).toEqual([]);
  });

  it("with GET and no method given is sent, with a warning", async () => {
    const { notices } = await readYaml(server.url, "- {name: s, json: {a: 1}}");
    expect(server.requests[0]).toMatchObject({ method: "GET", body: '{"a":1}' });
    expect(notices).toContain(
      "warning: sends a body with GET, which many servers ignore: set method: POST, or method: GET if the API reads it",
    );
  });

  it("with GET that is given is sent without a word", async () => {
    const { notices } = await readYaml(server.url, "- {name: s, method: GET, json: {a: 1}}");
    expect(server.requests[0]).toMatchObject({ method: "GET", body: '{"a":1}' });
    expect(notices.filter((notice) => notice.includes("GET"))).toEqual([]);
  });
});

describe("a parameter of type json", () => {
  it("is sent as compact JSON, placeholders in it filled in with their type (B5)", async () => {
    const value =
      "{since: '{incremental.start_value}', sizes: [1, 2], deep: {ok: true, n: null}, c: '{paginator.cursor}'}";
    const params = `{filter: {type: json, value: ${value}}}`;
    const resource = `- {name: s, params: ${params}, ${INCREMENTAL}, paginator: {type: cursor, cursor_path: n}}`;
    await requestOf(resource);
    const url = new URL(server.requests[0]?.url ?? "", server.url);
    expect([...url.searchParams]).toEqual([
      ["filter", '{"since":"2024-01-01 10:00","sizes":[1,2],"deep":{"ok":true,"n":null}}'],
    ]);
  });

  it("that is null is left out", async () => {
    expect(await requestOf("- {name: s, params: {a: {type: json, value: null}, b: 1}}")).toBe(
      "GET /s?b=1 | none | ",
    );
  });
});

describe("mistakes", () => {
  it.each([
    [
      "two bodies",
      "- {name: s, method: POST, json: {a: 1}, data: {b: 2}}",
      ".dango/sources.yml:7:49 sources[0].rest_api.resources[0].data: a request has one body: `json` and `data` exclude each other → keep one of them; `null` takes one of `resource_defaults` away",
    ],
    [
      "a mapping in a form",
      "- {name: s, method: POST, data: {b: {c: 1}}}",
      ".dango/sources.yml:7:45 sources[0].rest_api.resources[0].data.b: a form field cannot hold a mapping → send the body as JSON: `json` instead of `data`",
    ],
    [
      "a mapping in a query",
      "- {name: s, params: {b: {c: 1}}}",
      ".dango/sources.yml:7:33 sources[0].rest_api.resources[0].params.b: a query parameter cannot hold a mapping → send it in the request body: move it from `params` to `json`",
    ],
    [
      "a body path into a text",
      "- {name: s, method: POST, data: x, paginator: {type: page_number, page_body_path: p}}",
      ".dango/sources.yml:7:75 sources[0].rest_api.resources[0].paginator.page_body_path: the body is text, which has no fields to send it in → write `data` as a mapping, or put a {paginator.…} placeholder into the text",
    ],
    [
      "an unknown placeholder in a form",
      "- {name: s, method: POST, data: {b: '{incremental.start_vale}'}, incremental: {cursor_path: a}}",
      ".dango/sources.yml:7:45 sources[0].rest_api.resources[0].data.b: there is no `{incremental.start_vale}` → did you mean `{incremental.start_value}`?",
    ],
  ])("%s", async (_, resource, issue) => {
    expect(await issuesOfResource(resource)).toBe(issue);
  });
});
