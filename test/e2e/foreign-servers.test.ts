import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeProject } from "../support/project.js";

// Servers that we did not write, so that what we believe of HTTP is not only our own belief.

const POSTS = Array.from({ length: 23 }, (_, index) => ({
  id: String(index + 1),
  title: `Post ${String(index + 1)}`,
  kind: index % 2 === 0 ? "even" : "odd",
  author: { name: index % 3 === 0 ? "Ada" : "Grace" },
  tags: index % 4 === 0 ? ["a", "b"] : [],
}));

interface ForeignServer {
  readonly url: string;
  stop(): Promise<void>;
}

async function startForeign(bin: string): Promise<ForeignServer> {
  const directory = await mkdtemp(join(tmpdir(), "dango-foreign-"));
  const database = join(directory, "db.json");
  await writeFile(database, JSON.stringify({ posts: POSTS }));
  const port = await freePort();
  const script = fileURLToPath(new URL(`../../node_modules/${bin}`, import.meta.url));
  const server = execa(process.execPath, [script, "--host", "127.0.0.1", "--port", String(port), database], {
    cwd: directory,
    reject: false,
  });
  const url = `http://127.0.0.1:${String(port)}`;
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const isUp = await fetch(`${url}/posts/1`).then(
      (response) => response.ok,
      () => false,
    );
    if (isUp) break;
    await delay(100);
  }
  return {
    url,
    async stop() {
      server.kill();
      await server;
      await rm(directory, { recursive: true, force: true });
    },
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => {
        resolve(typeof address === "object" && address !== null ? address.port : 0);
      });
    });
  });
}

async function sync(url: string, resource: string) {
  const project = await makeProject({
    ".dango/sources.yml": `
sources:
  - name: blog
    type: rest_api
    rest_api:
      base_url: ${url}
      resources:
        - ${resource}
`,
  });
  const ended = await project.dango(["sync", "--json"]);
  const report = JSON.parse(ended.stdout) as {
    sources: { resources: { requests: number; error: { message: string } | null }[] }[];
  };
  return { project, ended, resource: report.sources[0]?.resources[0] };
}

const TITLES = "SELECT title FROM raw_blog.posts ORDER BY rowid";
const ALL = POSTS.map(({ title }) => ({ title }));

describe("json-server 0.17", () => {
  let server: ForeignServer;
  beforeAll(async () => {
    server = await startForeign("json-server/lib/cli/bin.js");
  });
  afterAll(async () => {
    await server.stop();
  });

  it.each([
    [
      "Link headers",
      "{name: posts, endpoint: /posts, params: {_page: 1, _limit: 5}, paginator: header_link}",
      5,
    ],
    [
      "Link headers, found by auto (P10)",
      "{name: posts, endpoint: /posts, params: {_page: 1, _limit: 5}}",
      5,
    ],
    [
      "page numbers to the empty page",
      "{name: posts, endpoint: /posts, pagination: {type: page_number, param: _page, size: 10, size_param: _limit}}",
      4,
    ],
    [
      "offsets with the total in X-Total-Count (P1)",
      "{name: posts, endpoint: /posts, pagination: {type: offset, param: _start, size: 10, size_param: _limit, total_items_header: X-Total-Count}}",
      3,
    ],
    [
      "offsets to the empty page",
      "{name: posts, endpoint: /posts, pagination: {type: offset, param: _start, size: 10, size_param: _limit}}",
      4,
    ],
    ["one page", "{name: posts, endpoint: /posts}", 1],
  ])("is read by %s", async (_name, declaration, requests) => {
    const { project, ended, resource } = await sync(server.url, declaration);
    await using _ = project;
    expect(resource?.error).toBe(null);
    expect(ended.exitCode).toBe(0);
    expect(await project.query(TITLES)).toEqual(ALL);
    expect(resource?.requests).toBe(requests);
    expect(await project.query("SELECT count(*) AS n FROM raw_blog.posts__tags")).toEqual([{ n: "12" }]);
  });

  it("filters on the server, dotted parameters as they are", async () => {
    const { project } = await sync(
      server.url,
      "{name: posts, endpoint: /posts, params: {kind: odd, author.name: Ada}, paginator: single_page}",
    );
    await using _ = project;
    expect(await project.query("SELECT count(*) AS n FROM raw_blog.posts")).toEqual([{ n: "4" }]);
  });
});

describe("json-server 1.0", () => {
  let server: ForeignServer;
  beforeAll(async () => {
    server = await startForeign("json-server-v1/lib/bin.js");
  });
  afterAll(async () => {
    await server.stop();
  });

  it("is read by page numbers with the total of pages in the body (P1)", async () => {
    const { project, ended, resource } = await sync(
      server.url,
      "{name: posts, endpoint: /posts, pagination: {type: page_number, param: _page, size: 10, size_param: _per_page, total_pages_path: pages}}",
    );
    await using _ = project;
    expect(ended.exitCode).toBe(0);
    expect(resource?.requests).toBe(3);
    expect(await project.query(TITLES)).toEqual(ALL);
  });

  it("repeats its last page for ever, which is an error and never doubled rows (P5)", async () => {
    const { project, ended, resource } = await sync(
      server.url,
      "{name: posts, endpoint: /posts, pagination: {type: page_number, param: _page, size: 10, size_param: _per_page}}",
    );
    await using _ = project;
    expect(ended.exitCode).toBe(5);
    expect(resource?.requests).toBe(4);
    expect(resource?.error?.message).toContain("page 4");
  });
});
