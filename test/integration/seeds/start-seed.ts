import { onTestFinished } from "vitest";
import { createRestProject, type ProjectStart, type RestProject } from "../../support/rest-project.js";
import { sendJson, serve, type ReceivedRequest, type TestServer } from "../../support/serve.js";

/** What an API answers, or a promise of it: a JSON value, or status, headers and text. */
export type SeedAnswer = (url: URL, request: ReceivedRequest, count: number) => unknown;

/** An answer that is no JSON with 200. */
export interface RawAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly text?: string;
}

/** A seed's API on loopback, and the project that syncs it. */
export interface SeedProject extends RestProject {
  readonly server: TestServer;
  /** Method and URL of the requests since this was asked last. */
  asked(): string[];
  /** As `rows`, of one table of `raw_api`, in order. */
  table(columns: string, name: string): Promise<unknown[][]>;
}

/** An answer with a status of its own. */
export function raw(status: number, text = "", headers: Readonly<Record<string, string>> = {}): RawAnswer {
  return { status, headers, text };
}

/** Starts both; they end with the test. `block` stands below `base_url`, of which it is told. */
export async function startSeed(
  block: string | ((url: string) => string),
  answer: SeedAnswer,
  start: ProjectStart = {},
): Promise<SeedProject> {
  let count = 0;
  const server = await serve(async (request, response) => {
    count += 1;
    const body = await answer(new URL(request.url, "http://api.test"), request, count);
    if (isRaw(body)) response.writeHead(body.status, body.headers).end(body.text);
    else sendJson(response, body);
  });
  const lines = typeof block === "string" ? block : block(server.url);
  const project = await createRestProject(`base_url: ${server.url}\n${lines.trim()}`, start);
  onTestFinished(async () => {
    await project[Symbol.asyncDispose]();
    await server.close();
  });
  let seen = 0;
  return Object.assign(project, {
    server,
    asked: (): string[] => {
      const requests = server.requests.slice(seen).map(({ method, url }) => `${method} ${url}`);
      seen = server.requests.length;
      return requests;
    },
    table: (columns: string, name: string) =>
      project.rows(`SELECT ${columns} FROM raw_api.${name} ORDER BY ALL`),
  });
}

function isRaw(value: unknown): value is RawAnswer {
  return typeof value === "object" && value !== null && "status" in value && "text" in value;
}
