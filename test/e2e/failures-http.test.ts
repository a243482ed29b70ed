import { createServer, type AddressInfo } from "node:net";
import type { ServerResponse } from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import { narrate } from "../support/narrate.js";
import { makeProject } from "../support/project.js";
import { sendJson, serve, type ReceivedRequest, type TestServer } from "../support/serve.js";

let api: TestServer | undefined;
afterEach(async () => {
  await api?.close();
  api = undefined;
});

const RETRY = "{attempts: 2, base: 10ms}";

/** What a sync says when the API answers so, and the requests that it took. */
async function syncAgainst(
  answer: (response: ServerResponse, request: ReceivedRequest) => void,
  resource = "{name: users, endpoint: /users}",
): Promise<{ said: string; requests: string[] }> {
  api = await serve((request, response) => {
    answer(response, request);
  });
  await using project = await makeProject({
    ".dango/sources.yml": `sources:
  - name: my_api
    type: rest_api
    rest_api:
      base_url: ${api.url}
      auth: {type: bearer, token: "\${MY_API_TOKEN}"}
      retry: ${RETRY}
      resources: [${resource}]
`,
    ".dlt/secrets.toml": `[sources.rest_api]\nMY_API_TOKEN = "a-token-of-mine"\n`,
  });
  const said = narrate(project, await project.dango(["sync"]));
  await expect(project.query("SELECT 1")).rejects.toThrow("does not exist");
  return { said, requests: api.requests.map(({ method, url }) => `${method} ${url}`) };
}

