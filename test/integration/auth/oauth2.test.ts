import { describe, expect, it } from "vitest";
import { createAuthHost } from "../../../src/http/auth/auth-host.js";
import { createRedactor } from "../../../src/shared/redact.js";
import { sendJson, type ServeHandler } from "../../support/serve.js";
import { createBench, startServer, type Bench } from "../http/support.js";
import { clientCredentials, createTokenApi, formOf } from "./support.js";

const urls = (requests: readonly { url: string }[]): string[] => requests.map(({ url }) => url);

/** A client of a server that gives tokens and wants them. */
async function startTokenBench(
  answer: Readonly<Record<string, unknown>> = {},
  more: Parameters<typeof clientCredentials>[1] = {},
) {
  const api = createTokenApi(answer);
  const server = await startServer((request, response) => api.handler(request, response));
  const bench = createBench(server.url, { auth: clientCredentials(server.url, more) });
  return { api, server, bench };
}

/** A client whose token endpoint is answered by `handler`. */
async function startWithEndpoint(
  handler: ServeHandler,
): Promise<{ bench: Bench; url: string; count: () => number }> {
  const server = await startServer((request, response) => {
    if (request.url === "/token") return handler(request, response);
    sendJson(response, []);
    return undefined;
  });
  const bench = createBench(server.url, { auth: clientCredentials(server.url) });
  return { bench, url: server.url, count: () => server.requests.length };
}

describe("oauth2_client_credentials", () => {
  it("asks for one token with a form, and sends it with every request (001-08, 002-20)", async () => {
    const { server, bench } = await startTokenBench({ expires_in: 3600 });
    await bench.send("/a");
    await bench.send("/b");

    expect(urls(server.requests)).toEqual(["/token", "/a", "/b"]);
    const [token, a] = server.requests;
    expect(token?.method).toBe("POST");
    expect(token?.headers["content-type"]).toBe("application/x-www-form-urlencoded");
    expect(token?.headers.authorization).toBeUndefined();
    expect(token?.body).toBe(
      "grant_type=client_credentials&client_id=my+client&client_secret=s3cret%2F%2B%3Dvalue",
    );
    expect(a?.headers.authorization).toBe("Bearer access-token-1");
  });

  it("sends scopes and further data, which replaces its own", async () => {
    const { server, bench } = await startTokenBench(
      {},
      {
        scopes: ["read", "write:all"],
        requestData: { audience: "https://api", client_id: "other", resource: ["a", "b"] },
      },
    );
    await bench.send("/");
    expect(server.requests.slice(0, 1).map(formOf)).toEqual([
      [
        ["grant_type", "client_credentials"],
        ["client_id", "other"],
        ["client_secret", "s3cret/+=value"],
        ["scope", "read write:all"],
        ["audience", "https://api"],
        ["resource", "a"],
        ["resource", "b"],
      ],
    ]);
  });

  it("sends id and secret as a Basic header when client_auth says so, form-encoded as RFC 6749 wants", async () => {
    const { server, bench } = await startTokenBench({}, { clientAuth: "basic" });
    await bench.send("/");
    const [token] = server.requests;
    const pair = Buffer.from("my+client:s3cret%2F%2B%3Dvalue").toString("base64");
    expect(token?.headers.authorization).toBe(`Basic ${pair}`);
    expect(token?.body).toBe("grant_type=client_credentials");
  });

  it("sends none of the client's own headers to the token endpoint", async () => {
    const api = createTokenApi();
    const server = await startServer((request, response) => api.handler(request, response));
    const headers = { "X-Tenant": "acme", Authorization: "Bearer stale" };
    const bench = createBench(server.url, { auth: clientCredentials(server.url), headers });
    await bench.send("/");
    const [token, own] = server.requests;
    expect([token?.headers["x-tenant"], token?.headers.authorization]).toEqual([undefined, undefined]);
    expect([own?.headers["x-tenant"], own?.headers.authorization]).toEqual(["acme", "Bearer access-token-1"]);
  });

  it("makes one token request for any number of parallel requests (000-21)", async () => {
    const { api, bench } = await startTokenBench();
    await Promise.all(Array.from({ length: 50 }, (_, index) => bench.send(`/${String(index)}`)));
    expect(api.issued).toBe(1);
  });

  it("shares the token between clients of one source that differ in other settings", async () => {
    const api = createTokenApi();
    const server = await startServer((request, response) => api.handler(request, response));
    const host = createAuthHost();
    const auth = clientCredentials(server.url);
    const clients = [1_000, 2_000].map((timeoutMs) =>
      createBench(server.url, { auth, timeoutMs }, { auth: host }),
    );
    await Promise.all(clients.map((bench) => bench.send("/")));
    expect(api.issued).toBe(1);
    await createBench(server.url, { auth: { ...auth, scopes: ["more"] } }, { auth: host }).send("/");
    expect(api.issued).toBe(2);
  });

  it("counts its requests for the resource that needed them", async () => {
    const { server, bench } = await startTokenBench();
    await bench.send("/a");
    expect(bench.events).toMatchObject([
      { event: "request", resource: "users", method: "POST", url: `${server.url}/token`, status: 200 },
      { event: "request", resource: "users", method: "GET", url: `${server.url}/a`, status: 200 },
    ]);
  });

  it("begins with a given access token, and asks for another when it is refused", async () => {
    const { api, server, bench } = await startTokenBench({}, { accessToken: "given-token" });
    await bench.send("/a");
    expect(server.requests.map(({ headers }) => headers.authorization)).toEqual([
      "Bearer given-token",
      undefined,
      "Bearer access-token-1",
    ]);
    expect(api.issued).toBe(1);
  });
});

