import { chmod, mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readProject } from "../../../src/config/read-project.js";
import { createAuthHost } from "../../../src/http/auth/auth-host.js";
import { sendJson, type TestServer } from "../../support/serve.js";
import { writeProject, type ProjectText } from "../config/support.js";
import { createBench, startServer, type Bench } from "../http/support.js";
import { formOf } from "./support.js";

interface Rotating {
  readonly server: TestServer;
  /** Contents of `watched` at each request to the API. */
  readonly seen: string[];
  watched: string;
}

/** A server that takes each refresh token once, and gives out the next one with every access token. */
async function startRotating(first = "refresh-token-0"): Promise<Rotating> {
  let expected = first;
  let count = 0;
  const state: { seen: string[]; watched: string } = { seen: [], watched: "" };
  const server = await startServer(async (request, response) => {
    if (request.url !== "/token") {
      state.seen.push(await readFile(state.watched, "utf8"));
      const isGood = request.headers.authorization === `Bearer access-token-${String(count)}`;
      sendJson(response, [], isGood ? 200 : 401);
      return;
    }
    const given = new URLSearchParams(request.body).get("refresh_token");
    if (given !== expected) {
      sendJson(response, { error: "invalid_grant", error_description: "this one was used" }, 400);
      return;
    }
    count += 1;
    expected = `refresh-token-${String(count)}`;
    sendJson(response, {
      access_token: `access-token-${String(count)}`,
      refresh_token: expected,
      expires_in: 600,
    });
  });
  return Object.assign(state, { server });
}

interface Opened {
  readonly root: string;
  readonly bench: Bench;
  readonly redact: (text: string) => string;
}

const YAML = (url: string, token: string): string => `sources:
  - name: my_api
    type: rest_api
    rest_api:
      base_url: ${url}
      auth: {type: oauth2_refresh_token, access_token_url: "${url}/token", client_id: me, client_secret: shh-secret${token}}
      resources: [a]
`;

/** A client of the project's source, as a run makes it; again and again for the same folder. */
async function open(root: string, text: Omit<ProjectText, "yaml"> = {}): Promise<Opened> {
  const project = await readProject({
    startDirectory: root,
    env: text.env ?? {},
    ...(text.environment === undefined ? {} : { environment: text.environment }),
  });
  const definition = project.sources[0]?.definition;
  if (definition?.type !== "rest_api") throw new Error("not a rest_api source");
  const host = createAuthHost({ refreshTokens: project.refreshTokens("my_api") });
  const { client } = definition.rest;
  const bench = createBench(client.baseUrl, client, { auth: host, redactor: project.redactor });
  return { root, bench, redact: (value) => project.redactor.redact(value) };
}

const modeOf = async (path: string): Promise<string> => ((await stat(path)).mode & 0o777).toString(8);

