import { readFile } from "node:fs/promises";
import { afterEach, describe, expect, it } from "vitest";
import { startGitHub, type GitHubRepository } from "../stand-ins/github.js";
import { startHubSpot, type HubSpotContact } from "../stand-ins/hubspot.js";
import { startSalesforce, type SalesforceOrg } from "../stand-ins/salesforce.js";
import { startStripe } from "../stand-ins/stripe.js";
import { makeProject, type TestProject } from "../support/project.js";
import type { TestServer } from "../support/serve.js";

let api: TestServer | undefined;
afterEach(async () => {
  await api?.close();
  api = undefined;
});

/** A project with the configuration of `docs/connectors/NAME.md`, as it stands there. */
async function projectOf(name: string): Promise<TestProject> {
  const page = await readFile(new URL(`../../docs/connectors/${name}.md`, import.meta.url), "utf8");
  const yaml = /```yaml\n([\s\S]*?)```/.exec(page)?.[1];
  if (yaml === undefined) throw new Error(`docs/connectors/${name}.md shows no configuration`);
  return makeProject({ ".dango/sources.yml": yaml });
}

/** Method, path and query, body of what came after the first `skipped` requests. */
function requestsAfter(skipped: number): string[] {
  return (api?.requests ?? [])
    .slice(skipped)
    .map(({ method, url, body }) =>
      [method, decodeURIComponent(url), ...(body === "" ? [] : [body])].join(" "),
    );
}

describe("docs/connectors/github.md", () => {
  const repository: GitHubRepository = {
    issues: [1, 2, 3].map((number) => ({
      id: 100 + number,
      number,
      title: `Issue ${String(number)}`,
      state: "open",
      updated_at: `2024-03-0${String(number)}T00:00:00Z`,
      labels: number === 1 ? [{ name: "bug" }, { name: "help wanted" }] : [],
    })),
    comments: {
      1: [{ id: 11, body: "first" }],
      3: [31, 32, 33].map((id) => ({ id, body: `comment ${String(id)}` })),
    },
  };

  it("reads issues, labels and comments, and the second sync only what changed", async () => {
    api = await startGitHub(repository);
    await using project = await projectOf("github");
    const env = { GITHUB_API_URL: api.url, GITHUB_TOKEN: "ghp_test_token" };

    expect(await project.dango(["sync", "--quiet"], env)).toEqual({ exitCode: 0, stdout: "", stderr: "" });
    const repo = "/repos/octo-org/octo-repo";
    const first = requestsAfter(0);
    const list = `${repo}/issues?per_page=100&state=all&sort=updated&direction=asc`;
    expect(first.filter((request) => request.includes("/issues?"))).toEqual([
      `GET ${list}&since=2020-01-01T00:00:00Z`,
      `GET ${list}&since=2020-01-01T00:00:00Z&page=2`,
    ]);
    expect(first.filter((request) => request.includes("/comments")).sort()).toEqual([
      `GET ${repo}/issues/1/comments?per_page=100`,
      `GET ${repo}/issues/2/comments?per_page=100`,
      `GET ${repo}/issues/3/comments?per_page=100`,
      `GET ${repo}/issues/3/comments?per_page=100&page=2`,
    ]);
    expect(first).toHaveLength(7);
    expect(
      await project.query("SELECT id, _issues_number AS number FROM raw_github.issue_comments ORDER BY id"),
    ).toEqual([
      { id: "11", number: "1" },
      { id: "31", number: "3" },
      { id: "32", number: "3" },
      { id: "33", number: "3" },
    ]);
    expect(
      await project.query(
        "SELECT i.number, l.name FROM raw_github.issues__labels l JOIN raw_github.issues i ON i._dlt_id = l._dlt_parent_id ORDER BY l._dlt_list_idx",
      ),
    ).toEqual([
      { number: "1", name: "bug" },
      { number: "1", name: "help wanted" },
    ]);

    repository.issues = repository.issues.map((issue) =>
      issue.number === 2 ? { ...issue, state: "closed", updated_at: "2024-03-05T00:00:00Z" } : issue,
    );
    repository.comments = { ...repository.comments, 2: [{ id: 21, body: "closing" }] };
    expect((await project.dango(["sync", "--quiet"], env)).exitCode).toBe(0);
    expect(
      requestsAfter(7)
        .filter((request) => !request.includes("/labels"))
        .sort(),
    ).toEqual([
      `GET ${repo}/issues/2/comments?per_page=100`,
      `GET ${repo}/issues/3/comments?per_page=100`,
      `GET ${repo}/issues/3/comments?per_page=100&page=2`,
      `GET ${list}&since=2024-03-03T00:00:00Z`,
    ]);
    expect(await project.query("SELECT number, state FROM raw_github.issues ORDER BY number")).toEqual([
      { number: "1", state: "open" },
      { number: "2", state: "closed" },
      { number: "3", state: "open" },
    ]);
    expect(await project.query("SELECT count(*) AS n FROM raw_github.issue_comments")).toEqual([{ n: "5" }]);
  });
});

