import { onTestFinished } from "vitest";
import { readHeader } from "../../../src/http/merge-headers.js";
import type { RestScenario } from "../../support/read-rest.js";
import { readRest } from "../../support/read-rest.js";
import { serve, type ReceivedRequest } from "../../support/serve.js";
import { readResource } from "../config/support.js";

/** One answer of an API, as JSON. `{api}` in it stands for the server's own URL. */
export interface Answer {
  /** A text is sent as it is. */
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly status?: number;
}

/** What reading came to, the server's URL as `http://api`. */
export interface ReadInTurn {
  /** As sent: method, path and query, `x-` headers, body. */
  readonly requests: readonly string[];
  readonly rows: readonly unknown[];
  /** As the report shows it. */
  readonly paginator: string | null | undefined;
  readonly notices: readonly string[];
  /** Exit code and message; undefined: it was read to its end. */
  readonly error: string | undefined;
  readonly hint: string | undefined;
}

/** An answer with status 200. */
export function page(body: unknown, headers: Readonly<Record<string, string>> = {}): Answer {
  return { body, headers };
}

/**
 * Reads one resource, a mapping as in sources.yml, one request after the other, from a server that gives these
 * answers in turn, then status 410.
 */
export async function readInTurn(
  resource: string,
  answers: readonly Answer[],
  scenario: Partial<RestScenario> = {},
): Promise<ReadInTurn> {
  const server = await serve((_, response) => {
    const { body, headers = {}, status = 200 } = answers[server.requests.length - 1] ?? GONE;
    const own = (text: string): string => text.replaceAll("{api}", server.url);
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, own(value));
    const text = typeof body === "string" ? body : JSON.stringify(body);
    response.writeHead(status, { "content-type": "application/json" }).end(own(text));
  });
  onTestFinished(() => server.close());
  const { endpoint, options, client } = await readResource(`- ${resource}`);
  const { rows, paginator, notices, error } = await readRest({
    endpoint,
    options,
    ...scenario,
    baseUrl: server.url,
    client: { ...client, concurrency: 1, baseUrl: server.url, ...scenario.client },
  });
  const hide = (text: string): string => text.replaceAll(server.url, "http://api");
  return {
    requests: server.requests.map(describeRequest),
    rows,
    paginator,
    notices: notices.map(hide),
    error: error && `${String(error.exitCode)}: ${hide(error.message)}`,
    hint: error?.hint && hide(error.hint),
  };
}

/** A request in one line. */
export function describeRequest({ method, url, headers, body }: ReceivedRequest): string {
  const own = Object.keys(headers).filter((name) => name.startsWith("x-"));
  const shown = own.map((name) => ` ${name}: ${readHeader(headers, name) ?? ""}`).join("");
  return `${method} ${url}${shown}${body === "" ? "" : ` ${body}`}`;
}

const GONE: Answer = { body: { message: "more was asked for than expected" }, status: 410 };
