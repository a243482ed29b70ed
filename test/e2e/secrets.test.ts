import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { ServerResponse } from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import { makeProject, type Ended, type TestProject } from "../support/project.js";
import { sendJson, serve, type ReceivedRequest, type TestServer } from "../support/serve.js";

/** Planted as the secret; its characters are spelled in another way in a URL, in JSON and in base64. */
const CANARY = 'cAn4ry/+&=?"%key-7f3a9';

const BASIC = `user:${CANARY}`;

/** Every spelling in which the canary could leave. */
const SPELLINGS = [
  CANARY,
  JSON.stringify(CANARY).slice(1, -1),
  encodeURIComponent(CANARY),
  new URLSearchParams({ k: CANARY }).toString().slice(2),
  Buffer.from(CANARY).toString("base64"),
  Buffer.from(CANARY).toString("base64url"),
  Buffer.from(BASIC).toString("base64"),
  Buffer.from(BASIC).toString("base64url"),
  // A part of it tells enough.
  "cAn4ry",
];

let api: TestServer | undefined;
afterEach(async () => {
  await api?.close();
  api = undefined;
});

type Answer = (response: ServerResponse, request: ReceivedRequest) => void;

/** What an API can do with a credential, by the path that does it: use it, and give it back in every way there is. */
const ANSWERS: Readonly<Record<string, { readonly answer: Answer; readonly exitCode: number }>> = {
  success: {
    exitCode: 0,
    answer: (response) => {
      sendJson(response, [{ id: 1 }]);
    },
  },
  unauthorized: {
    exitCode: 6,
    answer: (response, request) => {
      sendJson(response, { message: `refused: ${echo(request)}` }, 401);
    },
  },
  forbidden: {
    exitCode: 6,
    answer: (response, request) => {
      response.writeHead(403, { "content-type": "text/plain" }).end(echo(request));
    },
  },
  not_found: {
    exitCode: 1,
    answer: (response, request) => {
      sendJson(response, { message: echo(request) }, 404);
    },
  },
  rate_limited: {
    exitCode: 7,
    answer: (response, request) => {
      sendJson(response, { message: echo(request) }, 429);
    },
  },
  failing: {
    exitCode: 8,
    answer: (response, request) => {
      response.writeHead(500).end(echo(request));
    },
  },
  html: {
    exitCode: 1,
    answer: (response, request) => {
      response.writeHead(200, { "content-type": "text/html" }).end(`<html>${echo(request)}</html>`);
    },
  },
  cut_short: {
    exitCode: 1,
    answer: (response, request) => {
      response
        .writeHead(200, { "content-type": "application/json" })
        .end(JSON.stringify({ echo: echo(request), data: [] }).slice(0, -2));
    },
  },
  error_object: {
    exitCode: 1,
    answer: (response, request) => {
      sendJson(response, { error: { message: echo(request) } });
    },
  },
  key_of_the_body: {
    exitCode: 5,
    answer: (response, request) => {
      sendJson(response, { [echo(request)]: [{ id: 1 }], other: [{ id: 2 }] });
    },
  },
  broken_connection: {
    exitCode: 8,
    answer: (response) => {
      response.destroy();
    },
  },
  redirect_elsewhere: {
    exitCode: 8,
    answer: (response, request) => {
      const target = `http://127.0.0.1:1/next?token=${encodeURIComponent(echo(request))}`;
      response.writeHead(302, { location: target }).end();
    },
  },
  link_elsewhere: {
    exitCode: 5,
    answer: (response, request) => {
      const next = `http://127.0.0.1:1/${encodeURIComponent(CANARY)}?key=${encodeURIComponent(echo(request))}`;
      sendJson(response, { items: [{ id: 1 }], next });
    },
  },
  link_that_comes_back: {
    exitCode: 5,
    answer: (response, request) => {
      const next = new URL(request.url, "http://x");
      next.searchParams.set("again", CANARY);
      sendJson(response, { items: [{ id: request.url.length }], next: `${next.pathname}${next.search}` });
    },
  },
  unlike_cursors: {
    exitCode: 1,
    answer: (response, request) => {
      sendJson(response, [
        { id: 1, at: 5 },
        { id: 2, at: echo(request) },
      ]);
    },
  },
};

function echo({ url, headers }: ReceivedRequest): string {
  return `${CANARY} ${encodeURIComponent(CANARY)} ${Buffer.from(CANARY).toString("base64")} ${url} ${JSON.stringify(headers)}`;
}

const RESOURCES = Object.keys(ANSWERS);

