import { expect, onTestFinished, test } from "vitest";
import { createRestProject } from "../../support/rest-project.js";
import { sendJson, serve } from "../../support/serve.js";

test("names that are SQL's own words serve as table, key, column, path and list; a column comes with its first value, behind those that are there", async () => {
  const bodies: unknown[] = [
    [{ select: 1, table: "a", group: { by: 2 }, from: [{ where: 1 }], nothing: null, 'we"ird': 1 }],
    [{ nothing: "now", select: 2, extra: 1, table: "b" }],
    [{ select: 1, table: "c", group: { by: 3 }, from: [{ where: 4 }, { where: 5 }] }],
  ];
  const server = await serve((_, response) => {
    sendJson(response, bodies.shift());
  });
  onTestFinished(() => server.close());
  await using project = await createRestProject(`base_url: ${server.url}
paginator: single_page
resources:
  - {name: order, primary_key: select}`);
  const columns = async (): Promise<unknown[]> =>
    (
      await project.rows(
        "SELECT column_name FROM duckdb_columns() WHERE schema_name = 'raw_api' AND table_name = 'order' ORDER BY column_index",
      )
    ).flat();
  const first = ["select", "table", "group__by", "we_ird", "_dlt_load_id", "_dlt_id"];

  expect((await project.sync()).exitCode).toBe(0);
  expect(await columns()).toEqual(first);
  expect((await project.sync()).exitCode).toBe(0);
  expect(await columns()).toEqual([...first, "nothing", "extra"]);
  expect((await project.sync()).exitCode).toBe(0);
  expect(
    await project.rows(
      'SELECT "select", "table", group__by, we_ird, nothing, extra FROM raw_api."order" ORDER BY ALL',
    ),
  ).toEqual([
    [1n, "c", 3n, null, null, null],
    [2n, "b", null, null, "now", 1n],
  ]);
  expect(await project.rows('SELECT "where" FROM raw_api.order__from ORDER BY 1')).toEqual([[4n], [5n]]);
});
