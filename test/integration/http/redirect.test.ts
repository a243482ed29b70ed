import { expect, it } from "vitest";
import { sendJson, type ServeHandler, type TestServer } from "../../support/serve.js";
import { createBench, startBench, startServer } from "./support.js";

const ok: ServeHandler = (request, response) => {
  sendJson(response, { at: request.url });
};

/** Redirects `/from` as told and answers everything else. */
const redirect =
  (status: number, location: () => string): ServeHandler =>
  (request, response) => {
    if (request.url.startsWith("/from")) response.writeHead(status, { location: location() }).end("moved");
    else sendJson(response, { at: request.url });
  };

const lines = (server: TestServer): string[] => server.requests.map(({ method, url }) => `${method} ${url}`);

it("follows a redirect within the origin, with credentials and headers", async () => {
  const [bench, server] = await startBench(
    redirect(302, () => "/to?x=1#top"),
    { auth: { type: "bearer", token: "t" }, headers: { "X-Team": "a" } },
  );
  const response = await bench.send("/from");
  expect(lines(server)).toEqual(["GET /from", "GET /to?x=1"]);
  expect(server.requests[1]?.headers).toMatchObject({ authorization: "Bearer t", "x-team": "a" });
  expect(response.url.href).toBe(`${server.url}/to?x=1`);
  expect(server.connections()).toBe(1);
});

it.each([301, 302, 303])("%i turns a POST into a GET without its body", async (status) => {
  const [bench, server] = await startBench(redirect(status, () => "/to"));
  await bench.send("/from", { method: "POST", body: "{}", headers: { "Content-Type": "application/json" } });
  expect(lines(server)).toEqual(["POST /from", "GET /to"]);
  expect(server.requests[1]?.body).toBe("");
  expect(server.requests[1]?.headers["content-type"]).toBeUndefined();
});

it.each([307, 308])("%i keeps method and body within the origin", async (status) => {
  const [bench, server] = await startBench(redirect(status, () => "/to"));
  await bench.send("/from", { method: "POST", body: "{}", headers: { "Content-Type": "application/json" } });
  expect(lines(server)).toEqual(["POST /from", "POST /to"]);
  expect(server.requests[1]).toMatchObject({ body: "{}", headers: { "content-type": "application/json" } });
});

it("H3: sends another origin only Accept and User-Agent", async () => {
  const other = await startServer(ok);
  const [bench] = await startBench(
    redirect(302, () => `${other.url}/to`),
    {
      auth: { type: "http_basic", username: "u", password: "p" },
      headers: { "X-Team": "a", Cookie: "sid=1", Authorization: "Bearer t", "User-Agent": "mine" },
    },
  );
  const response = await bench.send("/from", { headers: { "X-Own": "b" } });
  expect(other.requests[0]?.headers).toEqual({
    host: `127.0.0.1:${String(other.port)}`,
    connection: "keep-alive",
    accept: "application/json",
    "user-agent": "mine",
  });
  expect(response.url.href).toBe(`${other.url}/to`);
});

it("H3: sends another origin no api_key, even when the redirect repeats the query", async () => {
  const other = await startServer(ok);
  const [bench] = await startBench(
    (request, response) => {
      response.writeHead(302, { location: `${other.url}${request.url}` }).end();
    },
    { auth: { type: "api_key", name: "key", apiKey: "s3cret", location: "query" } },
  );
  await bench.send("/from?page=2");
  expect(lines(other)).toEqual(["GET /from?page=2"]);
});

it("H3: gives no credentials to a chain that comes back from another origin", async () => {
  let home = "";
  const other = await startServer((_request, response) => {
    response.writeHead(302, { location: `${home}/to` }).end();
  });
  const [bench, server] = await startBench(
    redirect(302, () => `${other.url}/hop`),
    { auth: { type: "bearer", token: "t" } },
  );
  home = server.url;
  await bench.send("/from");
  expect(server.requests.map(({ headers }) => headers.authorization)).toEqual(["Bearer t", undefined]);
});

it("H3: gives credentials to an allowed origin", async () => {
  const other = await startServer(ok);
  const [bench] = await startBench(
    redirect(302, () => `${other.url}/to`),
    { auth: { type: "bearer", token: "t" }, allowedOrigins: [other.url] },
  );
  await bench.send("/from");
  expect(other.requests[0]?.headers.authorization).toBe("Bearer t");
});

