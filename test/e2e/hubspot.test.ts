import { readFile } from "node:fs/promises";
import { afterEach, describe, expect, it } from "vitest";
import { makeProject, type TestProject } from "../support/project.js";
import { sendJson, serve, type TestServer } from "../support/serve.js";

const MODULE = new URL("../../custom_sources/hubspot_contacts.ts", import.meta.url);

interface Contact {
  id: string;
  properties: Record<string, string | null>;
  createdAt: string;
  updatedAt: string;
}

const CONTACTS: readonly Contact[] = [
  {
    id: "1",
    properties: { email: "ann@example.com", firstname: "Ann", lastname: "Lee", company: "Acme", phone: "1" },
    createdAt: "2024-01-01T00:00:00.000Z",
    updatedAt: "2024-03-01T00:00:00.000Z",
  },
  // Properties that the contact does not have: not there at all, or null.
  {
    id: "2",
    properties: { email: "bo@example.com", firstname: null },
    createdAt: "2024-01-02T00:00:00.000Z",
    updatedAt: "2024-03-02T00:00:00.000Z",
  },
  {
    id: "3",
    properties: {},
    createdAt: "2024-01-03T00:00:00.000Z",
    updatedAt: "2024-03-03T00:00:00.123Z",
  },
];

interface Search {
  filterGroups: { filters: { propertyName: string; operator: string; value: string }[] }[];
  after?: string;
}

function search(contacts: readonly Contact[], asked: Search): unknown {
  const since = Number(asked.filterGroups[0]?.filters[0]?.value);
  const matching = contacts.filter(({ updatedAt }) => Date.parse(updatedAt) >= since);
  const from = Number(asked.after ?? "0");
  const next = from + 2 < matching.length ? { paging: { next: { after: String(from + 2) } } } : {};
  return { total: matching.length, results: matching.slice(from, from + 2), ...next };
}

/** A stand-in of HubSpot's contact search, with two contacts a page whatever `limit` says. */
async function startHubSpot(contacts: Contact[]): Promise<TestServer> {
  return serve((request, response) => {
    if (request.headers.authorization !== "Bearer pat-xxx") {
      sendJson(response, { status: "error", message: "Authentication credentials not found" }, 401);
    } else if (request.method !== "POST" || request.url !== "/crm/v3/objects/contacts/search") {
      sendJson(response, { status: "error", message: "not found" }, 404);
    } else {
      sendJson(response, search(contacts, JSON.parse(request.body) as Search));
    }
  });
}

async function hubSpotProject(baseUrl: string): Promise<TestProject> {
  return makeProject({
    ".dango/sources.yml": `sources:
  - name: hubspot
    type: dlt_native
    enabled: true
    dlt_native:
      source_module: "custom_sources.hubspot_contacts"
      source_name: "hubspot_contacts_source"
`,
    ".dlt/secrets.toml": `[sources.hubspot_contacts_source]\napi_key = "pat-xxx"\n`,
    ".dlt/config.toml": `[sources.hubspot_contacts_source]\nbase_url = "${baseUrl}"\n`,
    "custom_sources/hubspot_contacts.ts": await readFile(MODULE, "utf8"),
  });
}

function searchFor(value: string, after?: string): unknown {
  return {
    limit: 100,
    properties: ["email", "firstname", "lastname", "company", "phone"],
    filterGroups: [{ filters: [{ propertyName: "lastmodifieddate", operator: "GTE", value }] }],
    sorts: [{ propertyName: "lastmodifieddate", direction: "ASCENDING" }],
    ...(after === undefined ? {} : { after }),
  };
}

const ROWS = "SELECT * EXCLUDE (_dlt_load_id, _dlt_id) FROM raw_hubspot.contacts ORDER BY id";

let hubSpot: TestServer | undefined;
afterEach(async () => {
  await hubSpot?.close();
  hubSpot = undefined;
});

describe("tutorial: custom_sources/hubspot_contacts.ts of this repository, as it is", () => {
  it("searches page by page, and loads missing properties as NULL (004-14, 004-15)", async () => {
    hubSpot = await startHubSpot([...CONTACTS]);
    await using project = await hubSpotProject(hubSpot.url);

    const ended = await project.dango(["sync", "--source", "hubspot"]);

    expect(ended.exitCode).toBe(0);
    expect(hubSpot.requests.map(({ method, url }) => `${method} ${url}`)).toEqual(
      Array(2).fill("POST /crm/v3/objects/contacts/search"),
    );
    expect(hubSpot.requests.map(({ body }) => JSON.parse(body) as unknown)).toEqual([
      searchFor("946684800000"),
      searchFor("946684800000", "2"),
    ]);
    expect(await project.query(ROWS)).toEqual([
      {
        id: "1",
        email: "ann@example.com",
        first_name: "Ann",
        last_name: "Lee",
        company: "Acme",
        phone: "1",
        created_at: "2024-01-01 00:00:00+00",
        updated_at: "2024-03-01 00:00:00+00",
      },
      {
        id: "2",
        email: "bo@example.com",
        first_name: null,
        last_name: null,
        company: null,
        phone: null,
        created_at: "2024-01-02 00:00:00+00",
        updated_at: "2024-03-02 00:00:00+00",
      },
      {
        id: "3",
        email: null,
        first_name: null,
        last_name: null,
        company: null,
        phone: null,
        created_at: "2024-01-03 00:00:00+00",
        updated_at: "2024-03-03 00:00:00.123+00",
      },
    ]);
    expect(await project.columns("raw_hubspot", "contacts")).toEqual([
      "id VARCHAR",
      "email VARCHAR",
      "first_name VARCHAR",
      "last_name VARCHAR",
      "company VARCHAR",
      "phone VARCHAR",
      "created_at TIMESTAMP WITH TIME ZONE",
      "updated_at TIMESTAMP WITH TIME ZONE",
      "_dlt_load_id VARCHAR",
      "_dlt_id VARCHAR",
    ]);
  });

  it("sends the stored cursor on the second sync and changes nothing (M2)", async () => {
    hubSpot = await startHubSpot([...CONTACTS]);
    await using project = await hubSpotProject(hubSpot.url);
    await project.dango(["sync"]);
    const before = await project.query("SELECT * FROM raw_hubspot.contacts ORDER BY id");
    const first = hubSpot.requests.length;

    expect((await project.dango(["sync"])).exitCode).toBe(0);

    expect(hubSpot.requests.slice(first).map(({ body }) => JSON.parse(body) as unknown)).toEqual([
      searchFor(String(Date.parse("2024-03-03T00:00:00.123Z"))),
    ]);
    expect(await project.query("SELECT * FROM raw_hubspot.contacts ORDER BY id")).toEqual(before);
  });

  it("takes a contact that was modified, and none else", async () => {
    const contacts = [...CONTACTS];
    hubSpot = await startHubSpot(contacts);
    await using project = await hubSpotProject(hubSpot.url);
    await project.dango(["sync"]);
    contacts.push({
      id: "2",
      properties: { email: "bo@example.org" },
      createdAt: "2024-01-02T00:00:00.000Z",
      updatedAt: "2024-04-01T00:00:00.000Z",
    });
    await project.dango(["sync"]);
    expect(await project.query("SELECT id, email FROM raw_hubspot.contacts ORDER BY id")).toEqual([
      { id: "1", email: "ann@example.com" },
      { id: "2", email: "bo@example.org" },
      { id: "3", email: null },
    ]);
  });
});
