import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { PROJECT_FILES } from "../../../src/cli/templates/project-files.js";
import { startSampleApi } from "../../../src/sample/server.js";
import { sendJson, serve } from "../../support/serve.js";
import { makeModuleProject } from "./module-project.js";

async function readExample(name: string): Promise<string> {
  return readFile(fileURLToPath(new URL(`../../../custom_sources/${name}`, import.meta.url)), "utf8");
}

describe("custom_sources/my_api.ts (seed 004, option 2)", () => {
  it("is the module that dango init writes", async () => {
    const written = PROJECT_FILES.find(({ path }) => path === "custom_sources/my_api.ts");
    expect(await readExample("my_api.ts")).toBe(written?.text);
  });

  it("replaces users and reads orders from where the last run ended, page after page", async () => {
    const api = await startSampleApi({ users: 30, orders: 450 });
    try {
      await using project = await makeModuleProject({
        files: { "custom_sources/my_api.ts": await readExample("my_api.ts") },
        sourceName: "my_api_source",
        args: { base_url: api.url },
        values: { api_key: "demo-token" },
      });
      const source = await project.load();
      expect(source.resources.map(({ options }) => [options.name, options.writeDisposition.kind])).toEqual([
        ["users", "replace"],
        ["orders", "merge"],
      ]);
      expect(api.requests).toEqual([]);
      expect((await project.read("users")).rows).toHaveLength(30);
      const since = "2024-01-01T00:00:00Z";
      const bounds = { startValue: since, lastValue: since, initialValue: since, endValue: null };
      const { rows } = await project.read("orders", { incremental: bounds });
      expect(new Set(rows.map((row) => (row as { id: number }).id)).size).toBe(450);
      const urls = api.requests.map(({ url }) => url);
      expect(urls).toHaveLength(4);
      expect(urls.slice(0, 2)).toEqual([
        "/bearer/page/users?per_page=1000",
        "/bearer/next/orders?updated_after=2024-01-01T00%3A00%3A00Z&limit=200",
      ]);
      expect(api.requests.every(({ headers }) => headers["authorization"] === "Bearer demo-token")).toBe(
        true,
      );
    } finally {
      await api.close();
    }
  });
});

describe("custom_sources/hubspot_contacts.ts (seed 004, D1 to D3)", () => {
  it("searches with a JSON body, follows paging.next.after, and yields its cursor under its own name", async () => {
    const contact = (id: number): unknown => ({
      id: String(id),
      properties: {
        email: `c${String(id)}@example.com`,
        firstname: "A",
        lastname: "B",
        company: null,
        phone: "1",
      },
      createdAt: "2024-01-01T00:00:00.000Z",
      updatedAt: `2024-02-0${String(id)}T00:00:00.000Z`,
    });
    const server = await serve(({ body }, response) => {
      const { after } = JSON.parse(body) as { after?: string };
      const results = after === undefined ? [contact(1), contact(2)] : [contact(3)];
      sendJson(response, {
        total: 3,
        results,
        ...(after === undefined ? { paging: { next: { after: "2" } } } : {}),
      });
    });
    try {
      await using project = await makeModuleProject({
        files: { "custom_sources/hubspot_contacts.ts": await readExample("hubspot_contacts.ts") },
        sourceModule: "custom_sources.hubspot_contacts",
        sourceName: "hubspot_contacts_source",
        values: { api_key: "pat-123456", base_url: server.url },
      });
      const since = "2024-02-01T00:00:00.000Z";
      const incremental = { startValue: since, lastValue: since, initialValue: since, endValue: null };
      const { rows } = await project.read("contacts", { incremental });
      expect(rows).toHaveLength(3);
      expect(rows[2]).toEqual({
        id: "3",
        email: "c3@example.com",
        first_name: "A",
        last_name: "B",
        company: null,
        phone: "1",
        created_at: "2024-01-01T00:00:00.000Z",
        updated_at: "2024-02-03T00:00:00.000Z",
      });
      const first = {
        limit: 100,
        properties: ["email", "firstname", "lastname", "company", "phone"],
        filterGroups: [
          { filters: [{ propertyName: "lastmodifieddate", operator: "GTE", value: "1706745600000" }] },
        ],
        sorts: [{ propertyName: "lastmodifieddate", direction: "ASCENDING" }],
      };
      expect(server.requests.map(({ method, url, headers }) => [method, url, headers.authorization])).toEqual(
        [
          ["POST", "/crm/v3/objects/contacts/search", "Bearer pat-123456"],
          ["POST", "/crm/v3/objects/contacts/search", "Bearer pat-123456"],
        ],
      );
      expect(server.requests.map(({ body }) => JSON.parse(body) as unknown)).toEqual([
        first,
        { ...first, after: "2" },
      ]);
    } finally {
      await server.close();
    }
  });
});
