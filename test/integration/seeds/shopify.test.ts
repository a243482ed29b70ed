import { readFile } from "node:fs/promises";
import { expect, it, onTestFinished } from "vitest";
import { createRestProject } from "../../support/rest-project.js";
import { sendJson, serve, type TestServer } from "../../support/serve.js";

/** Everything below `rest_api:` of the page's configuration. */
async function readBlock(): Promise<string> {
  const page = await readFile(new URL("../../../docs/connectors/shopify.md", import.meta.url), "utf8");
  const block = /rest_api:\n {6}([\s\S]*?)```/.exec(page)?.[1];
  if (block === undefined) throw new Error("docs/connectors/shopify.md shows no configuration");
  return block.replaceAll("\n      ", "\n");
}

const BASE = "/admin/api/2024-10";
const order = (id: number) => ({ id, updated_at: `2024-03-0${String(id)}T00:00:00-05:00` });

/** Two orders a page; a page_info beside any filter is refused, as Shopify does. */
async function startShopify(orders: readonly { readonly id: number }[]): Promise<TestServer> {
  const server: TestServer = await serve(({ url, headers }, response) => {
    const { pathname, searchParams } = new URL(url, server.url);
    const page = searchParams.get("page_info");
    if (headers["x-shopify-access-token"] !== "shpat-test") {
      sendJson(response, { errors: "[API] Invalid API key or access token" }, 401);
    } else if (
      page !== null &&
      [...searchParams.keys()].some((key) => !["limit", "page_info"].includes(key))
    ) {
      sendJson(response, { errors: { page_info: "cannot be passed with filters" } }, 400);
    } else if (pathname === `${BASE}/orders.json`) {
      const from = Number(page ?? 0);
      if (from + 2 < orders.length) {
        const next = `${server.url}${pathname}?limit=250&page_info=${String(from + 2)}`;
        response.setHeader("link", `<${next}>; rel="next"`);
      }
      sendJson(response, { orders: orders.slice(from, from + 2) });
    } else if (pathname === `${BASE}/locations.json`) {
      sendJson(response, { locations: [{ id: 7 }, { id: 8 }] });
    } else if (pathname === `${BASE}/inventory_levels.json`) {
      const location_id = Number(searchParams.get("location_ids"));
      sendJson(response, { inventory_levels: [{ location_id, inventory_item_id: 1, available: 5 }] });
    } else {
      sendJson(response, { [pathname.slice(BASE.length + 1, -".json".length)]: [] });
    }
  });
  onTestFinished(() => server.close());
  return server;
}

it("reads docs/connectors/shopify.md as it stands: page_info of the Link header, a key in its own header (000-12)", async () => {
  const server = await startShopify([order(1), order(2), order(3)]);
  await using project = await createRestProject(await readBlock());
  project.env = { SHOPIFY_API_URL: server.url, SHOPIFY_ACCESS_TOKEN: "shpat-test" };

  const { exitCode, resources } = await project.sync();

  expect([exitCode, resources.map(({ error }) => error)]).toEqual([0, Array(6).fill(null)]);
  const since = "updated_at_min=2024-01-01T00%3A00%3A00Z";
  expect(server.requests.map(({ url }) => url.slice(BASE.length)).sort()).toEqual(
    [
      `/orders.json?limit=250&status=any&${since}`,
      "/orders.json?limit=250&page_info=2",
      `/customers.json?limit=250&${since}`,
      `/products.json?limit=250&${since}`,
      `/checkouts.json?limit=250&${since}`,
      "/locations.json",
      "/inventory_levels.json?limit=250&location_ids=7",
      "/inventory_levels.json?limit=250&location_ids=8",
    ].sort(),
  );
  expect(await project.rows("SELECT id FROM raw_api.orders ORDER BY id")).toEqual([[1n], [2n], [3n]]);
  expect(await project.rows("SELECT location_id FROM raw_api.inventory_levels ORDER BY 1")).toEqual([
    [7n],
    [8n],
  ]);

  const before = server.requests.length;
  expect((await project.sync()).exitCode).toBe(0);
  expect(server.requests.slice(before).map(({ url }) => decodeURIComponent(url))).toContain(
    `${BASE}/orders.json?limit=250&status=any&updated_at_min=2024-03-03T00:00:00-05:00`,
  );
});