describe("an API that fails: the exit code and the message tell why, and no warehouse is made", () => {
  it("401: exit 6, asked once (000-27)", async () => {
    const { said, requests } = await syncAgainst((response) => {
      sendJson(response, { message: "token expired" }, 401);
    });
    expect(requests).toEqual(["GET /users"]);
    expect(said).toMatchInlineSnapshot(`
      "exit 6
      --- stdout
      my_api → raw_my_api (nothing committed)
        users: failed, nothing of it was changed, 1 request, 0 B, <seconds>
      --- stderr
      my_api: reading into raw_my_api
      my_api.users: failed
      error: my_api.users: GET http://<host>/users answered 401 Unauthorized: {"message":"token expired"}
        hint: The API did not accept the credentials; check the secret behind auth or the Authorization header.
      Failed: 1 of 1 resource, nothing was committed (exit 6)
      log: <log file>"
    `);
  });

  it("403: exit 6, and the scope that is missing (000-23, 000-27)", async () => {
    const { said, requests } = await syncAgainst((response) => {
      response.setHeader("www-authenticate", 'Bearer error="insufficient_scope", scope="users.read"');
      sendJson(response, { message: "forbidden" }, 403);
    });
    expect(requests).toEqual(["GET /users"]);
    expect(said).toMatchInlineSnapshot(`
      "exit 6
      --- stdout
      my_api → raw_my_api (nothing committed)
        users: failed, nothing of it was changed, 1 request, 0 B, <seconds>
      --- stderr
      my_api: reading into raw_my_api
      my_api.users: failed
      error: my_api.users: GET http://<host>/users answered 403 Forbidden, insufficient_scope: users.read: {"message":"forbidden"}
        hint: The credentials lack the permission for this; grant it, or leave the resource out.
      Failed: 1 of 1 resource, nothing was committed (exit 6)
      log: <log file>"
    `);
  });

  it("404: exit 1, asked once (004-18)", async () => {
    const { said, requests } = await syncAgainst((response) => {
      sendJson(response, { message: "no such thing" }, 404);
    });
    expect(requests).toEqual(["GET /users"]);
    expect(said).toMatchInlineSnapshot(`
      "exit 1
      --- stdout
      my_api → raw_my_api (nothing committed)
        users: failed, nothing of it was changed, 1 request, 0 B, <seconds>
      --- stderr
      my_api: reading into raw_my_api
      my_api.users: failed
      error: my_api.users: GET http://<host>/users answered 404 Not Found: {"message":"no such thing"}
        hint: Check base_url and the resource's path.
      Failed: 1 of 1 resource, nothing was committed (exit 1)
      log: <log file>"
    `);
  });

  it("422: exit 1, with what the server says", async () => {
    const { said, requests } = await syncAgainst((response) => {
      sendJson(response, { errors: { status: ["is not a known status"] } }, 422);
    });
    expect(requests).toEqual(["GET /users"]);
    expect(said).toMatchInlineSnapshot(`
      "exit 1
      --- stdout
      my_api → raw_my_api (nothing committed)
        users: failed, nothing of it was changed, 1 request, 0 B, <seconds>
      --- stderr
      my_api: reading into raw_my_api
      my_api.users: failed
      error: my_api.users: GET http://<host>/users answered 422 Unprocessable Entity: {"errors":{"status":["is not a known status"]}}
        hint: The API refuses the request as it is; check the resource's method, params, json and headers.
      Failed: 1 of 1 resource, nothing was committed (exit 1)
      log: <log file>"
    `);
  });

  it("429 that outlasts the retries: exit 7, after as many requests as `attempts` says (H1, 000-26, 000-27)", async () => {
    const { said, requests } = await syncAgainst((response) => {
      sendJson(response, { message: "slow down" }, 429);
    });
    expect(requests).toEqual(["GET /users", "GET /users"]);
    expect(said).toMatchInlineSnapshot(`
      "exit 7
      --- stdout
      my_api → raw_my_api (nothing committed)
        users: failed, nothing of it was changed, 2 requests, 1 retry, 0 B, <seconds>
      --- stderr
      my_api: reading into raw_my_api
      my_api.users: 429 Too Many Requests; retry 1 in <seconds>
      my_api.users: failed
      error: my_api.users: GET http://<host>/users answered 429 Too Many Requests (2 attempts): {"message":"slow down"}
        hint: Set rate_limit to stay below the API's limit, or sync again later.
      Failed: 1 of 1 resource, nothing was committed (exit 7)
      log: <log file>"
    `);
  });

  it("429 with a Retry-After above max_wait: exit 7 at once, naming the time (H1)", async () => {
    const { said, requests } = await syncAgainst((response) => {
      response.setHeader("retry-after", "86400");
      sendJson(response, { message: "come back tomorrow" }, 429);
    });
    expect(requests).toEqual(["GET /users"]);
    expect(said.replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/, "<time>")).toMatchInlineSnapshot(`
      "exit 7
      --- stdout
      my_api → raw_my_api (nothing committed)
        users: failed, nothing of it was changed, 1 request, 0 B, <seconds>
      --- stderr
      my_api: reading into raw_my_api
      my_api.users: failed
      error: my_api.users: GET http://<host>/users answered 429 Too Many Requests and asks to wait 86400 s, until <time>; max_wait is 300 s
        hint: Sync again after that time, or raise max_wait of retry.
      Failed: 1 of 1 resource, nothing was committed (exit 7)
      log: <log file>"
    `);
  });

  it("500: exit 8, after the retries (000-27, 001-10)", async () => {
    const { said, requests } = await syncAgainst((response) => {
      response.writeHead(500, { "content-type": "text/plain" }).end("boom");
    });
    expect(requests).toEqual(["GET /users", "GET /users"]);
    expect(said).toMatchInlineSnapshot(`
      "exit 8
      --- stdout
      my_api → raw_my_api (nothing committed)
        users: failed, nothing of it was changed, 2 requests, 1 retry, 0 B, <seconds>
      --- stderr
      my_api: reading into raw_my_api
      my_api.users: 500 Internal Server Error; retry 1 in <seconds>
      my_api.users: failed
      error: my_api.users: GET http://<host>/users answered 500 Internal Server Error (2 attempts): boom
        hint: The API is failing; sync again later.
      Failed: 1 of 1 resource, nothing was committed (exit 8)
      log: <log file>"
    `);
  });

  it("HTML with 200: exit 1, with status, content type and first bytes, after the retries (D4, 001-03)", async () => {
    const { said, requests } = await syncAgainst((response) => {
      response
        .writeHead(200, { "content-type": "text/html" })
        .end("<!doctype html>\n<html><body>Please log in</body></html>");
    });
    expect(requests).toEqual(["GET /users", "GET /users"]);
    expect(said).toMatchInlineSnapshot(`
      "exit 1
      --- stdout
      my_api → raw_my_api (nothing committed)
        users: failed, nothing of it was changed, 2 requests, 1 retry, 0 B, <seconds>
      --- stderr
      my_api: reading into raw_my_api
      my_api.users: it is HTML, not JSON; retry 1 in <seconds>
      my_api.users: failed
      error: my_api.users: GET http://<host>/users answered 200 OK with a body that cannot be used (2 attempts): it is HTML, not JSON; content type text/html; first bytes: <!doctype html>\\n<html><body>Please log in</body></html>
        hint: Open the URL in a browser or with curl: it may be a web page, a login, or a gateway's message.
      Failed: 1 of 1 resource, nothing was committed (exit 1)
      log: <log file>"
    `);
  });

  it("JSON that ends in the middle: exit 1, with its first bytes, after the retries (D4)", async () => {
    const { said, requests } = await syncAgainst((response) => {
      response.writeHead(200, { "content-type": "application/json" }).end('[{"id": 1}, {"id": 2, "na');
    });
    expect(requests).toEqual(["GET /users", "GET /users"]);
    expect(said).toMatchInlineSnapshot(`
      "exit 1
      --- stdout
      my_api → raw_my_api (nothing committed)
        users: failed, nothing of it was changed, 2 requests, 1 retry, 0 B, <seconds>
      --- stderr
      my_api: reading into raw_my_api
      my_api.users: the JSON is cut short; retry 1 in <seconds>
      my_api.users: failed
      error: my_api.users: GET http://<host>/users answered 200 OK with a body that cannot be used (2 attempts): the JSON is cut short; content type application/json; first bytes: [{"id": 1}, {"id": 2, "na
        hint: Open the URL in a browser or with curl: it may be a web page, a login, or a gateway's message.
      Failed: 1 of 1 resource, nothing was committed (exit 1)
      log: <log file>"
    `);
  });

  it("a body cut short against its length: exit 8, a connection error (D4)", async () => {
    const { said, requests } = await syncAgainst((response) => {
      response.writeHead(200, { "content-type": "application/json", "content-length": 1000 });
      response.write('[{"id": 1}');
      setTimeout(() => response.destroy(), 20);
    });
    expect(requests).toEqual(["GET /users", "GET /users"]);
    expect(said).toMatchInlineSnapshot(`
      "exit 8
      --- stdout
      my_api → raw_my_api (nothing committed)
        users: failed, nothing of it was changed, 2 requests, 1 retry, 0 B, <seconds>
      --- stderr
      my_api: reading into raw_my_api
      my_api.users: failed: the body was cut short; retry 1 in <seconds>
      my_api.users: failed
      error: my_api.users: GET http://<host>/users failed: the body was cut short (2 attempts)
        hint: Sync again later; if it happens again and again, ask the API's operator.
      Failed: 1 of 1 resource, nothing was committed (exit 8)
      log: <log file>"
    `);
  });

  it("an error object with 200: exit 1, with the server's message (D3)", async () => {
    const { said, requests } = await syncAgainst((response) => {
      sendJson(response, { error: { code: 17, message: "this plan has no API" } });
    });
    expect(requests).toEqual(["GET /users"]);
    expect(said).toMatchInlineSnapshot(`
      "exit 1
      --- stdout
      my_api → raw_my_api (nothing committed)
        users: failed, nothing of it was changed, 1 request, 0 B, <seconds>
      --- stderr
      my_api: reading into raw_my_api
      my_api.users: failed
      error: my_api.users: page 1 (http://<host>/users): status 200 with an error in the body: this plan has no API
        hint: if this object is the record, set \`data_selector: $\`
      Failed: 1 of 1 resource, nothing was committed (exit 1)
      log: <log file>"
    `);
  });

  it("several lists that could be the records: exit 5, all of them named (D2)", async () => {
    const { said, requests } = await syncAgainst((response) => {
      sendJson(response, { users: [{ id: 1 }], teams: [{ id: 2 }] });
    });
    expect(requests).toEqual(["GET /users"]);
    expect(said).toMatchInlineSnapshot(`
      "exit 5
      --- stdout
      my_api → raw_my_api (nothing committed)
        users: failed, nothing of it was changed, 1 request, 0 B, <seconds>
      --- stderr
      my_api: reading into raw_my_api
      my_api.users: failed
      error: my_api.users: page 1 (http://<host>/users): several lists could be the records: "users", "teams"
        hint: set \`data_selector\` to the one you mean, such as \`data_selector: users\`
      Failed: 1 of 1 resource, nothing was committed (exit 5)
      log: <log file>"
    `);
  });

  it("a data_selector that matches nothing: exit 5, with the keys that are there", async () => {
    const { said, requests } = await syncAgainst((response) => {
      sendJson(response, { users: [{ id: 1 }], total: 1 });
    }, "{name: users, endpoint: {path: /users, data_selector: data}}");
    expect(requests).toEqual(["GET /users"]);
    expect(said).toMatchInlineSnapshot(`
      "exit 5
      --- stdout
      my_api → raw_my_api (nothing committed)
        users: failed, nothing of it was changed, 1 request, 0 B, <seconds>
      --- stderr
      my_api: reading into raw_my_api
      my_api.users: failed
      error: my_api.users: page 1 (http://<host>/users): data_selector "data" matches nothing: the body has no key "data", only: users, total
        hint: correct \`data_selector\`, or set \`on_missing_selector: empty\` if such a body means that there are no records
      Failed: 1 of 1 resource, nothing was committed (exit 5)
      log: <log file>"
    `);
  });

  it("a cursor that comes back: exit 5, with the token, never a loop (P5)", async () => {
    const { said, requests } = await syncAgainst((response, { url }) => {
      const page = new URL(url, "http://x").searchParams.get("cursor") ?? "a";
      sendJson(response, { items: [{ id: page }], next_cursor: page === "b" ? "a" : "b" });
    }, "{name: users, endpoint: /users, paginator: {type: cursor, path: next_cursor, param: cursor}}");
    expect(requests).toEqual(["GET /users", "GET /users?cursor=b", "GET /users?cursor=a"]);
    expect(said).toMatchInlineSnapshot(`
      "exit 5
      --- stdout
      my_api → raw_my_api (nothing committed)
        users: failed, nothing of it was changed, 3 requests, 120 B, <seconds>
      --- stderr
      my_api: reading into raw_my_api
      my_api.users: failed
      error: my_api.users, page 3 (http://<host>/users?cursor=a): it leads to cursor "b", which was used before
        hint: Check that the paginator's parameter is the one that the API reads; on_repeat: end takes this for the end, accept goes on.
      Failed: 1 of 1 resource, nothing was committed (exit 5)
      log: <log file>"
    `);
  });

  it("a page that brings the same records again: exit 5, never a loop (P5)", async () => {
    const { said, requests } = await syncAgainst((response) => {
      sendJson(response, [{ id: 1 }, { id: 2 }]);
    }, "{name: users, endpoint: /users, paginator: {type: page_number, param: page}}");
    expect(requests).toEqual(["GET /users?page=1", "GET /users?page=2"]);
    expect(said).toMatchInlineSnapshot(`
      "exit 5
      --- stdout
      my_api → raw_my_api (nothing committed)
        users: failed, nothing of it was changed, 2 requests, 38 B, <seconds>
      --- stderr
      my_api: reading into raw_my_api
      my_api.users: failed
      error: my_api.users, page 2 (http://<host>/users?page=2): page 2 brought the same 2 records as the page before
        hint: Check that the paginator's parameter is the one that the API reads; on_repeat: end takes this for the end, accept goes on.
      Failed: 1 of 1 resource, nothing was committed (exit 5)
      log: <log file>"
    `);
  });

  it("max_pages: exit 5, naming the limit", async () => {
    const { said, requests } = await syncAgainst((response, { url }) => {
      sendJson(response, [{ id: url }]);
    }, "{name: users, endpoint: /users, max_pages: 3, paginator: {type: page_number, param: page}}");
    expect(requests).toEqual(["GET /users?page=1", "GET /users?page=2", "GET /users?page=3"]);
    expect(said).toMatchInlineSnapshot(`
      "exit 5
      --- stdout
      my_api → raw_my_api (nothing committed)
        users: failed, nothing of it was changed, 3 requests, 72 B, <seconds>
      --- stderr
      my_api: reading into raw_my_api
      my_api.users: failed
      error: my_api.users, page 3 (http://<host>/users?page=3): max_pages 3 is reached, and more pages follow
        hint: Raise or remove max_pages.
      Failed: 1 of 1 resource, nothing was committed (exit 5)
      log: <log file>"
    `);
  });

  it("what looks paged and cannot be proven: exit 5, asking for a paginator (P10)", async () => {
    const { said, requests } = await syncAgainst((response) => {
      sendJson(response, { items: [{ id: 1 }, { id: 2 }], has_more: true });
    });
    expect(requests).toEqual(["GET /users"]);
    expect(said).toMatchInlineSnapshot(`
      "exit 5
      --- stdout
      my_api → raw_my_api (nothing committed)
        users: failed, nothing of it was changed, 1 request, 45 B, <seconds>
      --- stderr
      my_api: reading into raw_my_api
      my_api.users: failed
      error: my_api.users, page 1 (http://<host>/users): more pages seem to follow (has_more is true), but not how to ask for them
        hint: Set a paginator for this resource; single_page if this page is all there is.
      Failed: 1 of 1 resource, nothing was committed (exit 5)
      log: <log file>"
    `);
  });

  it("a next link to another origin: exit 5, and no token goes there (H3)", async () => {
    const other = await serve((_request, response) => {
      sendJson(response, { items: [], next: null });
    });
    const { said } = await syncAgainst((response) => {
      sendJson(response, { items: [{ id: 1 }], next: `${other.url}/users?page=2` });
    }, "{name: users, endpoint: /users, paginator: {type: json_link, next_url_path: next}}");
    expect(other.requests).toEqual([]);
    await other.close();
    expect(said).toMatchInlineSnapshot(`
      "exit 5
      --- stdout
      my_api → raw_my_api (nothing committed)
        users: failed, nothing of it was changed, 1 request, 65 B, <seconds>
      --- stderr
      my_api: reading into raw_my_api
      my_api.users: failed
      error: my_api.users, page 1 (http://<host>/users): the next link leads to http://<host>, another origin than base_url's http://<host>
        hint: Credentials go to no other origin. If this one belongs to the API, add "http://<host>" to allowed_origins.
      Failed: 1 of 1 resource, nothing was committed (exit 5)
      log: <log file>"
    `);
  });

  it("a port that refuses: exit 8 (000-27)", async () => {
    const free = await freePort();
    await using project = await makeProject({
      ".dango/sources.yml": `sources:
  - name: my_api
    type: rest_api
    rest_api: {base_url: "http://127.0.0.1:${String(free)}", retry: ${RETRY}, resources: [users]}
`,
    });
    expect(narrate(project, await project.dango(["sync"]))).toMatchInlineSnapshot(`
      "exit 8
      --- stdout
      my_api → raw_my_api (nothing committed)
        users: failed, nothing of it was changed, 2 requests, 1 retry, 0 B, <seconds>
      --- stderr
      my_api: reading into raw_my_api
      my_api.users: failed: <host> refused the connection; retry 1 in <seconds>
      my_api.users: failed
      error: my_api.users: GET http://<host>/users failed: <host> refused the connection (2 attempts)
        hint: Check host and port of base_url, and that the server is running.
      Failed: 1 of 1 resource, nothing was committed (exit 8)
      log: <log file>"
    `);
  });

  it("a host name that does not exist: exit 8", async () => {
    await using project = await makeProject({
      ".dango/sources.yml": `sources:
  - name: my_api
    type: rest_api
    rest_api: {base_url: "http://no-such-host.invalid", retry: {attempts: 1}, resources: [users]}
`,
    });
    const said = narrate(project, await project.dango(["sync"]));
    expect(said.replace(/ENOTFOUND|EAI_AGAIN/, "<code>")).toMatchInlineSnapshot(`
      "exit 8
      --- stdout
      my_api → raw_my_api (nothing committed)
        users: failed, nothing of it was changed, 1 request, 0 B, <seconds>
      --- stderr
      my_api: reading into raw_my_api
      my_api.users: failed
      error: my_api.users: GET http://no-such-host.invalid/users failed: the host name no-such-host.invalid could not be resolved (<code>)
        hint: Check the spelling of base_url, and this machine's network and DNS.
      Failed: 1 of 1 resource, nothing was committed (exit 8)
      log: <log file>"
    `);
  });

  it("an answer that does not come: exit 8, a timeout (000-27, 000-28)", async () => {
    api = await serve(() => new Promise(() => undefined));
    await using project = await makeProject({
      ".dango/sources.yml": `sources:
  - name: my_api
    type: rest_api
    rest_api: {base_url: "${api.url}", timeout: 200ms, retry: {attempts: 1}, resources: [users]}
`,
    });
    expect(narrate(project, await project.dango(["sync"]))).toMatchInlineSnapshot(`
      "exit 8
      --- stdout
      my_api → raw_my_api (nothing committed)
        users: failed, nothing of it was changed, 1 request, 0 B, <seconds>
      --- stderr
      my_api: reading into raw_my_api
      my_api.users: failed
      error: my_api.users: GET http://<host>/users timed out: no answer within <seconds>
        hint: Raise timeout if the API is known to be slow, ask for smaller pages, or sync again later.
      Failed: 1 of 1 resource, nothing was committed (exit 8)
      log: <log file>"
    `);
  });
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
