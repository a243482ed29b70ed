import { expect, test } from "vitest";
import { DLT_WAREHOUSE, LAST_RUN, serveShop, shopBlock } from "../integration/dlt/shop-api.js";
import { makeProject } from "../support/project.js";

test("a project goes on with what dlt loaded into a file of its own (M8)", async () => {
  const server = await serveShop({ ...LAST_RUN });
  const block = shopBlock(server.url).replace(/^/gm, "      ");
  await using project = await makeProject({
    ".dango/sources.yml": `sources:\n  - name: shop\n    type: rest_api\n    rest_api:\n${block}\n`,
  });
  const adopted = await project.dango(["pipeline", "adopt", DLT_WAREHOUSE, "--pipeline", "shop_pipeline"]);
  expect(adopted.exitCode).toBe(0);
  expect(adopted.stdout).toMatchInlineSnapshot(`
    "Copied the pipeline shop_pipeline (dataset shop_data, schema shop_api) of dlt to the dataset raw_shop

    table                 rows
    countries                3
    customers                4
    customers__phones        2
    events                   5
    events__tags             4
    orders                   3
    orders__items            4
    orders__items__parts     4
    products                 3
    products__sizes          3

    \`dango sync shop\` goes on where dlt stopped"
  `);
  const synced = await project.dango(["sync", "--json"]);
  await server.close();
  expect(synced.exitCode).toBe(0);
  expect(
    await project.query(
      `SELECT name, inserted, updated, deleted, unchanged, discarded FROM raw_shop._dango_run_tables
        WHERE name IN ('events', 'orders', 'products', 'customers') ORDER BY name`,
    ),
  ).toMatchInlineSnapshot(`
    [
      {
        "deleted": "0",
        "discarded": "0",
        "inserted": "0",
        "name": "customers",
        "unchanged": "2",
        "updated": "0",
      },
      {
        "deleted": "0",
        "discarded": "3",
        "inserted": "0",
        "name": "events",
        "unchanged": "2",
        "updated": "0",
      },
      {
        "deleted": "0",
        "discarded": "0",
        "inserted": "0",
        "name": "orders",
        "unchanged": "1",
        "updated": "0",
      },
      {
        "deleted": "0",
        "discarded": "0",
        "inserted": "0",
        "name": "products",
        "unchanged": "1",
        "updated": "0",
      },
    ]
  `);
});
