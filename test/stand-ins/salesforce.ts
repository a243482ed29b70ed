import { sendJson, serve, type ReceivedRequest, type TestServer } from "../support/serve.js";

/** A record of a query, without its `attributes`. */
export interface SalesforceRecord {
  readonly Id: string;
  readonly SystemModstamp: string;
}

/** An org; changed between syncs. */
export interface SalesforceOrg {
  /** By the name after FROM. */
  readonly objects: Readonly<Record<string, SalesforceRecord[]>>;
  /** The access tokens that are good. */
  readonly sessions: Set<string>;
}

const VERSION = "/services/data/v60.0";

/** Token endpoint and SOQL queries of one org, two records a page, the next page as `nextRecordsUrl`. */
export async function startSalesforce(org: SalesforceOrg): Promise<TestServer> {
  let tokens = 0;
  const server: TestServer = await serve((request, response) => {
    const url = new URL(request.url, server.url);
    if (url.pathname === "/services/oauth2/token") {
      const isKnown = new URLSearchParams(request.body).get("refresh_token") === "5Aep-test-refresh";
      if (!isKnown) {
        sendJson(
          response,
          { error: "invalid_grant", error_description: "expired access/refresh token" },
          400,
        );
        return;
      }
      tokens += 1;
      const access_token = `00D-session-${String(tokens)}`;
      org.sessions.add(access_token);
      // Salesforce names no expires_in.
      sendJson(response, { access_token, instance_url: server.url, token_type: "Bearer" });
    } else if (!isSession(request, org)) {
      sendJson(response, [{ message: "Session expired or invalid", errorCode: "INVALID_SESSION_ID" }], 401);
    } else {
      answerQuery(url, org, (body, status) => {
        sendJson(response, body, status);
      });
    }
  });
  return server;
}

function isSession({ headers }: ReceivedRequest, { sessions }: SalesforceOrg): boolean {
  return sessions.has((headers.authorization ?? "").replace("Bearer ", ""));
}

function answerQuery(url: URL, org: SalesforceOrg, send: (body: unknown, status?: number) => void): void {
  const locator = new RegExp(`^${VERSION}/query/(\\w+)-(\\d+)-(\\d+)$`).exec(url.pathname);
  const soql =
    /^SELECT .* FROM (\w+) WHERE SystemModstamp >= (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ) ORDER BY SystemModstamp$/.exec(
      url.searchParams.get("q") ?? "",
    );
  const name = locator?.[1] ?? soql?.[1];
  const since = Number(locator?.[2] ?? Date.parse(soql?.[2] ?? ""));
  const from = Number(locator?.[3] ?? "0");
  if (name === undefined || Number.isNaN(since)) {
    send([{ message: "unexpected token", errorCode: "MALFORMED_QUERY" }], 400);
    return;
  }
  const all = (org.objects[name] ?? []).filter((record) => Date.parse(isoOf(record)) >= since);
  const done = from + 2 >= all.length;
  send({
    totalSize: all.length,
    done,
    ...(done ? {} : { nextRecordsUrl: `${VERSION}/query/${name}-${String(since)}-${String(from + 2)}` }),
    records: all.slice(from, from + 2).map((record) => ({
      attributes: { type: name, url: `${VERSION}/sobjects/${name}/${record.Id}` },
      ...record,
    })),
  });
}

function isoOf({ SystemModstamp }: SalesforceRecord): string {
  return SystemModstamp.replace("+0000", "Z");
}
