import { describe, expect, it } from "vitest";
import { canMakeCertificates, makeCertificates } from "../../support/certificates.js";
import { issuesOfRest, read, readRest } from "./support.js";

const base = "base_url: https://h\n";

describe("the connection's settings", () => {
  it("are read with their defaults (H1)", async () => {
    const { client } = await readRest(
      `${base}circuit_breaker: true\nretry: {budget: 10m}\nproxy: false\nredirects: false\nrewrite_links: true\nresources: [a]`,
    );
    expect(client).toMatchObject({
      circuitBreaker: { failures: 5, pauseMs: 30_000 },
      retry: { attempts: 5, budgetMs: 600_000 },
      proxy: false,
      redirects: 0,
      rewriteLinks: true,
    });
  });

  it("that nobody gives are a timeout of 30 s, five attempts from 1 s on, and no rate limit (000-28, 002-06)", async () => {
    const { client } = await readRest(`${base}resources: [a]`);
    expect(client).toMatchObject({
      timeoutMs: 30_000,
      retry: { attempts: 5, baseMs: 1_000, maxWaitMs: 300_000 },
      rateLimit: [],
      concurrency: 4,
      redirects: 10,
    });
    const given = await readRest(
      `${base}timeout: 5s\nretry: {attempts: 3, base: 2s}\nrate_limit: 10\nresources: [a]`,
    );
    expect(given.client).toMatchObject({
      timeoutMs: 5_000,
      retry: { attempts: 3, baseMs: 2_000 },
      rateLimit: [{ requests: 1, perMs: 100 }],
    });
  });

  it("of a resource replace the client's; stricter bounds hold beside the source's", async () => {
    const { resources } = await readRest(`${base}rate_limit: 10
circuit_breaker: {failures: 2}
resources:
  - {name: slow, rate_limit: {requests: 1, per: 1s}, concurrency: 1, circuit_breaker: false}
  - {name: quick, rate_limit: 50, concurrency: 9}
  - {name: plain}`);
    const [slow, quick, plain] = resources.map(({ client }) => client);
    const ten = { requests: 1, perMs: 100 };
    expect(slow).toMatchObject({ concurrency: 1, sourceConcurrency: 4 });
    expect(slow?.circuitBreaker).toBeUndefined();
    expect(slow?.rateLimit).toEqual([{ requests: 1, perMs: 1_000 }, ten]);
    expect(quick).toMatchObject({
      concurrency: 9,
      sourceConcurrency: 4,
      rateLimit: [{ requests: 1, perMs: 20 }],
    });
    expect(plain).toMatchObject({ concurrency: 4, rateLimit: [ten], circuitBreaker: { failures: 2 } });
    expect(plain?.sourceConcurrency).toBeUndefined();
  });

  it("take a header of the client away with null, whatever its case", async () => {
    const { resources } = await readRest(
      `${base}headers: {X-Tenant: a, Y: b}\nresources: [{name: a, headers: {x-tenant: null, Z: c}}]`,
    );
    expect(resources[0]?.client.headers).toEqual({ Y: "b" });
    expect(resources[0]?.endpoint.headers).toEqual({ Z: "c" });
  });

  it("are refused with a reason", async () => {
    const block = `
base_url: https://h
proxy: socks5://h:1
session: {}
circuit_breaker: {failures: 0, pauses: 1s}
resources:
  - name: a
    response_actions:
      - {action: ignore}
      - {status_code: "abc", action: ignore}
      - {status_code: 404, action: skip}`.slice(1);
    expect(await issuesOfRest(block)).toMatchInlineSnapshot(`
      ".dango/sources.yml:6:14 sources[0].rest_api.proxy: must be the http:// or https:// URL of a proxy, or false
      .dango/sources.yml:7:7 sources[0].rest_api.session: \`session\` is a Python object in dlt and has no meaning here → use headers, auth, timeout, retry, tls and proxy
      .dango/sources.yml:8:35 sources[0].rest_api.circuit_breaker.failures: must be at least 1
      .dango/sources.yml:8:38 sources[0].rest_api.circuit_breaker.pauses: unknown key \`pauses\` → did you mean \`pause\`?
      .dango/sources.yml:12:15 sources[0].rest_api.resources[0].response_actions[0]: would ignore every answer → add \`status_code\`, \`content\` or \`path\`
      .dango/sources.yml:13:29 sources[0].rest_api.resources[0].response_actions[1].status_code: not a status → write a number such as 404, 4xx or 5xx
      .dango/sources.yml:14:42 sources[0].rest_api.resources[0].response_actions[2].action: \`skip\` is not one of ignore, retry, fail, and no function → name a function as custom_sources.my_api:decide"
    `);
  });
});

describe("tls", () => {
  it.runIf(canMakeCertificates)(
    "reads files from the project's folder, and PEM that stands in the configuration",
    async () => {
      const { authority, client } = makeCertificates();
      const pem = client.cert.replaceAll("\n", "\\n");
      const project = await read({
        yaml: `sources: [{name: a, type: rest_api, rest_api: {base_url: "https://h", tls: {ca: certs/ca.pem, cert: "${pem}", key: certs/key.pem}, resources: [a]}}]`,
        files: { "certs/ca.pem": authority.cert, "certs/key.pem": client.key },
      });
      const [definition] = project.sources.map((source) => source.definition);
      const tls = definition?.type === "rest_api" ? definition.rest.client.tls : undefined;
      expect(tls).toEqual({ ca: authority.cert, cert: client.cert, key: client.key, insecure: false });
      expect(project.redactor.redact(`<${client.key.trim()}>`)).toBe("<***>");
    },
  );

  it("names every file that cannot be used", async () => {
    const tls = '{ca: "-----BEGIN X-----", cert: no.pem, key: no-key.pem}';
    expect(await issuesOfRest(`${base}tls: ${tls}\nresources: [a]`)).toMatchInlineSnapshot(`
      ".dango/sources.yml:6:17 sources[0].rest_api.tls.ca: holds no certificate in PEM
      .dango/sources.yml:6:44 sources[0].rest_api.tls.cert: the file no.pem does not exist → name a file in PEM from the project's folder, or write the PEM text itself
      .dango/sources.yml:6:57 sources[0].rest_api.tls.key: the file no-key.pem does not exist → name a file in PEM from the project's folder, or write the PEM text itself"
    `);
    expect(await issuesOfRest(`${base}tls: {key: "-----BEGIN X-----"}\nresources: [a]`)).toContain(
      "`key` needs `cert`",
    );
  });

  it.runIf(canMakeCertificates)("refuses a key that does not belong to the certificate", async () => {
    const { server, client } = makeCertificates();
    const [cert, key] = [server.cert, client.key].map((pem) => JSON.stringify(pem));
    const issues = await issuesOfRest(`${base}tls: {cert: ${cert ?? ""}, key: ${key ?? ""}}\nresources: [a]`);
    expect(issues).toContain("`cert` and `key` cannot be used");
    expect(issues).not.toContain("PRIVATE KEY");
  });

  it("keeps the password of a proxy out of messages", async () => {
    const { redactor } = await read({
      yaml: 'sources: [{name: a, type: rest_api, rest_api: {base_url: "https://h", proxy: "http://me:hunter%2622@p:1", resources: [a]}}]',
    });
    expect(redactor.redact("hunter&22 hunter%2622")).toBe("*** ***");
  });
});
