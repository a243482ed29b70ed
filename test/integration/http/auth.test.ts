import { expect, it } from "vitest";
import type { AuthConfig } from "../../../src/model/auth-config.js";
import { sendJson, type ReceivedRequest } from "../../support/serve.js";
import { startBench } from "./support.js";

async function sendWith(
  auth: AuthConfig,
  headers: Record<string, string> = {},
  path = "/?a=1",
): Promise<ReceivedRequest> {
  const [bench, server] = await startBench(
    (_request, response) => {
      sendJson(response, {});
    },
    { auth, headers },
  );
  await bench.send(path);
  const [request] = server.requests;
  if (request === undefined) throw new Error("nothing was sent");
  return request;
}

it("bearer: sends the token, over a configured header (001-07, 004-17)", async () => {
  const request = await sendWith({ type: "bearer", token: "t0ken" }, { authorization: "Bearer other" });
  expect(request.headers.authorization).toBe("Bearer t0ken");
});

it("http_basic: sends the pair in UTF-8 (001-07, 004-17)", async () => {
  const request = await sendWith({ type: "http_basic", username: "jürgen", password: "pä:ß" });
  expect(request.headers.authorization).toBe("Basic asO8cmdlbjpww6Q6w58=");
});

it("api_key in a header: sends it without a prefix (004-17)", async () => {
  const request = await sendWith({ type: "api_key", name: "X-API-Key", apiKey: "k 1", location: "header" });
  expect(request.headers["x-api-key"]).toBe("k 1");
  expect(request.headers.authorization).toBeUndefined();
});

it("api_key in the query: adds it, encoded, after the other parameters", async () => {
  const request = await sendWith({ type: "api_key", name: "key", apiKey: "a b&c'", location: "query" });
  expect(request.url).toBe("/?a=1&key=a%20b%26c%27");
});

it("api_key in the query: replaces the one that a link already carries", async () => {
  const auth = { type: "api_key", name: "key", apiKey: "new", location: "query" } as const;
  const request = await sendWith(auth, {}, "/?key=old&a=%20");
  expect(request.url).toBe("/?a=%20&key=new");
});

it("api_key in a cookie: stands beside configured cookies", async () => {
  const auth = { type: "api_key", name: "sid", apiKey: "abc", location: "cookie" } as const;
  const request = await sendWith(auth, { cookie: "lang=en" });
  expect(request.headers.cookie).toBe("lang=en; sid=abc");
});

it("keeps an api_key of any name out of URLs, events and answers", async () => {
  const auth = { type: "api_key", name: "appid", apiKey: "s3cr3t", location: "query" } as const;
  const [bench, server] = await startBench(
    (_request, response) => {
      sendJson(response, {});
    },
    { auth },
  );
  const response = await bench.send("/x?appid=s3cr3t&page=2");
  expect(bench.client.redactUrl(new URL(`${server.url}/x?appid=s3cr3t&page=2`))).toBe(
    `${server.url}/x?appid=***&page=2`,
  );
  expect(JSON.stringify(bench.events)).not.toContain("s3cr3t");
  expect((await bench.send("/x")).url.href).toBe(`${server.url}/x`);
  expect(response.status).toBe(200);
});

it("keeps credentials out of a message in which the server repeats them (S2)", async () => {
  const auth = { type: "http_basic", username: "ann", password: "correct-horse" } as const;
  const [bench, server] = await startBench(
    (request, response) => {
      sendJson(response, { sent: request.headers.authorization }, 400);
    },
    { auth },
  );
  const error = await bench.fail("/");
  expect(error.message).toBe(`GET ${server.url}/ answered 400 Bad Request: {"sent":"Basic ***"}`);
});