describe("the end of a token", () => {
  it.each([
    ["5 minutes before it, when it is far", { expires_in: 3600 }, 3_299_000],
    ["an hour when nothing is said", {}, 3_299_000],
    ["said as text", { expires_in: "1200" }, 899_000],
    ["half way, when it is near", { expires_in: 60 }, 29_000],
    ["an hour when it makes no sense", { expires_in: 0 }, 3_299_000],
  ])("is met by a new one: %s", async (_, answer, freshMs) => {
    const { api, bench } = await startTokenBench(answer);
    await bench.send("/");
    bench.clock.advance(freshMs);
    await bench.send("/");
    expect(api.issued).toBe(1);
    bench.clock.advance(1_001);
    await bench.send("/");
    await bench.send("/");
    expect(api.issued).toBe(2);
  });

  it("is met as long before as expiry_buffer says", async () => {
    const { api, bench } = await startTokenBench({ expires_in: 3600 }, { expiryBufferMs: 60_000 });
    await bench.send("/");
    bench.clock.advance(3_539_000);
    await bench.send("/");
    expect(api.issued).toBe(1);
    bench.clock.advance(1_001);
    await bench.send("/");
    expect(api.issued).toBe(2);
  });

  it("does not make a loop of a token that is good for no time at all", async () => {
    const { api, bench } = await startTokenBench({ expires_in: "0.000001" });
    await bench.send("/");
    expect(api.issued).toBe(1);
    expect(bench.clock.sleeps).toEqual([]);
  });

  it("leaves the rate limit between the token request and the next", async () => {
    const api = createTokenApi();
    const server = await startServer((request, response) => api.handler(request, response));
    const auth = clientCredentials(server.url);
    const bench = createBench(server.url, { auth, rateLimit: [{ requests: 1, perMs: 700 }] });
    await bench.send("/");
    expect(bench.clock.sleeps).toEqual([700]);
  });
});

