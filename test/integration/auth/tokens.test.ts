import { createSecretKey } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readProject } from "../../../src/config/read-project.js";
import { openSource } from "../../../src/engine/open-source.js";
import { isDangoError } from "../../../src/shared/errors.js";
import { createFakeClock, type FakeClock } from "../../support/fake-clock.js";
import { sendJson, type TestServer } from "../../support/serve.js";
import { issuesOfRest, writeProject, type ProjectText } from "../config/support.js";
import { startServer } from "../http/support.js";
import { collectRecords } from "../module/collect-records.js";
import { createRsaKey, formOf, readJwt } from "./support.js";

const rsa = createRsaKey();
const KEY = { client_email: "robot@example.iam", private_key: rsa.pem, private_key_id: "key-1" };

interface Sync {
  readonly rows: readonly unknown[];
  readonly error: string | undefined;
  readonly exitCode: number;
  readonly redact: (text: string) => string;
}

/** Reads the source's resources as a run does, one after the other. */
async function sync(text: ProjectText, clock: FakeClock = createFakeClock()): Promise<Sync> {
  const project = await readProject({ startDirectory: await writeProject(text), env: text.env ?? {} });
  const redact = (value: string): string => project.redactor.redact(value);
  const [config] = project.sources;
  if (config === undefined) throw new Error("no source");
  const source = await openSource(config, { project, clock, random: () => 0.5 });
  const rows: unknown[] = [];
  try {
    for (const resource of source.resources) {
      const { signal } = new AbortController();
      const context = { incremental: undefined, state: {}, signal, emit: () => undefined, clock };
      rows.push(...(await collectRecords(undefined, (records) => resource.read({ ...context, records }))));
    }
    return { rows, error: undefined, exitCode: 0, redact };
  } catch (error) {
    if (!isDangoError(error)) throw error;
    return { rows, error: error.message, exitCode: error.exitCode, redact };
  } finally {
    await source.close();
  }
}

const rest = (url: string, auth: string): string => `sources:
  - name: my_api
    type: rest_api
    rest_api:
      base_url: "${url}/v1/"
      headers: {X-Tenant: acme}
      auth: ${auth}
      paginator: single_page
      resources: [a, b]
`;

/** A server that answers `/token` and `/v1/login` with `answer`, and everything else with one record. */
async function startApi(answer: unknown, status = 200): Promise<TestServer> {
  return startServer((request, response) => {
    const isToken = /token|login/.test(request.url);
    sendJson(response, isToken ? answer : [{ id: 1 }], isToken ? status : 200);
  });
}

const seen = ({ requests }: TestServer): string[] =>
  requests.map(({ method, url, headers }) => `${method} ${url} ${headers.authorization ?? "-"}`);

describe("oauth2_client_credentials in sources.yml", () => {
  it("takes what is left out from the secrets, and one token serves all resources (002-20)", async () => {
    const server = await startApi({ access_token: "token-of-config" });
    const { rows, redact } = await sync({
      yaml: rest(server.url, "oauth2_client_credentials"),
      secrets: `[sources.my_api]\naccess_token_url = "${server.url}/token"\nclient_id = "me"\nclient_secret = "hush-hush"\n`,
    });
    expect(rows).toEqual([{ id: 1 }, { id: 1 }]);
    expect(seen(server)).toEqual([
      "POST /token -",
      "GET /v1/a Bearer token-of-config",
      "GET /v1/b Bearer token-of-config",
    ]);
    expect(redact("token-of-config hush-hush")).toBe("*** ***");
  });

  it("allows the origin of its token_url (H3)", async () => {
    const tokens = await startApi({ access_token: "token-elsewhere" });
    const server = await startApi({});
    const auth = `{type: oauth2_client_credentials, token_url: "${tokens.url}/token", client_id: me, client_secret: s}`;
    const { rows } = await sync({ yaml: rest(server.url, auth) });
    expect([rows.length, seen(tokens)]).toEqual([2, ["POST /token -"]]);
  });
});

