import { describe, expect, it, onTestFinished } from "vitest";
import { createRestProject } from "../../support/rest-project.js";
import { idRows } from "../../support/run-paginator.js";
import { sendJson, serve, type ReceivedRequest } from "../../support/serve.js";
import { describeRequest } from "./read-in-turn.js";

/** Syncs a `rest_api` block, `base_url` left out, from a server; gives its requests and what each resource came to. */
async function sync(
  block: string,
  answer: (request: ReceivedRequest) => unknown,
): Promise<{ requests: string[]; paginators: Record<string, string | null> }> {
  const server = await serve((request, response) => {
    sendJson(response, answer(request));
  });
  onTestFinished(() => server.close());
  const project = await createRestProject(`base_url: ${server.url}\n${block}`);
  onTestFinished(() => project[Symbol.asyncDispose]());
  const { resources, error } = await project.sync();
  expect([error, ...resources.map((resource) => resource.error)]).toEqual([
    null,
    ...resources.map(() => null),
  ]);
  return {
    requests: server.requests.map(describeRequest).sort(),
    paginators: Object.fromEntries(resources.map(({ name, paginator }) => [name, paginator ?? null])),
  };
}

describe("the paginator of a resource", () => {
  it("is its own, else that of resource_defaults, else the client's, else auto (001-17)", async () => {
    const one = (): unknown => ({ data: [{ id: 1 }], total_pages: 1 });
    const pages = "type: page_number, total_path: total_pages";
    const clients = await sync(
      `client: {paginator: {${pages}, param: of_client}}\nresources: [a, {name: b, paginator: {${pages}, param: own}}]`,
      one,
    );
    const defaults = await sync(
      `client: {paginator: {${pages}, param: of_client}}
resource_defaults: {endpoint: {paginator: {${pages}, param: of_defaults}}}
resources: [a, {name: b, endpoint: {path: b, paginator: {${pages}, param: own}}}, {name: c, paginator: null}]`,
      one,
    );
    const none = await sync("resources: [a]", one);

    expect(clients.requests).toEqual(["GET /a?of_client=1", "GET /b?own=1"]);
    expect(defaults.requests).toEqual(["GET /a?of_defaults=1", "GET /b?own=1", "GET /c?of_client=1"]);
    expect(none.requests).toEqual(["GET /a"]);
  });

  it("is not the client's where the last path segment is a parent's value (P11)", async () => {
    const { requests, paginators } = await sync(
      `client: {paginator: {type: page_number, total_path: pages}}
resources:
  - users
  - {name: profiles, path: "profiles/{resources.users.id}"}
  - {name: posts, path: "users/{resources.users.id}/posts"}`,
      ({ url }) => (url.startsWith("/profiles") ? { id: 1, name: "a" } : { data: [{ id: 7 }], pages: 1 }),
    );

    expect(requests).toEqual(["GET /profiles/7", "GET /users/7/posts?page=1", "GET /users?page=1"]);
    expect(paginators).toEqual({
      users: "page_number (page from 1)",
      profiles: "auto: single_page",
      posts: "page_number (page from 1)",
    });
  });

  it("starts anew for each value of the parent, and max_pages counts for each (P1, dlt issue 3772)", async () => {
    const rows: Readonly<Record<string, number>> = { "1": 3, "2": 2 };
    const { requests } = await sync(
      `resources:
  - {name: users, paginator: single_page}
  - {name: posts, path: "users/{resources.users.id}/posts", max_pages: 2, paginator: {type: offset, limit: 2, total_items_path: total}}`,
      ({ url }) => {
        const { pathname, searchParams } = new URL(url, "http://x");
        const total = rows[pathname.split("/")[2] ?? ""];
        if (total === undefined) return [{ id: 1 }, { id: 2 }];
        const from = Number(searchParams.get("offset"));
        return { data: idRows(from + 1, Math.min(from + 2, total)), total };
      },
    );

    expect(requests).toEqual([
      "GET /users",
      "GET /users/1/posts?offset=0&limit=2",
      "GET /users/1/posts?offset=2&limit=2",
      "GET /users/2/posts?offset=0&limit=2",
      "GET /users/2/posts?offset=2&limit=2",
    ]);
  });
});