it("H3: a 401 of another origin says why", async () => {
  const other = await startServer((_request, response) => {
    response.writeHead(401).end();
  });
  const [bench, server] = await startBench(
    redirect(302, () => `${other.url}/to`),
    { auth: { type: "bearer", token: "t" } },
  );
  const error = await bench.fail("/from");
  expect(error.message).toBe(
    `GET ${other.url}/to (redirected from ${server.url}/from) answered 401 Unauthorized`,
  );
  expect(error.hint).toBe(
    `${other.url} got no credentials because it is another origin than base_url's. If it belongs to the API, add it to allowed_origins.`,
  );
});

it.each([307, 308])("H3: refuses a %i that would send a body to another origin", async (status) => {
  const other = await startServer(ok);
  const [bench, server] = await startBench(redirect(status, () => `${other.url}/to?token=x`));
  const error = await bench.fail("/from", { method: "POST", body: "{}" });
  expect(error.message).toBe(
    `POST ${server.url}/from redirects to ${other.url}/to?token=***, which would send the request's body to another origin`,
  );
  expect(error.hint).toBe(`If this origin belongs to the API, add "${other.url}" to allowed_origins.`);
  expect(error.exitCode).toBe(5);
  expect(other.requests).toEqual([]);
});

it("H3: refuses a redirect to another scheme than http and https", async () => {
  const [bench, server] = await startBench(redirect(302, () => "ftp://127.0.0.1/x"));
  const error = await bench.fail("/from");
  expect(error.message).toBe(
    `GET ${server.url}/from redirects to ftp://127.0.0.1/x, which is neither http nor https`,
  );
  expect(error.exitCode).toBe(5);
});

it("H3: a loop is an error that names both URLs", async () => {
  const [bench, server] = await startBench((request, response) => {
    response.writeHead(302, { location: request.url === "/a" ? "/b" : "/a" }).end();
  });
  const error = await bench.fail("/a");
  expect(error.message).toBe(
    `GET ${server.url}/b redirects back to ${server.url}/a: the redirects go in a loop`,
  );
  expect(error.exitCode).toBe(1);
  expect(lines(server)).toEqual(["GET /a", "GET /b"]);
});

it("H1: follows as many redirects as configured", async () => {
  const step: ServeHandler = (request, response) => {
    const number = Number(request.url.slice(1));
    if (number === 3) sendJson(response, {});
    else response.writeHead(302, { location: `/${String(number + 1)}` }).end();
  };
  const [enough] = await startBench(step, { redirects: 3 });
  expect((await enough.send("/0")).url.pathname).toBe("/3");
  const [few, server] = await startBench(step, { redirects: 2 });
  const error = await few.fail("/0");
  expect(error.message).toBe(`GET ${server.url}/0 was redirected more than 2 times, last to ${server.url}/3`);
  expect(error.exitCode).toBe(1);
  expect(server.requests).toHaveLength(3);
});

it("H1: redirects 0 makes a redirect an error", async () => {
  const [bench, server] = await startBench(
    redirect(302, () => "/to"),
    { redirects: 0 },
  );
  const error = await bench.fail("/from");
  expect(error.message).toBe(
    `GET ${server.url}/from answered 302 and redirects to ${server.url}/to, but redirects is 0`,
  );
  expect(error.exitCode).toBe(1);
  expect(server.requests).toHaveLength(1);
});

it("a redirect without a Location fails with its status", async () => {
  const [bench, server] = await startBench((_request, response) => {
    response.writeHead(302).end();
  });
  expect((await bench.fail("/")).message).toBe(`GET ${server.url}/ answered 302 Found`);
});

it("returns a redirect that is an expected status", async () => {
  const [bench, server] = await startBench(redirect(302, () => "/to"));
  expect((await bench.send("/from", { expectedStatuses: [302] })).status).toBe(302);
  expect(server.requests).toHaveLength(1);
});

it("a retry begins at the URL that was asked for", async () => {
  let failures = 1;
  const [bench, server] = await startBench((request, response) => {
    if (request.url === "/from") response.writeHead(302, { location: "/to" }).end();
    else response.writeHead(failures-- > 0 ? 503 : 200).end();
  });
  await bench.send("/from");
  expect(lines(server)).toEqual(["GET /from", "GET /to", "GET /from", "GET /to"]);
});

it("H3: refuses to begin at another origin", async () => {
  const other = await startServer(ok);
  const [, server] = await startBench(ok);
  const bench = createBench(server.url, { auth: { type: "bearer", token: "t" } });
  const error = await bench.fail(`${other.url}/next`);
  expect(error.message).toBe(`A link leads to ${other.url}, another origin than base_url's ${server.url}`);
  expect(error.hint).toBe(
    `Credentials go to no other origin. If this one belongs to the API, add "${other.url}" to allowed_origins.`,
  );
  expect(error.exitCode).toBe(5);
  expect(other.requests).toEqual([]);
});