describe("jwt", () => {
  it("sends a token that it signs, with iat, exp, claims and header", async () => {
    const server = await startApi({});
    const claims = "{iss: me, aud: you, big: 12345678901234567890}";
    const yaml = rest(server.url, `{type: jwt, claims: ${claims}, header: {kid: k1}, expires_in: 10m}`);
    const { redact } = await sync({ yaml, env: { PRIVATE_KEY: rsa.pem.replaceAll("\n", "\\n") } });
    const [first, second] = server.requests.map(
      ({ headers }) => headers.authorization?.slice("Bearer ".length) ?? "",
    );
    const iat = Date.UTC(2026, 0, 1) / 1_000;
    expect(readJwt(first ?? "", rsa.publicKey)).toEqual({
      header: { typ: "JWT", alg: "RS256", kid: "k1" },
      claims: { iss: "me", aud: "you", big: 12345678901234567000, iat, exp: iat + 600 },
    });
    expect(Buffer.from(first?.split(".")[1] ?? "", "base64url").toString()).toContain(
      '"big":12345678901234567890',
    );
    expect(second).toBe(first);
    expect(redact(first ?? "")).toBe("***");
  });

  it("signs with a shared secret too", async () => {
    const server = await startApi({});
    const yaml = rest(
      server.url,
      "{type: jwt, algorithm: HS256, private_key: shared-secret, claims: {iss: me}}",
    );
    await sync({ yaml });
    const [token = ""] = server.requests.map(({ headers }) => headers.authorization?.slice("Bearer ".length));
    expect(
      readJwt(token, createSecretKey(Buffer.from("shared-secret")).export().toString()).claims["iss"],
    ).toBe("me");
  });

  it("is refused with a key that cannot sign", async () => {
    const issues = await issuesOfRest(
      "base_url: https://h\nauth: {type: jwt, algorithm: ES256, private_key: '${K}'}\nresources: [a]",
      { env: { K: rsa.pem } },
    );
    expect(issues).toBe(
      ".dango/sources.yml:6:56 sources[0].rest_api.auth.private_key: cannot be used: ES256 signs with a key on the curve prime256v1 → a PEM begins with -----BEGIN PRIVATE KEY-----; its line breaks may be written as \\n",
    );
  });
});

describe("service_account (000-16)", () => {
  it.each([
    [
      "JSON text",
      (url: string) =>
        `{type: service_account, key: "\${K}", access_token_url: "${url}/token", scopes: [r, w]}`,
    ],
    [
      "a file",
      (url: string) =>
        `{type: service_account, key_file: keys/k.json, token_url: "${url}/token", scopes: r w}`,
    ],
    [
      "a secret of its own name",
      (url: string) => `{type: service_account, token_url: "${url}/token", scopes: [r, w]}`,
    ],
  ])("exchanges a signed assertion, with its key from %s", async (_, auth) => {
    const server = await startApi({ access_token: "token-of-google", expires_in: 3599 });
    const key = JSON.stringify(KEY);
    const { redact } = await sync({
      yaml: rest(server.url, auth(server.url)),
      env: { K: key },
      files: { "keys/k.json": key },
      secrets: `[sources.my_api]\nkey = '${key}'\n`,
    });
    const [grant, assertion] = server.requests.slice(0, 1).flatMap(formOf);
    expect(grant).toEqual(["grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"]);
    const iat = Date.UTC(2026, 0, 1) / 1_000;
    expect(readJwt(assertion?.[1] ?? "", rsa.publicKey)).toEqual({
      header: { typ: "JWT", alg: "RS256", kid: "key-1" },
      claims: { iss: "robot@example.iam", scope: "r w", aud: `${server.url}/token`, iat, exp: iat + 3_600 },
    });
    expect(seen(server).slice(1)).toEqual([
      "GET /v1/a Bearer token-of-google",
      "GET /v1/b Bearer token-of-google",
    ]);
    expect(redact(`${assertion?.[1] ?? ""} ${rsa.pem.trim().replaceAll("\n", "\\n")}`)).not.toContain(
      "PRIVATE",
    );
  });

  it("acts for a subject, and takes the URL from the key", async () => {
    const server = await startApi({ access_token: "token-for-ann" });
    const key = JSON.stringify({ ...KEY, token_uri: `${server.url}/token` });
    const yaml = rest(server.url, '{type: service_account, key: "${K}", subject: ann@example.com}');
    await sync({ yaml, env: { K: key } });
    const [, assertion] = server.requests.slice(0, 1).flatMap(formOf);
    expect(readJwt(assertion?.[1] ?? "", rsa.publicKey).claims).toMatchObject({ sub: "ann@example.com" });
  });

  it("says what is wrong with a key before anything is requested", async () => {
    const issues = await issuesOfRest(
      `base_url: https://h
resources:
  - {name: a, auth: {type: service_account, key_file: none.json}}
  - {name: b, auth: {type: service_account, key: "not json, but-secret"}}
  - {name: c, auth: {type: service_account, key: {client_email: x}}}`,
    );
    expect(issues.split("\n").map((line) => line.replace(/ → .*/, ""))).toEqual([
      ".dango/sources.yml:7:61 sources[0].rest_api.resources[0].auth.key_file: the file none.json cannot be read: ENOENT",
      ".dango/sources.yml:8:56 sources[0].rest_api.resources[1].auth.key: is no service account's key: it is no JSON object",
      ".dango/sources.yml:9:56 sources[0].rest_api.resources[2].auth.key: is no service account's key: it has no private_key",
    ]);
  });
});