describe("docs/connectors/stripe.md", () => {
  it("goes on behind the last record, loads lists in lists, and asks for what is new (000-15)", async () => {
    const charges = [1, 2, 3].map((n) => ({
      id: `ch_${String(n)}`,
      created: 1_710_000_000 + n,
      amount: n * 100,
    }));
    const line = (id: string) => ({ id, amount: 5 });
    const invoices = [
      {
        id: "in_1",
        created: 1_710_000_000,
        lines: {
          object: "list",
          data: [line("il_1"), line("il_2")],
          has_more: false,
          url: "/v1/invoices/in_1/lines",
        },
      },
    ];
    api = await startStripe({ charges, invoices });
    await using project = await projectOf("stripe");
    const env = { STRIPE_API_URL: api.url, STRIPE_SECRET_KEY: "sk_test_canary" };

    expect(await project.dango(["sync", "--quiet"], env)).toEqual({ exitCode: 0, stdout: "", stderr: "" });
    const since = "limit=100&created[gte]=1704067200";
    expect(requestsAfter(0).sort()).toEqual([
      `GET /v1/charges?${since}`,
      `GET /v1/charges?${since}&starting_after=ch_2`,
      `GET /v1/invoices?${since}`,
    ]);
    expect(await project.query("SELECT id, amount FROM raw_stripe.charges ORDER BY id")).toEqual([
      { id: "ch_1", amount: "100" },
      { id: "ch_2", amount: "200" },
      { id: "ch_3", amount: "300" },
    ]);
    expect(
      await project.query("SELECT id FROM raw_stripe.invoices__lines__data ORDER BY _dlt_list_idx"),
    ).toEqual([{ id: "il_1" }, { id: "il_2" }]);

    charges.push({ id: "ch_4", created: 1_710_000_009, amount: 400 });
    expect((await project.dango(["sync", "--quiet"], env)).exitCode).toBe(0);
    expect(requestsAfter(3).sort()).toEqual([
      "GET /v1/charges?limit=100&created[gte]=1710000003",
      "GET /v1/invoices?limit=100&created[gte]=1710000000",
    ]);
    expect(await project.query("SELECT count(*) AS n FROM raw_stripe.charges")).toEqual([{ n: "4" }]);
  });
});

describe("docs/connectors/hubspot.md", () => {
  it("searches by POST with filter, page size and cursor in the body (000-14)", async () => {
    const contact = (id: number): HubSpotContact => ({
      id: String(id),
      properties: { email: `${String(id)}@example.com`, firstname: null },
      createdAt: "2024-01-01T00:00:00.000Z",
      updatedAt: `2024-03-0${String(id)}T00:00:00.000Z`,
      archived: false,
    });
    const contacts = [contact(1), contact(2), contact(3)];
    api = await startHubSpot(contacts);
    await using project = await projectOf("hubspot");
    const env = { HUBSPOT_API_URL: api.url, HUBSPOT_TOKEN: "pat-test-token" };
    const search = (value: number, after?: string): string => {
      const body = {
        properties: ["email", "firstname", "lastname", "company"],
        sorts: [{ propertyName: "lastmodifieddate", direction: "ASCENDING" }],
        filterGroups: [{ filters: [{ propertyName: "lastmodifieddate", operator: "GTE", value }] }],
        ...(after === undefined ? {} : { after }),
        limit: 100,
      };
      return `POST /crm/v3/objects/contacts/search ${JSON.stringify(body)}`;
    };

    expect(await project.dango(["sync", "--quiet"], env)).toEqual({ exitCode: 0, stdout: "", stderr: "" });
    expect(requestsAfter(0)).toEqual([search(1_704_067_200_000), search(1_704_067_200_000, "2")]);
    expect(
      await project.query("SELECT id, properties__email AS email FROM raw_hubspot.contacts ORDER BY id"),
    ).toEqual([
      { id: "1", email: "1@example.com" },
      { id: "2", email: "2@example.com" },
      { id: "3", email: "3@example.com" },
    ]);

    contacts.push(contact(4));
    expect((await project.dango(["sync", "--quiet"], env)).exitCode).toBe(0);
    expect(requestsAfter(2)).toEqual([search(Date.UTC(2024, 2, 3))]);
    expect(await project.query("SELECT count(*) AS n FROM raw_hubspot.contacts")).toEqual([{ n: "4" }]);
  });
});