describe("a 401", () => {
  it("makes one new token, and the request is sent again at once (000-21)", async () => {
    const { api, server, bench } = await startTokenBench();
    await bench.send("/a");
    api.revoke();
    await bench.send("/b");
    expect(urls(server.requests)).toEqual(["/token", "/a", "/b", "/token", "/b"]);
    expect(bench.clock.sleeps).toEqual([]);
  });

  it("of many requests at once makes one new token", async () => {
    const { api, server, bench } = await startTokenBench();
    await bench.send("/first");
    api.revoke();
    await Promise.all(Array.from({ length: 20 }, (_, index) => bench.send(`/${String(index)}`)));
    expect(api.issued).toBe(2);
    expect(urls(server.requests).filter((url) => url === "/token")).toHaveLength(2);
  });

  it("that comes after the token was renewed makes no other one", async () => {
    let release: () => void = () => undefined;
    const late = new Promise<void>((resolve) => {
      release = resolve;
    });
    const api = createTokenApi();
    const server = await startServer(async (request, response) => {
      const isOld = request.headers.authorization === "Bearer access-token-1";
      if (request.url === "/slow" && isOld) {
        await late;
        sendJson(response, {}, 401);
        return;
      }
      await api.handler(request, response);
    });
    const bench = createBench(server.url, { auth: clientCredentials(server.url) });
    await bench.send("/");
    const slow = bench.send("/slow");
    await expect.poll(() => urls(server.requests)).toContain("/slow");
    api.revoke();
    await bench.send("/fast");
    release();
    await slow;
    expect(api.issued).toBe(2);
  });

  it("that outlasts the new token is exit 6 (H4)", async () => {
    const server = await startServer((request, response) => {
      if (request.url === "/token") sendJson(response, { access_token: "never-good-enough" });
      else sendJson(response, { message: "no" }, 401);
    });
    const bench = createBench(server.url, { auth: clientCredentials(server.url) });
    const error = await bench.fail("/a");
    expect([error.exitCode, error.type]).toEqual([6, "authentication"]);
    expect(error.message).toBe(
      `GET ${server.url}/a answered 401 Unauthorized (2 attempts): {"message":"no"}`,
    );
    expect(urls(server.requests)).toEqual(["/token", "/a", "/token", "/a"]);
  });
});

describe("a token endpoint", () => {
  it.each([
    [400, { error: "invalid_client", error_description: "unknown client" }, "invalid_client: unknown client"],
    [401, { error: { code: 7, message: "locked" } }, "7: locked"],
    [403, "<b>no</b>", '"<b>no</b>"'],
  ])("that says %i is exit 6, in the server's words (H4)", async (status, body, words) => {
    const { bench, url, count } = await startWithEndpoint((_, response) => {
      sendJson(response, body, status);
    });
    const error = await bench.fail("/");
    expect([error.exitCode, error.type]).toEqual([6, status === 403 ? "permission" : "authentication"]);
    expect(error.message).toBe(`POST ${url}/token answered ${String(status)}: ${words}`);
    expect(error.hint).toBe(
      "Check client_id, client_secret and scopes of auth; some servers want client_auth: basic.",
    );
    expect(count()).toBe(1);
  });

  it("that refuses is not asked again by the resources that follow, so that no account is locked", async () => {
    const { bench, count } = await startWithEndpoint((_, response) => {
      sendJson(response, { error: "invalid_client" }, 401);
    });
    const first = await bench.fail("/a");
    expect(await bench.fail("/b")).toBe(first);
    expect(count()).toBe(1);
    bench.clock.advance(60_001);
    await bench.fail("/c");
    expect(count()).toBe(2);
  });

  it("that says 200 and means a refusal is exit 6", async () => {
    const { bench, url } = await startWithEndpoint((_, response) => {
      sendJson(response, { error: "bad_verification_code", error_description: "expired" });
    });
    const error = await bench.fail("/");
    expect([error.exitCode, error.message]).toEqual([
      6,
      `POST ${url}/token answered 200: bad_verification_code: expired`,
    ]);
  });

  it("that gives no access_token is told by its keys, not by their values", async () => {
    const { bench, url } = await startWithEndpoint((_, response) => {
      sendJson(response, { accessToken: "the-token-itself", expires_in: 1 });
    });
    const error = await bench.fail("/");
    expect([error.exitCode, error.type]).toEqual([1, "response"]);
    expect(error.message).toBe(
      `POST ${url}/token answered 200 without access_token; its keys: accessToken, expires_in`,
    );
  });

  it("is tried again on 5xx and 429 like any other, and then tells of itself", async () => {
    let failures = 2;
    const { bench, count } = await startWithEndpoint((_, response) => {
      failures -= 1;
      if (failures >= 0) sendJson(response, {}, failures === 1 ? 503 : 429);
      else sendJson(response, { access_token: "late-token" });
    });
    await bench.send("/");
    expect(count()).toBe(4);
    expect(bench.clock.sleeps).toEqual([1_000, 2_000]);
  });

  it("that answers no JSON is an error that shows nothing of it, because it may be a token", async () => {
    const { bench, url } = await startWithEndpoint((_, response) => {
      response.end('{"access_token": "half-a-token-in-broken-json"');
    });
    const error = await bench.fail("/");
    expect(error.message).toBe(
      `POST ${url}/token answered 200 OK with a body that cannot be used (5 attempts): it is neither JSON nor a form; no content type; first bytes: (not shown, it may hold a token)`,
    );
  });

  it("that is not there is told with the key to check", async () => {
    const { bench, url } = await startWithEndpoint((_, response) => {
      response.writeHead(404).end();
    });
    const error = await bench.fail("/");
    expect([error.exitCode, error.message, error.hint]).toEqual([
      1,
      `POST ${url}/token answered 404 Not Found`,
      "Check access_token_url of auth.",
    ]);
  });

  it("may answer a form", async () => {
    const { bench } = await startWithEndpoint((_, response) => {
      response.setHeader("content-type", "application/x-www-form-urlencoded; charset=utf-8");
      response.end("access_token=from-a-form&expires_in=7200");
    });
    expect((await bench.send("/")).status).toBe(200);
  });

  it("may be of another origin than the API, which gets the token only", async () => {
    const api = createTokenApi();
    const tokens = await startServer((request, response) => api.handler(request, response));
    const server = await startServer((request, response) => api.handler(request, response));
    const auth = clientCredentials(tokens.url);
    // As config/ allows the origins of URLs in `auth`.
    const bench = createBench(server.url, { auth, allowedOrigins: [tokens.url] });
    await bench.send("/a");
    expect([urls(tokens.requests), urls(server.requests)]).toEqual([["/token"], ["/a"]]);
    expect(JSON.stringify(server.requests[0]?.headers)).not.toContain("s3cret");
  });
});

