import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { createRestProject, type SyncedSource } from "../../support/rest-project.js";
import { sendJson, serve } from "../../support/serve.js";
import { describeRequest } from "./read-in-turn.js";

const MODULE = `
import type { NextPage } from "dango";

/** Counts down, and asks for two things at once. */
export const older: NextPage = (page) => {
  const { before } = page.json() as { before?: number };
  return before === undefined ? null : { params: { before, seen: page.page * 10 + page.rows }, headers: { "X-Last": String(page.lastRecord?.id) } };
};
export const token: NextPage = async ({ headers }) => headers["x-token"];
export const follow: NextPage = ({ json, previous }) => {
  const { link } = json() as { link?: string };
  return link === undefined ? false : { url: link, json: { "page.from": previous === undefined ? "start" : "later" } };
};
export const fails: NextPage = ({ json }) => (json() as { missing: { deep: string } }).missing.deep;
export const wrong = () => ({ parms: { a: 1 } });
export const always = () => "again";
`;

interface Synced {
  readonly source: SyncedSource;
  readonly requests: readonly string[];
  readonly ids: unknown[];
}

/** Syncs `items` from a server that gives these bodies and headers in turn. */
async function sync(
  keys: string,
  answers: readonly (readonly [unknown, Record<string, string>?])[],
): Promise<Synced> {
  const server = await serve((_, response) => {
    const [body, headers = {}] = answers[server.requests.length - 1] ?? [{ message: "too far" }];
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    sendJson(response, body);
  });
  onTestFinished(() => server.close());
  const project = await createRestProject(
    `base_url: ${server.url}\nresources:\n  - {name: items, data_selector: data, write_disposition: append, ${keys}}`,
  );
  onTestFinished(() => project[Symbol.asyncDispose]());
  await mkdir(join(project.root, "custom_sources"));
  await writeFile(join(project.root, "custom_sources", "paging.ts"), MODULE);
  const source = await project.sync();
  const ids = source.status === "ok" ? await project.rows("SELECT id FROM raw_api.items ORDER BY rowid") : [];
  return { source, requests: server.requests.map(describeRequest), ids: ids.map(([id]) => Number(id)) };
}

const data = (...ids: readonly number[]): object[] => ids.map((id) => ({ id }));

describe("a custom paginator", () => {
  it("sees each page, and says params and headers of the next; nothing ends the list (001-09)", async () => {
    const { source, requests, ids } = await sync(
      'params: {q: x}, paginator: {type: custom, function: "custom_sources.paging:older"}',
      [[{ data: data(9, 8), before: 8 }], [{ data: data(7), before: 7 }], [{ data: data(6) }]],
    );

    expect(source.resource("items").paginator).toBe("custom (custom_sources.paging:older)");
    expect(ids).toEqual([9, 8, 7, 6]);
    expect(requests).toEqual([
      "GET /items?q=x",
      "GET /items?q=x&before=8&seen=12 x-last: 8",
      "GET /items?q=x&before=7&seen=21 x-last: 7",
    ]);
  });

  it.each([
    ["param: after", ["GET /items", "GET /items?after=t2"]],
    [
      "cursor_body_path: page.after, start: t1",
      ['GET /items {"page":{"after":"t1"}}', 'GET /items {"page":{"after":"t2"}}'],
    ],
  ])("that returns one value sends it where the configuration says: %s", async (place, expected) => {
    const { requests, ids } = await sync(`paginator: {type: custom, function: "paging:token", ${place}}`, [
      [{ data: data(1) }, { "X-Token": "t2" }],
      [{ data: data(2) }],
    ]);

    expect(ids).toEqual([1, 2]);
    expect(requests).toEqual(expected);
  });

  it("fills {paginator.cursor} with the value that it returns (P9)", async () => {
    const { requests, ids } = await sync(
      'headers: {X-After: "{paginator.cursor}"}, paginator: {type: custom, function: "paging:token"}',
      [[{ data: data(1) }, { "X-Token": "t2" }], [{ data: data(2) }]],
    );

    expect(ids).toEqual([1, 2]);
    expect(requests).toEqual(["GET /items", "GET /items x-after: t2"]);
  });

  it("may name a URL and members of the body, and knows what it returned before (001-09)", async () => {
    const { requests, ids } = await sync(
      'method: POST, json: {q: x}, params: {z: 1}, paginator: {type: custom, function: "paging:follow"}',
      [[{ data: data(1), link: "?c=2" }], [{ data: data(2), link: "/other?c=3" }], [{ data: data(3) }]],
    );

    expect(ids).toEqual([1, 2, 3]);
    expect(requests).toEqual([
      'POST /items?z=1 {"q":"x"}',
      'POST /items?c=2 {"q":"x","page":{"from":"start"}}',
      'POST /other?c=3 {"q":"x","page":{"from":"later"}}',
    ]);
  });

  it.each([
    ["throws", "fails", "paging:fails threw TypeError: Cannot read properties of undefined (reading 'deep')"],
    [
      "returns what asks for nothing",
      "wrong",
      'paging:wrong returned {"parms":{"a":1}}, which asks for no page',
    ],
  ])("that %s fails its resource, and nothing is loaded", async (_, name, message) => {
    const { source, requests } = await sync(`paginator: {type: custom, function: "paging:${name}"}`, [
      [{ data: data(1) }],
    ]);

    expect(source.resource("items")).toMatchObject({ exitCode: 1, error: { message } });
    expect(requests).toEqual(["GET /items"]);
  });

  it("names the file and the line of a function that throws", async () => {
    const { source } = await sync('paginator: {type: custom, function: "paging:fails"}', [
      [{ data: data(1) }],
    ]);

    expect(source.resource("items").error?.location).toMatchObject({
      file: "custom_sources/paging.ts",
      line: 14,
    });
  });

  it("that returns the same again is no progress (P5)", async () => {
    const { source } = await sync('paginator: {type: custom, function: "paging:always", param: after}', [
      [{ data: data(1) }],
      [{ data: data(2) }],
    ]);

    expect(source.resource("items")).toMatchObject({
      exitCode: 5,
      error: {
        message: expect.stringContaining('it leads to after "again", which was used before') as string,
      },
    });
  });

  it("that returns a value without a place to send it is an error that says how", async () => {
    const { source } = await sync('paginator: {type: custom, function: "paging:always"}', [
      [{ data: data(1) }],
    ]);

    expect(source.resource("items")).toMatchObject({
      exitCode: 5,
      error: {
        message: expect.stringContaining(
          'paging:always returned "again", and the paginator does not say where to send it',
        ) as string,
        hint: "Set param or cursor_body_path, use {paginator.cursor}, or let the function return {params: {…}}.",
      },
    });
  });
});
