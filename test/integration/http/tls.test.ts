import { wholeBody } from "../../../src/model/body.js";
import { createServer, type ServerOptions } from "node:https";
import type { AddressInfo } from "node:net";
import { TLSSocket } from "node:tls";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { canMakeCertificates, makeCertificates, type Certificates } from "../../support/certificates.js";
import { sendJson } from "../../support/serve.js";
import { createBench, startServer } from "./support.js";

let certificates: Certificates;

beforeAll(() => {
  if (canMakeCertificates) certificates = makeCertificates();
});

const once = { attempts: 1, baseMs: 1, maxWaitMs: 1, statuses: [] };

/** What Node says of a client's certificate; nothing, if it showed none. */
interface Peer {
  readonly subject?: { readonly CN: string };
}

/** An https server that answers with the name in the client's certificate, or sends to `location`. */
async function startHttps(options: ServerOptions, location?: string): Promise<string> {
  const server = createServer(options, (request, response) => {
    const socket: unknown = request.socket;
    const peer = socket instanceof TLSSocket ? (socket.getPeerCertificate() as Peer) : {};
    if (location !== undefined) response.writeHead(302, { location }).end();
    else
      response
        .writeHead(200, { "content-type": "application/json" })
        .end(JSON.stringify(peer.subject?.CN ?? null));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `https://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
}

describe.runIf(canMakeCertificates)(
  "a certificate that is not accepted is exit 8, and each fault has its own words (000-27)",
  () => {
    it.each([
      ["expired", "CERT_HAS_EXPIRED", "expired: its operator must renew it"],
      ["otherHost", "ERR_TLS_CERT_ALTNAME_INVALID", "belongs to another host"],
      ["selfSigned", "DEPTH_ZERO_SELF_SIGNED_CERT", "name the authority's own one as tls.ca"],
    ] as const)("%s", async (name, code, hint) => {
      const url = await startHttps(certificates[name]);
      const tls = { ca: certificates.authority.cert, insecure: false };
      const error = await createBench(url, { retry: once, tls }).fail("/");
      expect(error.message).toContain(`GET ${url}/ failed: no secure connection to ${url.slice(8)} (${code}`);
      expect(error.hint).toContain(hint);
      expect([error.type, error.exitCode]).toEqual(["connection", 8]);
    });

    it("of an unknown authority", async () => {
      const url = await startHttps(certificates.server);
      const error = await createBench(url, { retry: once }).fail("/");
      expect(error.message).toContain("UNABLE_TO_VERIFY_LEAF_SIGNATURE");
      expect(error.hint).toContain("tls.ca");
    });
  },
);

describe.runIf(canMakeCertificates)("tls (001-16)", () => {
  it("ca trusts an authority of one's own", async () => {
    const url = await startHttps(certificates.server);
    const bench = createBench(url, { tls: { ca: certificates.authority.cert, insecure: false } });
    expect((await bench.send("/")).status).toBe(200);
    expect(bench.events.filter(({ event }) => event === "notice")).toEqual([]);
  });

  it("insecure checks nothing, and says so once", async () => {
    const url = await startHttps(certificates.expired);
    const bench = createBench(url, { tls: { insecure: true } });
    await bench.send("/");
    await bench.send("/");
    expect(bench.events.filter(({ event }) => event === "notice")).toEqual([
      {
        event: "notice",
        level: "warning",
        source: "api",
        message: `tls.insecure is set: the certificate of ${url} is not checked, so anyone on the way can read and change what is sent`,
      },
    ]);
  });

  it("cert and key are shown to the API, and to no other origin that it redirects to (H3)", async () => {
    const options = {
      ...certificates.server,
      ca: certificates.authority.cert,
      requestCert: true,
      rejectUnauthorized: false,
    };
    const tls = { ca: certificates.authority.cert, ...certificates.client, insecure: false };
    const elsewhere = await startHttps(options);
    const own = await createBench(elsewhere, { tls }).send("/");
    expect(wholeBody(own.body).toString()).toBe('"client"');
    const url = await startHttps(options, elsewhere);
    const redirected = await createBench(url, { tls }).send("/");
    expect(wholeBody(redirected.body).toString()).toBe("null");
  });

  it("a redirect from https to http is refused (H3)", async () => {
    const server = await startServer((_request, response) => {
      sendJson(response, {});
    });
    const url = await startHttps(certificates.server, server.url);
    const error = await createBench(url, { tls: { ca: certificates.authority.cert, insecure: false } }).fail(
      "/",
    );
    expect(error.message).toBe(
      `GET ${url}/ redirects to ${server.url}/, from https to http, which is not followed`,
    );
    expect([error.exitCode, server.requests.length]).toEqual([5, 0]);
  });
});

describe("credentials over http (002-05)", () => {
  it("to another machine are warned of once", async () => {
    const proxy = await startServer((_request, response) => {
      sendJson(response, {});
    });
    const bench = createBench("http://api.test", {
      headers: { Authorization: "Bearer x" },
      proxy: proxy.url,
    });
    await bench.send("/a");
    await bench.send("/b");
    expect(bench.events.flatMap((event) => (event.event === "notice" ? [event.message] : []))).toEqual([
      "credentials go to http://api.test without encryption; use https if the API offers it",
    ]);
  });

  it("are no news on loopback, and neither is http without credentials", async () => {
    const server = await startServer((_request, response) => {
      sendJson(response, {});
    });
    const local = createBench(server.url, { auth: { type: "bearer", token: "t" } });
    await local.send("/");
    const open = createBench("http://api.test", { proxy: server.url });
    await open.send("/?page=2");
    expect([...local.events, ...open.events].filter(({ event }) => event === "notice")).toEqual([]);
  });
});
