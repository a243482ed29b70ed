import { sendJson, serve, type TestServer } from "../support/serve.js";

/** An issue as GitHub spells it, shortened. */
export interface GitHubIssue {
  readonly id: number;
  readonly number: number;
  readonly title: string;
  readonly state: "open" | "closed";
  readonly updated_at: string;
  readonly labels: readonly { readonly name: string }[];
  readonly pull_request?: { readonly url: string };
}

/** What a repository holds; changed between syncs. */
export interface GitHubRepository {
  issues: GitHubIssue[];
  comments: Readonly<Record<number, readonly { readonly id: number; readonly body: string }[]>>;
}

/** Two records a page, whatever is asked for: pages by `Link` header, as documented for the REST API. */
export async function startGitHub(repository: GitHubRepository): Promise<TestServer> {
  const server: TestServer = await serve((request, response) => {
    const url = new URL(request.url, server.url);
    if (request.headers.authorization !== "Bearer ghp_test_token") {
      sendJson(response, { message: "Bad credentials", status: "401" }, 401);
      return;
    }
    const all = find(url, repository);
    if (all === undefined) {
      sendJson(response, { message: "Not Found", status: "404" }, 404);
      return;
    }
    const page = Number(url.searchParams.get("page") ?? "1");
    if (page * 2 < all.length) response.setHeader("link", linkTo(url, page + 1));
    sendJson(response, all.slice((page - 1) * 2, page * 2));
  });
  return server;
}

function find(url: URL, { issues, comments }: GitHubRepository): readonly object[] | undefined {
  const [, resource, number] =
    /^\/repos\/octo-org\/octo-repo\/(issues|labels)(?:\/(\d+)\/comments)?$/.exec(url.pathname) ?? [];
  if (number !== undefined) return comments[Number(number)] ?? [];
  if (resource === "labels") return [{ id: 1, name: "bug", color: "d73a4a" }];
  if (resource !== "issues") return undefined;
  const since = Date.parse(url.searchParams.get("since") ?? "1970-01-01");
  return issues
    .filter((issue) => Date.parse(issue.updated_at) >= since)
    .sort((a, b) => Date.parse(a.updated_at) - Date.parse(b.updated_at));
}

function linkTo(url: URL, page: number): string {
  const next = new URL(url);
  next.searchParams.set("page", String(page));
  return `<${next.href}>; rel="next", <${url.href}>; rel="last"`;
}
