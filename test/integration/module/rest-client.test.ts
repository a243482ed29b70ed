import { afterEach, describe, expect, it } from "vitest";
import { paginators, RestClient, UnavailableError } from "../../../src/sdk/index.js";
import { DangoError } from "../../../src/shared/errors.js";
import { sendJson, serve, type ServeHandler, type TestServer } from "../../support/serve.js";
import { makeModuleProject, type ModuleProject } from "./module-project.js";

let server: TestServer | undefined;

afterEach(async () => {
  await server?.close();
  server = undefined;
});

async function startServer(handler: ServeHandler): Promise<TestServer> {
  server = await serve(handler);
  return server;
}

async function project(body: string, settings = ""): Promise<ModuleProject> {
  return makeModuleProject({
    files: {
      "custom_sources/my_api.ts": `import { config, defineSource, paginators, resource, RestClient, secret } from "dango";
void paginators;
export const my_source = defineSource({ base_url: config("http://127.0.0.1:9"), token: secret() }, ({ base_url, token }) => {
  void token;
  const api = new RestClient({ baseUrl: base_url, ${settings} });
  return resource({ name: "things" }, async function* () {
    ${body}
  });
});
`,
    },
    values: { token: "secret-token", base_url: server?.url },
  });
}

/** What reading fails with, as one object; fails itself when reading does not. */
async function failureOf(made: ModuleProject): Promise<Record<string, unknown>> {
  try {
    await made.read("things");
  } catch (error) {
    if (!(error instanceof DangoError)) throw error;
    return {
      name: error.name,
      message: error.message.replaceAll(server?.url ?? "", ""),
      exitCode: error.exitCode,
    };
  }
  throw new Error("it was read");
}