describe("a refresh token that the server replaces", () => {
  it("is sent with the client's id and secret (001-07, 001-08)", async () => {
    const { server } = await startRotating();
    const root = await writeProject({
      yaml: YAML(server.url, ""),
      secrets: 'refresh_token = "refresh-token-0"\n',
    });
    const { bench } = await open(root);
    await bench.fail("/nothing-watched").catch(() => undefined);
    expect(server.requests.slice(0, 1).map(formOf)).toEqual([
      [
        ["grant_type", "refresh_token"],
        ["refresh_token", "refresh-token-0"],
        ["client_id", "me"],
        ["client_secret", "shh-secret"],
      ],
    ]);
  });

  it("is in secrets.toml before the next request, with mode 0600 and all else as it was (000-22)", async () => {
    const rotating = await startRotating();
    const secrets = (token: string): string => `# mine, "refresh-token-0" in a comment
[sources.other] # untouched
password = "x"\r
[sources.my_api]
  refresh_token   =   ${token}   # from the console
client = { id = "a", list = ["b", 'c'] }
`;
    const root = await writeProject({
      yaml: YAML(rotating.server.url, ', refresh_token: "${refresh_token}"'),
      secrets: secrets('"refresh-token-0"'),
    });
    rotating.watched = join(root, ".dlt/secrets.toml");
    await chmod(rotating.watched, 0o644);
    const { bench, redact } = await open(root);
    await bench.send("/a");
    expect(rotating.seen).toEqual([secrets('"refresh-token-1"')]);
    expect(await modeOf(rotating.watched)).toBe("600");
    expect(redact("refresh-token-1 access-token-1")).toBe("*** ***");
    expect(await readdir(join(root, ".dlt"))).toEqual(["pipelines", "secrets.toml"]);
    expect(await readdir(join(root, ".dlt/pipelines"))).toEqual([]);
  });

  it("is used by the next run, and by this one when the access token ends", async () => {
    const rotating = await startRotating();
    const root = await writeProject({
      yaml: YAML(rotating.server.url, ""),
      secrets: "[sources.my_api]\nrefresh_token = 'refresh-token-0'\n",
    });
    rotating.watched = join(root, ".dlt/secrets.toml");
    const first = await open(root);
    await first.bench.send("/a");
    first.bench.clock.advance(600_000);
    await first.bench.send("/b");
    await (await open(root)).bench.send("/c");
    expect(rotating.seen.map((text) => text.split("\n")[1])).toEqual([
      "refresh_token = 'refresh-token-1'",
      "refresh_token = 'refresh-token-2'",
      "refresh_token = 'refresh-token-3'",
    ]);
  });

  it("is written to the file of the environment that it came from", async () => {
    const rotating = await startRotating();
    const root = await writeProject({
      yaml: YAML(rotating.server.url, ""),
      secrets: 'refresh_token = "of-another-account"\n',
      files: { ".dlt/prod.secrets.toml": 'refresh_token = "refresh-token-0"\n' },
    });
    rotating.watched = join(root, ".dlt/prod.secrets.toml");
    await (await open(root, { environment: "prod" })).bench.send("/a");
    expect(rotating.seen).toEqual(['refresh_token = "refresh-token-1"\n']);
    expect(await readFile(join(root, ".dlt/secrets.toml"), "utf8")).toBe(
      'refresh_token = "of-another-account"\n',
    );
  });

  it.each([
    ["from the environment", "", { env: { REFRESH_TOKEN: "refresh-token-0" } }],
    ["put together", ', refresh_token: "refresh-${R}"', { env: { R: "token-0" } }],
    ["in the configuration itself", ", refresh_token: refresh-token-0", {}],
  ])("that was %s is kept in tokens.toml beside a hash, 0600 in 0700 (S3)", async (_, field, more) => {
    const rotating = await startRotating();
    const root = await writeProject({ yaml: YAML(rotating.server.url, field) });
    rotating.watched = join(root, ".dlt/pipelines/my_api/tokens.toml");
    await (await open(root, more)).bench.send("/a");
    await (await open(root, more)).bench.send("/b");
    expect(rotating.seen.map((text) => /^([0-9a-f]{64}) = "(.*)"$/m.exec(text)?.[2])).toEqual([
      "refresh-token-1",
      "refresh-token-2",
    ]);
    expect(rotating.seen.join("")).not.toContain("refresh-token-0");
    expect([await modeOf(rotating.watched), await modeOf(join(rotating.watched, ".."))]).toEqual([
      "600",
      "700",
    ]);
  });

  it("in tokens.toml counts until the configured value changes", async () => {
    const rotating = await startRotating();
    const root = await writeProject({ yaml: YAML(rotating.server.url, "") });
    rotating.watched = join(root, ".dlt/pipelines/my_api/tokens.toml");
    await (await open(root, { env: { REFRESH_TOKEN: "refresh-token-0" } })).bench.send("/a");
    const error = await (await open(root, { env: { REFRESH_TOKEN: "brand-new" } })).bench.fail("/b");
    expect(rotating.server.requests.slice(-1).map((sent) => formOf(sent)[1]?.[1])).toEqual(["brand-new"]);
    expect([error.exitCode, error.message]).toEqual([
      6,
      `POST ${rotating.server.url}/token answered 400: invalid_grant: this one was used`,
    ]);
  });

  it("that another process has written in the meantime is read again", async () => {
    const rotating = await startRotating("refresh-token-of-the-other");
    const root = await writeProject({
      yaml: YAML(rotating.server.url, ""),
      secrets: 'refresh_token = "refresh-token-0"\n',
    });
    rotating.watched = join(root, ".dlt/secrets.toml");
    const { bench } = await open(root);
    await writeFile(rotating.watched, 'refresh_token = "refresh-token-of-the-other"\n');
    await bench.send("/a");
    expect(rotating.seen).toEqual(['refresh_token = "refresh-token-1"\n']);
  });

  it("is used by one at a time, however many clients there are", async () => {
    const rotating = await startRotating();
    const root = await writeProject({
      yaml: YAML(rotating.server.url, ""),
      secrets: 'refresh_token = "refresh-token-0"\n',
    });
    rotating.watched = join(root, ".dlt/secrets.toml");
    const opened = await Promise.all(Array.from({ length: 4 }, () => open(root)));
    await Promise.all(opened.map(({ bench }) => bench.send("/token-only").catch(() => undefined)));
    const tokens = rotating.server.requests
      .filter(({ url }) => url === "/token")
      .map((sent) => formOf(sent)[1]?.[1]);
    expect(tokens.slice(0, 4)).toEqual([0, 1, 2, 3].map((number) => `refresh-token-${String(number)}`));
  });

  it("waits for no process that is gone: its lock is taken over (R5)", async () => {
    const rotating = await startRotating();
    const root = await writeProject({
      yaml: YAML(rotating.server.url, ""),
      secrets: 'refresh_token = "refresh-token-0"\n',
    });
    rotating.watched = join(root, ".dlt/secrets.toml");
    await mkdir(join(root, ".dlt/pipelines"), { recursive: true });
    await writeFile(join(root, ".dlt/pipelines/.tokens.lock"), "4194000 1");
    const { bench } = await open(root);
    await bench.send("/a");
    expect(bench.clock.sleeps).toEqual([]);
  });

  it("is not spent when there is no place for a new one", async () => {
    const rotating = await startRotating();
    const root = await writeProject({ yaml: YAML(rotating.server.url, ", refresh_token: refresh-token-0") });
    await mkdir(join(root, ".dlt/pipelines"), { recursive: true });
    await writeFile(join(root, ".dlt/pipelines/my_api"), "a file where a folder should be");
    const error = await (await open(root)).bench.fail("/a");
    expect([error.exitCode, error.message]).toEqual([
      2,
      ".dlt/pipelines/my_api/tokens.toml cannot be written: EEXIST",
    ]);
    expect(rotating.server.requests).toEqual([]);
  });

  it("is written down although the run is stopped while it is on its way", async () => {
    let answer: () => void = () => undefined;
    const server = await startServer(async (_, response) => {
      await new Promise<void>((resolve) => {
        answer = resolve;
      });
      sendJson(response, { access_token: "access-token-1", refresh_token: "refresh-token-1" });
    });
    const root = await writeProject({
      yaml: YAML(server.url, ""),
      secrets: 'refresh_token = "refresh-token-0"\n',
    });
    const { bench } = await open(root);
    const stopped = expect(bench.send("/a")).rejects.toThrow("stopped");
    await expect.poll(() => server.requests.length).toBe(1);
    bench.abort.abort(new Error("stopped"));
    await stopped;
    const closing = bench.client.close();
    answer();
    await closing;
    expect(await readFile(join(root, ".dlt/secrets.toml"), "utf8")).toBe(
      'refresh_token = "refresh-token-1"\n',
    );
  });
});