describe("session_token", () => {
  const login = '{path: /login, json: {user: me, password: "${PW}", pin: 12345678901234567890}}';
  const env = { PW: "secret-password" };

  it("logs in once with the client's headers, and sends the token with the prefix and header given", async () => {
    const server = await startApi({ data: { tokens: ["session-token-1"] }, ttl: "1200" });
    const more = 'token_path: "data.tokens[0]", header: X-Session, prefix: "", expires_in_path: ttl';
    const yaml = rest(server.url, `{type: session_token, login: ${login}, ${more}}`);
    const { redact } = await sync({ yaml, env });
    const [first, ...others] = server.requests;
    expect([
      first?.method,
      first?.url,
      first?.body,
      first?.headers["content-type"],
      first?.headers["x-tenant"],
    ]).toEqual([
      "POST",
      "/v1/login",
      '{"user":"me","password":"secret-password","pin":12345678901234567890}',
      "application/json",
      "acme",
    ]);
    expect(others.map(({ headers }) => headers["x-session"])).toEqual(["session-token-1", "session-token-1"]);
    expect(redact("session-token-1 secret-password")).toBe("*** ***");
  });

  it("takes the token from a header, sends a form, and says Bearer unless told otherwise", async () => {
    const server = await startServer((request, response) => {
      if (request.url === "/v1/login") response.setHeader("X-Auth-Token", "token-in-a-header");
      sendJson(response, [{ id: 1 }]);
    });
    const form = "{path: login, data: {user: a b, password: '${PW}'}, headers: {X-App: dango}}";
    await sync({
      yaml: rest(server.url, `{type: session_token, login: ${form}, token_header: X-Auth-Token}`),
      env,
    });
    expect([server.requests[0]?.body, server.requests[0]?.headers["x-app"]]).toEqual([
      "user=a+b&password=secret-password",
      "dango",
    ]);
    expect(seen(server).slice(1)).toEqual([
      "GET /v1/a Bearer token-in-a-header",
      "GET /v1/b Bearer token-in-a-header",
    ]);
  });

  it("is exit 6 with the server's words when the login is refused (H4)", async () => {
    const server = await startApi({ message: "wrong password: secret-password" }, 401);
    const yaml = rest(server.url, `{type: session_token, login: ${login}, token_path: token}`);
    expect(await sync({ yaml, env })).toMatchObject({
      exitCode: 6,
      error: `POST ${server.url}/v1/login answered 401: wrong password: ***`,
    });
  });

  it("needs to know where the token is", async () => {
    const issues = await issuesOfRest(
      "base_url: https://h\nauth: {type: session_token, login: {path: /l}}\nresources: [a]",
    );
    expect(issues).toContain("sources[0].rest_api.auth.token_path: missing `token_path` or `token_header`");
  });
});

describe("custom (001-07)", () => {
  const module = `let token = "first-token", renewals = 0;
export const sign = async (request, { key }) => ({
  headers: { "X-Token": token, "X-Method": request.method },
  params: { sig: key + "-" + new URL(request.url).pathname },
});
export const renew = async () => { await new Promise((done) => setTimeout(done, 20)); renewals += 1; token = "token-" + renewals; };
export const wrong = () => ({ header: {} });
export const broken = () => { throw new TypeError("no key"); };
`;
  const files = { "custom_sources/signing.js": module };
  const auth = (more: string): string => `{type: custom, args: {key: "\${KEY}"}, ${more}}`;
  const text = (url: string, more: string): ProjectText => ({
    yaml: rest(url, auth(more)),
    files,
    env: { KEY: "signing-key" },
  });

  it("adds what a function returns", async () => {
    const server = await startApi({});
    const { rows, redact } = await sync(text(server.url, 'function: "signing:sign"'));
    expect(rows).toHaveLength(2);
    expect(server.requests.map(({ url, headers }) => [url, headers["x-token"], headers["x-method"]])).toEqual(
      [
        ["/v1/a?sig=signing-key-%2Fv1%2Fa", "first-token", "GET"],
        ["/v1/b?sig=signing-key-%2Fv1%2Fb", "first-token", "GET"],
      ],
    );
    expect(redact("first-token")).toBe("***");
  });

  it("is told of a 401 once, and then asked again", async () => {
    const server = await startServer((request, response) => {
      const isGood = request.headers["x-token"] === "token-1";
      sendJson(response, [{ id: 1 }], isGood ? 200 : 401);
    });
    const { rows } = await sync(
      text(server.url, 'function: "signing:sign", on_unauthorized: "signing:renew"'),
    );
    expect(rows).toHaveLength(2);
    expect(server.requests.map(({ headers }) => headers["x-token"])).toEqual([
      "first-token",
      "token-1",
      "token-1",
    ]);
  });

  it.each([
    ["wrong", "signing:wrong returned the unknown member header"],
    ["broken", "signing:broken threw TypeError: no key"],
  ])("says what a function does wrong: %s", async (name, message) => {
    const server = await startApi({});
    const result = await sync(text(server.url, `function: "signing:${name}"`));
    expect([result.exitCode, result.error, server.requests]).toEqual([1, message, []]);
  });
});