describe("docs/connectors/salesforce.md", () => {
  const account = (n: number) => ({
    Id: `001-${String(n)}`,
    Name: `Account ${String(n)}`,
    Industry: null,
    SystemModstamp: `2024-03-0${String(n)}T10:00:00.000+0000`,
  });

  it("refreshes its token, follows URLs in the body, and puts the cursor into the SOQL (000-13)", async () => {
    const org: SalesforceOrg = {
      objects: { Account: [account(1), account(2), account(3)], CustomObject__c: [] },
      sessions: new Set(),
    };
    api = await startSalesforce(org);
    await using project = await projectOf("salesforce");
    const env = {
      SALESFORCE_INSTANCE_URL: api.url,
      SALESFORCE_LOGIN_URL: api.url,
      SALESFORCE_CLIENT_ID: "3MVG9test",
      SALESFORCE_CLIENT_SECRET: "client-secret-test",
      SALESFORCE_REFRESH_TOKEN: "5Aep-test-refresh",
    };

    expect(await project.dango(["sync", "--quiet"], env)).toEqual({ exitCode: 0, stdout: "", stderr: "" });
    const token =
      "POST /services/oauth2/token grant_type=refresh_token&refresh_token=5Aep-test-refresh&client_id=3MVG9test&client_secret=client-secret-test";
    const query = (since: string) =>
      `GET /services/data/v60.0/query?q=SELECT Id, Name, Industry, SystemModstamp FROM Account WHERE SystemModstamp >= ${since} ORDER BY SystemModstamp`;
    const first = requestsAfter(0).filter((request) => !request.includes("CustomObject__c"));
    expect(first.map((request) => (request.startsWith("POST") ? sortForm(request) : request))).toEqual([
      sortForm(token),
      query("2024-01-01T00:00:00Z"),
      `GET /services/data/v60.0/query/Account-${String(Date.UTC(2024, 0, 1))}-2`,
    ]);
    expect(
      await project.query(
        "SELECT id, attributes__type, system_modstamp FROM raw_salesforce.accounts ORDER BY id",
      ),
    ).toEqual([
      { id: "001-1", attributes__type: "Account", system_modstamp: "2024-03-01 10:00:00+00" },
      { id: "001-2", attributes__type: "Account", system_modstamp: "2024-03-02 10:00:00+00" },
      { id: "001-3", attributes__type: "Account", system_modstamp: "2024-03-03 10:00:00+00" },
    ]);

    org.objects["Account"]?.push(account(4));
    const before = api.requests.length;
    expect((await project.dango(["sync", "--quiet"], env)).exitCode).toBe(0);
    expect(requestsAfter(before)).toContain(query("2024-03-03T10:00:00Z"));
    expect(await project.query("SELECT count(*) AS n FROM raw_salesforce.accounts")).toEqual([{ n: "4" }]);
  });
});

/** A request with the pairs of its form in order. */
function sortForm(request: string): string {
  const [head, form] = [
    request.slice(0, request.lastIndexOf(" ")),
    request.slice(request.lastIndexOf(" ") + 1),
  ];
  return `${head} ${form.split("&").sort().join("&")}`;
}