describe("RestClient.get and post", () => {
  it("join path and base URL, encode parameters, leave out what is null, and keep braces (B5)", async () => {
    const { requests } = await startServer((_, response) => {
      sendJson(response, {});
    });
    await using made = await project(`
      await api.get("/a b", { params: {
        q: "{x} & {{y}}", list: [1, "zwei", 3n], none: null, gone: undefined, yes: true, at: new Date(0),
      } });
      await api.get("c?d=1", { params: { e: "" }, headers: { "X-Braces": "{a}" } });`);
    await made.read("things");
    expect(requests.map(({ url }) => url)).toEqual([
      "/a%20b?q=%7Bx%7D%20%26%20%7B%7By%7D%7D&list=1&list=zwei&list=3&yes=true&at=1970-01-01T00%3A00%3A00.000Z",
      "/c?d=1&e=",
    ]);
    expect(requests[1]?.headers["x-braces"]).toBe("{a}");
  });

  it("send headers and credentials, and dango's name", async () => {
    const { requests } = await startServer((_, response) => {
      sendJson(response, {});
    });
    await using made = await project(
      'await api.get("/");',
      'headers: { "X-Tenant": 7 }, auth: { type: "api_key", name: "X-Key", apiKey: token }',
    );
    await made.read("things");
    expect(requests[0]?.headers).toMatchObject({
      "x-tenant": "7",
      "x-key": "secret-token",
      "user-agent": "dango/test",
    });
  });

  it("post a JSON body, whose text and big integers stay what they are", async () => {
    const { requests } = await startServer((_, response) => {
      sendJson(response, { ok: 1 });
    });
    await using made = await project(`
      yield await api.post("/search", { json: { query: "{ users { id } }", id: 9007199254740993n, at: new Date(0), no: undefined } });`);
    expect((await made.read("things")).rows).toEqual([{ ok: 1 }]);
    expect(requests[0]?.method).toBe("POST");
    expect(requests[0]?.headers["content-type"]).toBe("application/json");
    expect(requests[0]?.body).toBe(
      '{"query":"{ users { id } }","id":9007199254740993,"at":"1970-01-01T00:00:00.000Z"}',
    );
  });

  it("give integers beyond 2^53 as bigints, and null for an empty body", async () => {
    await startServer((request, response) => {
      if (request.url === "/empty") response.writeHead(204).end();
      else response.end('{"id": 9007199254740993, "small": 1, "price": 0.1}');
    });
    await using made = await project(`
      const body = await api.get<any>("/big");
      yield { ...body, type: typeof body.id, empty: await api.get("/empty") };`);
    expect((await made.read("things")).rows).toEqual([
      { id: 9007199254740993n, small: 1, price: 0.1, type: "bigint", empty: null },
    ]);
  });

  it("refuse an object as a query parameter, and options that are none", async () => {
    await startServer((_, response) => {
      sendJson(response, {});
    });
    await using nested = await project('await api.get("/a", { params: { filter: { a: 1 } } as never });');
    expect(await failureOf(nested)).toMatchObject({
      message: 'The query parameter "filter" of /a is an object',
      exitCode: 1,
    });
    await using unknown = await project('await api.get("/a", { parms: {} } as never);');
    expect(await failureOf(unknown)).toMatchObject({ message: 'RestClient.get has no option "parms"' });
  });

  it("never send credentials to another origin (H3)", async () => {
    await startServer((_, response) => {
      sendJson(response, {});
    });
    await using made = await project(
      'await api.get("http://other.example/a");',
      'auth: { type: "bearer", token }',
    );
    expect(await failureOf(made)).toMatchObject({ name: "GuardError", exitCode: 5 });
    expect(server?.requests).toEqual([]);
  });

  it("say what came instead of JSON, after trying again (D4)", async () => {
    const { requests } = await startServer((_, response) => {
      response.writeHead(200, { "content-type": "text/html" }).end("<html>Sign in</html>");
    });
    await using made = await project('await api.get("/a");', "retry: { attempts: 2 }");
    const failure = await failureOf(made);
    expect(failure).toMatchObject({ name: "ResponseError", exitCode: 1 });
    expect(failure["message"]).toContain("/a");
    expect(requests).toHaveLength(2);
  });

  it("retry a 429 as told, and report requests, retries, pages and bytes to the run (004-16)", async () => {
    let asked = 0;
    const { requests } = await startServer((_, response) => {
      asked += 1;
      if (asked === 1) response.writeHead(429, { "retry-after": "7" }).end();
      else sendJson(response, { id: asked });
    });
    await using made = await project('yield await api.get("/a"); yield await api.get("/b");');
    const { events, rows } = await made.read("things");
    expect(rows).toEqual([{ id: 2 }, { id: 3 }]);
    expect(requests.map(({ url }) => url)).toEqual(["/a", "/a", "/b"]);
    expect(events.filter(({ event }) => event === "request")).toHaveLength(3);
    expect(events.filter(({ event }) => event === "retry")).toMatchObject([
      { source: "my_custom_api", resource: "things", waitMs: 7000, attempt: 1 },
    ]);
    expect(events.at(-1)).toEqual({
      event: "progress",
      source: "my_custom_api",
      resource: "things",
      rows: 2,
      pages: 2,
      requests: 3,
      bytes: 16,
    });
  });

  it("keep a rate, and page by offset and by cursor (004-16)", async () => {
    const { requests } = await startServer(({ url }, response) => {
      const { pathname, searchParams } = new URL(url, "http://api.test");
      const at = Number(searchParams.get(pathname === "/rows" ? "offset" : "after") ?? 0);
      const next = at < 2 ? { next: at + 1 } : {};
      sendJson(response, {
        data: at < 2 || pathname === "/feed" ? [{ id: `${pathname} ${String(at)}` }] : [],
        ...next,
      });
    });
    await using made = await project(
      `const offset = paginators.offset({ limit: 1 });
    for await (const page of api.paginate("/rows", { paginator: offset, dataSelector: "data" })) yield page;
    const cursor = paginators.cursor({ cursorPath: "next", cursorParam: "after" });
    for await (const page of api.paginate("/feed", { paginator: cursor, dataSelector: "data" })) yield page;`,
      "rateLimit: 10",
    );
    const { rows, sleeps } = await made.read("things");
    expect(requests.map(({ url }) => url)).toEqual([
      "/rows?offset=0&limit=1",
      "/rows?offset=1&limit=1",
      "/rows?offset=2&limit=1",
      "/feed",
      "/feed?after=1",
      "/feed?after=2",
    ]);
    expect(rows).toEqual(["/rows 0", "/rows 1", "/feed 0", "/feed 1", "/feed 2"].map((id) => ({ id })));
    expect(sleeps).toEqual([100, 100, 100, 100, 100]);
  });

  it("use one connection for a whole resource", async () => {
    const started = await startServer((_, response) => {
      sendJson(response, {});
    });
    await using made = await project('for (let i = 0; i < 5; i++) await api.get("/a");');
    await made.read("things");
    expect(started.connections()).toBe(1);
  });
});