describe("auth of a RestClient (004-17)", () => {
  const source = (
    auth: string,
  ): string => `import { defineSource, resource, RestClient, secret } from "dango";
let renewals = 0;
export const s = defineSource({ refresh_token: secret() }, ({ refresh_token }) => {
  const make = () => new RestClient({ baseUrl: process.env.AUTH_TEST_URL, auth: ${auth} });
  const [one, two] = [make(), make()];
  return [
    resource({ name: "a" }, () => one.get("/a")),
    resource({ name: "b" }, () => two.get("/b")),
  ];
});
`;
  const yaml =
    "sources: [{name: my_api, type: dlt_native, dlt_native: {source_module: m, source_name: s}}]\n";

  async function run(server: TestServer, auth: string) {
    process.env["AUTH_TEST_URL"] = server.url;
    const secrets = '[sources.my_api]\nrefresh_token = "refresh-token-0" # mine\n';
    const root = await writeProject({ yaml, secrets, files: { "custom_sources/m.ts": source(auth) } });
    const project = await readProject({ startDirectory: root, env: {} });
    const clock = createFakeClock();
    const [config] = project.sources;
    if (config === undefined) throw new Error("no source");
    const opened = await openSource(config, { project, clock, random: () => 0.5 });
    try {
      for (const resource of opened.resources) {
        const { signal } = new AbortController();
        const context = { incremental: undefined, state: {}, signal, emit: () => undefined, clock };
        await collectRecords(undefined, (records) => resource.read({ ...context, records }));
      }
    } finally {
      await opened.close();
    }
    return root;
  }

  it("shares tokens between clients, and writes a new refresh token back to where secret() found it", async () => {
    const server = await startApi({ access_token: "token-of-a-client", refresh_token: "refresh-token-1" });
    const auth = `{ type: "oauth2_refresh_token", accessTokenUrl: process.env.AUTH_TEST_URL + "/token", clientId: "me", refreshToken: refresh_token }`;
    const root = await run(server, auth);
    expect(seen(server)).toEqual([
      "POST /token -",
      "GET /a Bearer token-of-a-client",
      "GET /b Bearer token-of-a-client",
    ]);
    expect(await readFile(join(root, ".dlt/secrets.toml"), "utf8")).toBe(
      '[sources.my_api]\nrefresh_token = "refresh-token-1" # mine\n',
    );
  });

  it("takes functions", async () => {
    const server = await startServer((request, response) => {
      sendJson(response, [{ id: 1 }], request.headers["x-token"] === "1:k" ? 200 : 401);
    });
    await run(
      server,
      '{ type: "custom", args: { theKey: "k" }, function: (_, { theKey }) => ({ headers: { "X-Token": renewals + ":" + theKey } }), onUnauthorized: () => { renewals = 1; } }',
    );
    expect(server.requests.map(({ headers }) => headers["x-token"])).toEqual(["0:k", "1:k", "1:k"]);
  });

  it("says what is missing, in its own spelling", async () => {
    const server = await startApi({});
    await expect(run(server, '{ type: "oauth2_client_credentials", clientId: "me" }')).rejects.toMatchObject({
      exitCode: 2,
      issues: [
        { message: "RestClient: auth: `accessTokenUrl` or `tokenUrl` or `tokenEndpoint` is missing" },
        { message: "RestClient: auth: `clientSecret` is missing" },
      ],
    });
  });
});
