import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** One request as it arrived. */
export interface ReceivedRequest {
  readonly method: string;
  /** Path and query, as sent. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  /** Names and values by turns, as spelled on the wire. */
  readonly rawHeaders: readonly string[];
  readonly body: string;
}

/** Answers one request; an error it throws becomes a 500 that says so. */
export type ServeHandler = (request: ReceivedRequest, response: ServerResponse) => void | Promise<void>;

/** A running test server. `requests` grows while it runs, in order of arrival. */
export interface TestServer {
  /** Without a slash at its end. */
  readonly url: string;
  readonly port: number;
  readonly requests: readonly ReceivedRequest[];
  /** TCP connections that were opened. */
  connections(): number;
  /** Ends open connections too. */
  close(): Promise<void>;
}

/** Starts a real HTTP server on a free port of 127.0.0.1 that records every request before `handler` answers it. */
export async function serve(handler: ServeHandler): Promise<TestServer> {
  const requests: ReceivedRequest[] = [];
  let connections = 0;
  const server = createServer((incoming, response) => {
    void answer(incoming, response);
  });
  server.on("connection", () => {
    connections += 1;
  });

  async function answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const received = await receive(incoming);
      requests.push(received);
      await handler(received, response);
    } catch (error) {
      if (incoming.destroyed && !incoming.complete) return;
      response.writeHead(500, { "content-type": "text/plain" }).end(`test handler failed: ${String(error)}`);
    }
  }

  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${String(port)}`,
    port,
    requests,
    connections: () => connections,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

/** Answers `value` as JSON. */
export function sendJson(response: ServerResponse, value: unknown, status = 200): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
}

async function receive(incoming: IncomingMessage): Promise<ReceivedRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return {
    method: incoming.method ?? "",
    url: incoming.url ?? "",
    headers: incoming.headers,
    rawHeaders: incoming.rawHeaders,
    body: Buffer.concat(chunks).toString("utf8"),
  };
}