/** The places that a credential can stand in, each with a resource for every answer. */
const PLACES: Readonly<Record<string, (url: string) => Readonly<Record<string, string>>>> = {
  "a header": (url) => restFiles(url, 'headers: {Authorization: "Bearer ${CANARY}"}'),
  "an api_key in the query": (url) =>
    restFiles(url, 'auth: {type: api_key, name: key, location: query, api_key: "${CANARY}"}'),
  "an http_basic password": (url) =>
    restFiles(url, 'auth: {type: http_basic, username: user, password: "${CANARY}"}'),
  "secret() of a module": (url) => ({
    ".dango/sources.yml": `sources:
  - name: leaky
    type: dlt_native
    dlt_native: {source_module: leaky, source_name: leaky_source, args: {base_url: "${url}"}}
`,
    ".dlt/secrets.toml": `[sources.leaky_source]\napi_key = ${JSON.stringify(CANARY)}\n`,
    "custom_sources/leaky.ts": `import { config, defineSource, paginators, resource, RestClient, secret } from "dango";

export const leaky_source = defineSource({ api_key: secret(), base_url: config("") }, ({ api_key, base_url }) => {
  const api = new RestClient({
    baseUrl: base_url,
    headers: { "X-Api-Key": api_key },
    retry: { attempts: 2, base: "10ms" },
  });
  return ${JSON.stringify(RESOURCES)}.map((name) =>
    resource(
      { name, primaryKey: "id", incremental: { cursorPath: "at", onCursorValueMissing: "include" } },
      async function* ({ logger }) {
        logger.info("the key is " + api_key);
        yield* api.paginate("/" + name, {
          params: { key: api_key },
          paginator: paginators.jsonLink({ nextUrlPath: "next" }),
        });
      },
    ),
  );
});
`,
  }),
};

function restFiles(url: string, credential: string): Readonly<Record<string, string>> {
  return {
    ".dango/sources.yml": `sources:
  - name: leaky
    type: rest_api
    rest_api:
      base_url: ${url}
      ${credential}
      retry: {attempts: 2, base: 10ms}
      resource_defaults:
        primary_key: id
        incremental: {cursor_path: at, on_cursor_value_missing: include}
        paginator: {type: json_link, next_url_path: next}
      resources: [${RESOURCES.join(", ")}]
`,
    ".dlt/secrets.toml": `[sources.rest_api]\nCANARY = ${JSON.stringify(CANARY)}\n`,
  };
}

async function startApi(): Promise<TestServer> {
  return serve((request, response) => {
    const [, name = ""] = new URL(request.url, "http://x").pathname.split("/");
    ANSWERS[name]?.answer(response, request);
  });
}

/** Everything that dango wrote about itself: what it printed, and its files. */
async function everythingSaid(project: TestProject, ended: Ended): Promise<string> {
  const files = await Promise.all([
    readAll(join(project.root, ".dango", "logs")),
    readAll(join(project.root, ".dlt", "pipelines")),
  ]);
  return [ended.stdout, ended.stderr, ...files].join("\n");
}

async function readAll(directory: string): Promise<string> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true }).catch(() => []);
  const texts = entries.map(async (entry) => {
    const path = join(entry.parentPath, entry.name);
    return entry.isFile() ? `${path}\n${await readFile(path, "latin1")}` : path;
  });
  return (await Promise.all(texts)).join("\n");
}

function expectNoCanary(text: string): void {
  for (const spelling of SPELLINGS) {
    const at = text.indexOf(spelling);
    expect(at < 0 ? "" : text.slice(Math.max(0, at - 200), at + 100)).toBe("");
  }
}

describe.each(Object.keys(PLACES))("a secret in %s", (place) => {
  it("is sent, and written nowhere, whatever the API makes of it (S2)", async () => {
    api = await startApi();
    await using project = await makeProject(PLACES[place]?.(api.url) ?? {});

    const ended = await project.dango(["sync", "--verbose"], { RUNTIME__LOG_LEVEL: "DEBUG" });

    const sent = api.requests.map(asSent);
    expect(sent.filter((text) => !SPELLINGS.some((spelling) => text.includes(spelling)))).toEqual([]);
    expect(ended.exitCode).toBe(3);
    expectNoCanary(await everythingSaid(project, ended));
  });

  it("is written nowhere by --json and --progress json, which hold every resource's own exit code (R8)", async () => {
    api = await startApi();
    await using project = await makeProject(PLACES[place]?.(api.url) ?? {});

    const ended = await project.dango(["sync", "--json", "--progress", "json"]);

    expectNoCanary(await everythingSaid(project, ended));
    const report = JSON.parse(ended.stdout) as {
      sources: { resources: { name: string; exit_code: number }[] }[];
    };
    const exitCodes = report.sources[0]?.resources.map(({ name, exit_code }) => [name, exit_code]) ?? [];
    expect(Object.fromEntries(exitCodes)).toEqual(
      Object.fromEntries(Object.entries(ANSWERS).map(([name, { exitCode }]) => [name, exitCode])),
    );
  });

  it("is written nowhere by a dry run, by pipeline show and by validate (S2)", async () => {
    api = await startApi();
    await using project = await makeProject(PLACES[place]?.(api.url) ?? {});
    const success = ["--resource", "success"];
    for (const args of [
      ["sync", "--dry-run", ...success],
      ["sync", ...success],
      ["pipeline", "show", "leaky"],
      ["validate"],
    ]) {
      const ended = await project.dango(args);
      expect(ended.exitCode).toBe(0);
      expectNoCanary(await everythingSaid(project, ended));
    }
  });
});