describe("RestClient.paginate", () => {
  /** Ten things in pages of four, in every style of paging. */
  const handler: ServeHandler = ({ url, body }, response) => {
    const query = new URL(url, "http://x").searchParams;
    const json = body === "" ? {} : (JSON.parse(body) as { after?: string });
    const from = Number(query.get("offset") ?? query.get("cursor") ?? query.get("from") ?? json.after ?? 0);
    const start = query.has("page") ? (Number(query.get("page")) - 1) * 4 : from;
    const data = Array.from({ length: Math.max(0, Math.min(4, 10 - start)) }, (_, index) => ({
      id: start + index + 1,
    }));
    const next = start + 4 < 10 ? start + 4 : null;
    if (next !== null) response.setHeader("link", `</things?from=${String(next)}>; rel="next"`);
    sendJson(response, {
      data,
      next_page_url: next === null ? null : `/things?from=${String(next)}`,
      meta: { cursor: next },
      paging: next === null ? undefined : { next: { after: String(next) } },
    });
  };
  const TEN = Array.from({ length: 10 }, (_, index) => ({ id: index + 1 }));

  it.each([
    ["pageNumber()", ["/things?page=1", "/things?page=2", "/things?page=3", "/things?page=4"]],
    [
      "offset({ limit: 4, stopOnShortPage: true })",
      ["/things?offset=0&limit=4", "/things?offset=4&limit=4", "/things?offset=8&limit=4"],
    ],
    ['cursor({ cursorPath: "meta.cursor" })', ["/things", "/things?cursor=4", "/things?cursor=8"]],
    ['jsonLink({ nextUrlPath: "next_page_url" })', ["/things", "/things?from=4", "/things?from=8"]],
    ["headerLink()", ["/things", "/things?from=4", "/things?from=8"]],
    ["auto()", ["/things", "/things?from=4", "/things?from=8"]],
  ])("follows paginators.%s", async (paginator, urls) => {
    const { requests } = await startServer(handler);
    await using made = await project(
      `yield* api.paginate("/things", { paginator: paginators.${paginator} });`,
    );
    expect((await made.read("things")).rows).toEqual(TEN);
    expect(requests.map(({ url }) => url)).toEqual(urls);
  });

  it("asks once with paginators.singlePage, however much the API promises", async () => {
    const { requests } = await startServer(handler);
    await using made = await project(
      'yield* api.paginate("/things", { paginator: paginators.singlePage() });',
    );
    expect((await made.read("things")).rows).toEqual(TEN.slice(0, 4));
    expect(requests).toHaveLength(1);
  });

  it("sends the cursor in the body of a POST", async () => {
    const { requests } = await startServer(handler);
    await using made = await project(`
      for await (const page of api.paginate<{ id: number }>("/search", {
        method: "POST",
        json: { limit: 4, text: "{x}" },
        paginator: paginators.cursor({ cursorPath: "paging.next.after", cursorBodyPath: "after" }),
        dataSelector: "data",
      })) yield page.map(({ id }) => ({ id, size: page.length }));`);
    const { rows } = await made.read("things");
    expect(rows).toHaveLength(10);
    expect(rows[9]).toEqual({ id: 10, size: 2 });
    expect(requests.map(({ method, url, body }) => [method, url, body])).toEqual([
      ["POST", "/search", '{"limit":4,"text":"{x}"}'],
      ["POST", "/search", '{"limit":4,"text":"{x}","after":"4"}'],
      ["POST", "/search", '{"limit":4,"text":"{x}","after":"8"}'],
    ]);
  });

  it("takes paginator, selector and maxPages from the client where it is told nothing", async () => {
    const { requests } = await startServer(handler);
    await using made = await project(
      'yield* api.paginate("/things");',
      'paginator: paginators.pageNumber(), dataSelector: "data", maxPages: 2',
    );
    const failure = await failureOf(made);
    expect(failure).toMatchObject({ name: "GuardError", exitCode: 5 });
    expect(failure["message"]).toContain("my_custom_api.things, page 2 (/things?page=2)");
    expect(requests).toHaveLength(2);
  });

  it("holds the records of a page against maxDepth and maxColumns (B2)", async () => {
    await startServer(handler);
    const read = 'yield* api.paginate("/things", { paginator: paginators.singlePage() });';
    await using shallow = await project(read, "maxDepth: 1, maxColumns: 1");
    expect((await shallow.read("things")).rows).toEqual(TEN.slice(0, 4));
    await server?.close();
    await startServer((_, response) => {
      sendJson(response, [{ id: 1, a: { b: 1 } }]);
    });
    await using deep = await project(read, "maxDepth: 1");
    expect((await failureOf(deep))["message"]).toContain(
      "a value is nested deeper than max_depth (1) levels",
    );
    await using wide = await project(read, "maxColumns: 2");
    expect((await failureOf(wide))["message"]).toContain("more than max_columns (2) distinct fields");
  });

  it("reads no page that was not asked for", async () => {
    const { requests } = await startServer(handler);
    await using made = await project(`
      for await (const page of api.paginate("/things", { paginator: paginators.pageNumber() })) {
        yield page;
        if (page.length > 0) break;
      }`);
    expect((await made.read("things")).rows).toEqual(TEN.slice(0, 4));
    expect(requests).toHaveLength(1);
  });

  it("gives exact integers, from a body that is laid out over several lines", async () => {
    await startServer((_, response) => {
      response.end('{\n "data": [\n  {\n   "id": 9007199254740993,\n   "text": "a\\nb"\n  }\n ]\n}\n');
    });
    await using made = await project(`
      for await (const page of api.paginate<any>("/things", { paginator: paginators.singlePage() }))
        yield page.map((item) => ({ ...item, type: typeof item.id }));`);
    expect((await made.read("things")).rows).toEqual([
      { id: 9007199254740993n, text: "a\nb", type: "bigint" },
    ]);
  });

  it("names a selector that matches nothing (D1)", async () => {
    await startServer(handler);
    await using made = await project(
      'yield* api.paginate("/things", { dataSelector: "items", paginator: paginators.singlePage() });',
    );
    expect(await failureOf(made)).toMatchObject({ name: "GuardError", exitCode: 5 });
  });

  it("is an error, never a loop, when a page comes again (P5)", async () => {
    const { requests } = await startServer((_, response) => {
      sendJson(response, { data: [{ id: 1 }] });
    });
    await using made = await project(
      'yield* api.paginate("/things", { paginator: paginators.pageNumber() });',
    );
    expect(await failureOf(made)).toMatchObject({ name: "GuardError", exitCode: 5 });
    expect(requests).toHaveLength(2);
  });

  it("does not follow a link to another origin (H3)", async () => {
    await startServer((_, response) => {
      sendJson(response, { data: [{ id: 1 }], next: "http://other.example/steal" });
    });
    await using made = await project(
      'yield* api.paginate("/things", { paginator: paginators.jsonLink() });',
      'auth: { type: "bearer", token }',
    );
    const failure = await failureOf(made);
    expect(failure).toMatchObject({ name: "GuardError", exitCode: 5 });
    expect(failure["message"]).toContain("http://other.example");
  });
});

describe("RestClient in a program of its own", () => {
  it("works without a run", async () => {
    const { url, requests } = await startServer((_, response) => {
      sendJson(response, { data: [{ id: 1 }] });
    });
    const api = new RestClient({ baseUrl: url });
    expect(await api.get<{ data: unknown[] }>("/things")).toEqual({ data: [{ id: 1 }] });
    const pages = [];
    for await (const page of api.paginate("/things", { paginator: paginators.singlePage() }))
      pages.push(page);
    expect(pages).toEqual([[{ id: 1 }]]);
    expect(requests).toHaveLength(2);
  });

  it("throws errors of the classes that it exports", async () => {
    const { url } = await startServer((_, response) => {
      response.writeHead(503).end();
    });
    const api = new RestClient({ baseUrl: url, retry: { attempts: 1 } });
    await expect(api.get("/things")).rejects.toThrow(UnavailableError);
  });
});
