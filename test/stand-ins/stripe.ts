import { sendJson, serve, type TestServer } from "../support/serve.js";

/** An object of one of Stripe's lists. */
export interface StripeObject {
  readonly id: string;
  readonly created: number;
}

/** Newest first, two a page, `starting_after` the last id, as documented. */
export async function startStripe(lists: Readonly<Record<string, StripeObject[]>>): Promise<TestServer> {
  const server: TestServer = await serve((request, response) => {
    const url = new URL(request.url, server.url);
    if (request.headers.authorization !== "Bearer sk_test_canary") {
      sendJson(
        response,
        { error: { type: "invalid_request_error", message: "Invalid API Key provided" } },
        401,
      );
      return;
    }
    const list = lists[url.pathname.slice("/v1/".length)];
    if (list === undefined) {
      sendJson(response, { error: { message: `Unrecognized request URL (GET: ${url.pathname})` } }, 404);
      return;
    }
    const since = Number(url.searchParams.get("created[gte]") ?? "0");
    const after = url.searchParams.get("starting_after");
    const matching = list.filter(({ created }) => created >= since).sort((a, b) => b.created - a.created);
    const from = after === null ? 0 : matching.findIndex(({ id }) => id === after) + 1;
    sendJson(response, {
      object: "list",
      url: url.pathname,
      has_more: from + 2 < matching.length,
      data: matching.slice(from, from + 2),
    });
  });
  return server;
}