/** Headers and URL only: what the client sent, not what the server made of it. */
function asSent({ url, headers }: ReceivedRequest): string {
  return `${url} ${Object.values(headers).join(" ")}`;
}

describe("a secret in what a module throws", () => {
  it.each([
    ["while it is loaded", 2, "throw new Error('no access with ' + api_key);"],
    [
      "in a generator",
      1,
      "return resource({ name: 'things' }, function* () { throw new Error('no access with ' + api_key); });",
    ],
    [
      "in an option",
      2,
      "return resource({ name: 'things', writeDisposition: api_key }, function* () { yield { id: 1 }; });",
    ],
  ])("%s is written nowhere (S2)", async (_when, exitCode, body) => {
    await using project = await makeProject({
      ...PLACES["secret() of a module"]?.("http://127.0.0.1:1"),
      "custom_sources/leaky.ts": `import { config, defineSource, resource, secret } from "dango";
export const leaky_source = defineSource({ api_key: secret(), base_url: config("") }, ({ api_key }) => {
  ${body}
});
`,
    });
    const ended = await project.dango(["sync", "--verbose"]);
    expectNoCanary(await everythingSaid(project, ended));
    expect(ended.exitCode).toBe(exitCode);
    const validated = await project.dango(["validate", "--json"]);
    expectNoCanary(validated.stdout + validated.stderr);
  });
});

describe("a secret in the configuration", () => {
  it("is not shown by the errors that its value causes", async () => {
    await using project = await makeProject({
      ".dango/sources.yml": `sources:
  - name: leaky
    type: rest_api
    rest_api:
      base_url: "http://127.0.0.1:1"
      timeout: "\${CANARY}"
      auth: {type: "\${CANARY}", token: x}
      resources: [{name: things, method: "\${CANARY}", write_disposition: "\${CANARY}"}]
`,
      ".dlt/secrets.toml": `[sources.rest_api]\nCANARY = ${JSON.stringify(CANARY)}\n`,
    });
    for (const args of [["sync"], ["sync", "--json"], ["validate"], ["validate", "--json"]]) {
      const ended = await project.dango(args);
      expect(ended.exitCode).toBe(2);
      expectNoCanary(await everythingSaid(project, ended));
    }
  });
});

describe("a record", () => {
  it("is stored as it was sent, also when it holds the secret (S2)", async () => {
    api = await serve((_request, response) => {
      sendJson(response, [{ id: 1, note: CANARY }]);
    });
    await using project = await makeProject(PLACES["a header"]?.(api.url) ?? {});
    const ended = await project.dango(["sync", "--verbose", "--resource", "success"]);
    expect(ended.exitCode).toBe(0);
    expectNoCanary(await everythingSaid(project, ended));
    expect(await project.query("SELECT note FROM raw_leaky.success")).toEqual([{ note: CANARY }]);
  });
});

describe("working files and logs", () => {
  it("are 0600 in directories of 0700, and the spool goes with the run (S3)", async () => {
    // Large enough that the spool does not keep it in memory.
    const note = "x".repeat(1_000);
    const items = Array.from({ length: 5_000 }, (_, id) => ({ id, note }));
    api = await serve((request, response) => {
      if (!request.url.includes("page=2")) sendJson(response, { items, next: "/success?page=2" });
    });
    await using project = await makeProject(PLACES["a header"]?.(api.url) ?? {});
    const run = project.start(["sync", "--resource", "success"]);
    const working = join(project.root, ".dlt", "pipelines");
    let spooled: string[] = [];
    // The write of the first page goes on while the second is asked for.
    for (let tries = 0; tries < 500 && !spooled.some((line) => line.endsWith(".ndjson")); tries += 1) {
      await delay(20);
      spooled = await modesOf(working).catch(() => []);
    }
    run.kill("SIGINT");
    expect((await run).exitCode).toBe(130);
    expect(spooled.filter((line) => line.endsWith(".ndjson")).length).toBe(1);
    expect(new Set(spooled.map((line) => line.split(" ")[0]))).toEqual(new Set(["700", "600"]));
    expect(await readdir(join(project.root, ".dlt", "pipelines", "leaky"))).toEqual(["traces"]);
    const logs = await modesOf(join(project.root, ".dango", "logs"));
    expect(logs.map((line) => line.split(" ")[0])).toEqual(["700", "600"]);
  });
});

/** `<mode> <path>` of a directory and everything in it. */
async function modesOf(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true });
  const paths = [directory, ...entries.map((entry) => join(directory, entry))];
  return Promise.all(paths.map(async (path) => `${((await stat(path)).mode & 0o777).toString(8)} ${path}`));
}
