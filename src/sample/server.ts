import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { createSampleData, type Collection, type SampleData, type SampleSizes } from "./collections.js";
import { commitFault, createFaultQueue, type Fault } from "./faults.js";
import { PAGE_STYLES, renderPage, type Page, type PageStyle } from "./pages.js";

/** One request that the sample API has seen. */
export interface SeenRequest {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: string;
}

/** A running sample API. */
export interface SampleApi {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  /** Every request so far, in order; empty if `recordRequests` is off. */
  readonly requests: SeenRequest[];
  readonly data: SampleData;
  /** Makes coming requests fail. */
  injectFault(fault: Fault): void;
  close(): Promise<void>;
}

/** What the sample API is started with. */
export interface SampleOptions extends Partial<SampleSizes> {
  /** Default: any free port. */
  readonly port?: number;
  /** Keeps rendered pages, so that a benchmark measures the client. Default false. */
  readonly cachePages?: boolean;
  /** Default true. */
  readonly recordRequests?: boolean;
}

/** Credentials that the guarded paths (`/bearer/…`, `/key/…`, `/basic/…`) ask for; for demonstration only. */
export const DEMO_CREDENTIALS = {
  token: "demo-token",
  apiKey: "demo-key",
  username: "demo",
  password: "demo",
};

const DEFAULT_STYLE: Readonly<Record<string, PageStyle>> = {
  users: "page",
  orders: "next",
  events: "cursor",
};

/**
 * Starts the sample API on loopback. Paths are `[/bearer|/key|/basic][/<page style>]/<users|orders|events>`; without a
 * style users are paged by number, orders by `next_page_url`, events by cursor. Filters: `updated_after` and `status`
 * on orders. `POST /_control/changes {"changed": 3, "added": 2}` changes orders, `POST /_control/faults {…}` injects a
 * fault.
 */
export async function startSampleApi(options: SampleOptions = {}): Promise<SampleApi> {
  const data = createSampleData({
    users: options.users ?? 100,
    orders: options.orders ?? 1_000,
    events: options.events ?? 2_000,
  });
  const requests: SeenRequest[] = [];
  const faults = createFaultQueue();
  const cache = options.cachePages === true ? new Map<string, Page>() : undefined;
  const server = createServer((request, response) => {
    void readBody(request).then(async (body) => {
      const url = new URL(request.url ?? "/", `http://${request.headers.host ?? "127.0.0.1"}`);
      if (url.pathname.startsWith("/_control/")) {
        cache?.clear();
        control(url.pathname, body, { data, faults });
        response.writeHead(204).end();
        return;
      }
      if (options.recordRequests !== false)
        requests.push({
          method: request.method ?? "",
          url: request.url ?? "",
          headers: request.headers,
          body,
        });
      await answer(url, request, response, { data, faults, cache });
    });
  });
  const url = await listen(server, options.port ?? 0);
  return {
    url,
    requests,
    data,
    injectFault: (fault) => {
      faults.add(fault);
    },
    close: () => close(server),
  };
}

interface Parts {
  readonly data: SampleData;
  readonly faults: ReturnType<typeof createFaultQueue>;
  readonly cache?: Map<string, Page> | undefined;
}

async function answer(
  url: URL,
  request: IncomingMessage,
  response: ServerResponse,
  parts: Parts,
): Promise<void> {
  const segments = url.pathname.split("/").filter((segment) => segment !== "");
  const refusal = checkCredentials(segments[0], request);
  if (refusal !== undefined) {
    sendJson(response, 401, JSON.stringify({ error: refusal }));
    return;
  }
  const rest = ["bearer", "key", "basic"].includes(segments[0] ?? "") ? segments.slice(1) : segments;
  const page = parts.cache?.get(url.href) ?? findPage(url, rest, parts.data);
  if (page !== undefined) parts.cache?.set(url.href, page);
  const fault = parts.faults.take(url.pathname);
  if (fault !== undefined && (await commitFault(fault, page ?? { body: "{}", headers: {} }, response)))
    return;
  if (page === undefined) sendJson(response, 404, JSON.stringify({ error: `no ${url.pathname} here` }));
  else sendJson(response, 200, page.body, page.headers);
}

function findPage(url: URL, segments: readonly string[], data: SampleData): Page | undefined {
  const name = segments.at(-1) ?? "";
  const collection = collectionNamed(name, data);
  const style =
    segments.length === 1 ? DEFAULT_STYLE[name] : PAGE_STYLES.find((known) => known === segments[0]);
  if (collection === undefined || style === undefined || segments.length > 2) return undefined;
  const query = {
    updatedAfter: url.searchParams.get("updated_after") ?? undefined,
    status: url.searchParams.get("status") ?? undefined,
  };
  return renderPage(style, collection, query, url);
}

function collectionNamed(name: string, data: SampleData): Collection | undefined {
  if (name === "users") return data.users;
  if (name === "orders") return data.orders;
  return name === "events" ? data.events : undefined;
}

function checkCredentials(guard: string | undefined, request: IncomingMessage): string | undefined {
  const { authorization } = request.headers;
  const { token, apiKey, username, password } = DEMO_CREDENTIALS;
  if (guard === "bearer" && authorization !== `Bearer ${token}`) return "invalid token";
  if (guard === "key" && request.headers["x-api-key"] !== apiKey) return "invalid API key";
  const basic = `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
  return guard === "basic" && authorization !== basic ? "invalid user or password" : undefined;
}

function control(path: string, body: string, parts: Parts): void {
  const order = JSON.parse(body) as unknown;
  if (path === "/_control/changes") parts.data.changeOrders(order as { changed: number; added: number });
  if (path === "/_control/faults") parts.faults.add(order as Fault);
}

function sendJson(
  response: ServerResponse,
  status: number,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  const bytes = Buffer.from(body);
  response.writeHead(status, {
    "content-type": "application/json",
    "content-length": bytes.length,
    ...headers,
  });
  response.end(bytes);
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

async function listen(server: Server, port: number): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  return `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
}

async function close(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}
