import { describe, expect, it, onTestFinished } from "vitest";
import type { ResponseActionConfig } from "../../../src/model/rest-config.js";
import { readRest, type RestReading } from "../../support/read-rest.js";
import { pageNumber } from "../../support/paginator-configs.js";
import { sendJson, serve, type ServeHandler, type TestServer } from "../../support/serve.js";

async function readWith(
  handler: ServeHandler,
  responseActions: readonly ResponseActionConfig[],
): Promise<RestReading & { server: TestServer }> {
  const server = await serve(handler);
  onTestFinished(() => server.close());
  const endpoint = { responseActions, paginator: pageNumber() };
  return { ...(await readRest({ baseUrl: server.url, endpoint })), server };
}

const answer =
  (status: number, body: unknown): ServeHandler =>
  (_request, response) => {
    sendJson(response, body, status);
  };

describe("response_actions (H6)", () => {
  it("ignore ends the list with the rows so far, asks once, and is said", async () => {
    const { rows, error, notices, server } = await readWith(
      (request, response) => {
        if (request.url.includes("page=2")) sendJson(response, { error: "gone" }, 500);
        else sendJson(response, [{ id: 1 }]);
      },
      [{ status: 500, action: "ignore" }],
    );
    expect([rows, error]).toEqual([[{ id: 1 }], undefined]);
    expect(server.requests.map(({ url }) => url)).toEqual(["/items?page=1", "/items?page=2"]);
    expect(notices).toContain("info: response_actions ignored answers: 1 with 500");
  });

  it("needs all conditions of an action to hold: status, content and path (001-11)", async () => {
    const body = { errors: [{ code: "NO_DATA", text: "nothing here" }] };
    const actions = (over: Partial<ResponseActionConfig>): ResponseActionConfig[] => [
      { status: 400, content: "nothing", path: "$.errors[?@.code == 'NO_DATA']", action: "ignore", ...over },
    ];
    expect((await readWith(answer(400, body), actions({}))).error).toBeUndefined();
    expect((await readWith(answer(400, body), actions({ status: "4xx" }))).error).toBeUndefined();
    for (const other of [{ status: 404 }, { content: "something" }, { path: "errors[*].kind" }]) {
      const { error } = await readWith(answer(400, body), actions(other));
      expect(error).toMatchObject({ exitCode: 1, status: 400 });
    }
  });

  it("sees the body of a 200 too: ignored, retried, or failed", async () => {
    const busy = { status: "busy" };
    const ignored = await readWith(answer(200, busy), [{ content: "busy", action: "ignore" }]);
    expect([ignored.rows, ignored.error]).toEqual([[], undefined]);

    let requests = 0;
    const retried = await readWith(
      (request, response) => {
        requests += 1;
        sendJson(response, requests === 1 ? busy : request.url.includes("page=1") ? [{ id: 7 }] : []);
      },
      [{ path: "status", action: "retry" }],
    );
    expect([retried.rows, retried.error]).toEqual([[{ id: 7 }], undefined]);

    const exhausted = await readWith(answer(200, busy), [{ path: "status", action: "retry" }]);
    expect(exhausted.error).toMatchObject({
      exitCode: 8,
      message: `GET ${exhausted.server.url}/items?page=1 answered 200 OK, which response_actions try again (2 attempts): {"status":"busy"}`,
    });

    const failed = await readWith(answer(200, busy), [{ path: "status", action: "fail" }]);
    expect(failed.error).toMatchObject({
      exitCode: 1,
      type: "response",
      message: `GET ${failed.server.url}/items?page=1 answered 200 OK, which response_actions make a failure: {"status":"busy"}`,
    });
    expect(failed.server.requests).toHaveLength(1);
  });

  it("fail goes before the retries, retry beyond them, and the first that matches wins", async () => {
    const failed = await readWith(answer(503, {}), [
      { status: 503, action: "fail" },
      { status: 503, action: "ignore" },
    ]);
    expect(failed.error).toMatchObject({ exitCode: 8 });
    expect(failed.server.requests).toHaveLength(1);
    const retried = await readWith(answer(409, {}), [{ status: 409, action: "retry" }]);
    expect(retried.error).toMatchObject({ exitCode: 1, status: 409 });
    expect(retried.server.requests).toHaveLength(2);
  });

  it("does not take a body that is no JSON for one that has a path", async () => {
    const { error } = await readWith(
      (_request, response) => {
        response.writeHead(400, { "content-type": "text/html" }).end("<p>status</p>");
      },
      [{ path: "status", action: "ignore" }],
    );
    expect(error).toMatchObject({ status: 400 });
  });
});

describe("rewrite_links (H3)", () => {
  it("keeps the origin of base_url and takes path and query of the link", async () => {
    const server = await serve((request, response) => {
      const isFirst = !request.url.includes("after");
      sendJson(response, {
        data: [{ id: isFirst ? 1 : 2 }],
        next: isFirst ? "http://internal:8080/items?after=1" : null,
      });
    });
    onTestFinished(() => server.close());
    const scenario = { baseUrl: server.url, client: { rewriteLinks: true } };
    expect((await readRest(scenario)).rows).toEqual([{ id: 1 }, { id: 2 }]);
    expect(server.requests.map(({ url }) => url)).toEqual(["/items", "/items?after=1"]);
    const refused = await readRest({ baseUrl: server.url });
    expect(refused.error?.exitCode).toBe(5);
  });
});