it("keeps token, secret and pair out of everything, also when the API repeats them (S1, S2)", async () => {
  const redactor = createRedactor();
  const server = await startServer((request, response) => {
    if (request.url === "/token") sendJson(response, { access_token: "tok/en+with=signs" });
    else {
      const encoded = Buffer.from("tok/en+with=signs").toString("base64");
      sendJson(response, { sent: request.headers.authorization, encoded, secret: "s3cret/+=value" }, 400);
    }
  });
  const auth = clientCredentials(server.url, { clientAuth: "basic" });
  const bench = createBench(server.url, { auth }, { redactor });
  const error = await bench.fail("/");
  expect(error.message).toBe(
    `GET ${server.url}/ answered 400 Bad Request: {"sent":"Bearer ***","encoded":"***","secret":"***"}`,
  );
  const pair = server.requests[0]?.headers.authorization ?? "";
  expect(redactor.redact(pair)).toBe("Basic ***");
});

it("goes on for the others when the request that fetched the token is given up", async () => {
  let answer: () => void = () => undefined;
  const server = await startServer(async (request, response) => {
    if (request.url === "/token") {
      if (server.requests.filter(({ url }) => url === "/token").length === 1)
        await new Promise<void>((resolve) => {
          answer = resolve;
        });
      sendJson(response, { access_token: "token-for-others" });
    } else sendJson(response, []);
  });
  const bench = createBench(server.url, { auth: clientCredentials(server.url) });
  const own = new AbortController();
  const request = { method: "GET" as const, url: new URL(server.url), headers: {} };
  const first = bench.client.send(request, { ...bench.context, signal: own.signal });
  const given = expect(first).rejects.toThrow("given up");
  await expect.poll(() => server.requests.length).toBe(1);
  const second = bench.send("/b");
  own.abort(new Error("given up"));
  await given;
  expect((await second).status).toBe(200);
  answer();
});
