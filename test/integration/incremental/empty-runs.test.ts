import { expect, test } from "vitest";
import { decodeState } from "../../../src/warehouse/system/state-document.js";
import { createRestProject } from "../../support/rest-project.js";
import { serve } from "../../support/serve.js";

test("after runs without a record the state holds initial_value, as in dlt, and lowering that adds no row again (I2)", async () => {
  let records: unknown[] = [];
  const server = await serve((_, response) => {
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify(records));
  });
  const block = (initial: string): string => `client: { base_url: "${server.url}", paginator: single_page }
resources:
  - name: events
    write_disposition: append
    endpoint: { incremental: { cursor_path: at, initial_value: "${initial}", start_param: since } }`;
  await using project = await createRestProject(block("2024-01-02"));
  const cursors = async (): Promise<unknown> => {
    const [[state, version] = []] = await project.rows(
      "SELECT state, version FROM raw_api._dlt_pipeline_state ORDER BY version DESC LIMIT 1",
    );
    return decodeState(String(state), Number(version), { pipeline: "api", schema: "api" }).resources;
  };

  expect((await project.sync()).exitCode).toBe(0);
  expect(await cursors()).toEqual({
    events: {
      incremental: { at: { initialValue: "2024-01-02", lastValue: "2024-01-02" } },
      extra: {},
    },
  });

  records = ["2024-01-01", "2024-01-02", "2024-01-02"].map((at, index) => ({ id: index + 1, at }));
  for (const inserted of [2, 0]) {
    const report = await project.sync({}, block("2024-01-01"));
    expect(report.resource("events").tables[0]).toMatchObject({ inserted });
  }
  await server.close();
  expect(server.requests.map(({ url }) => url)).toEqual(Array(3).fill("/events?since=2024-01-02"));
  expect(await project.rows("SELECT id FROM raw_api.events ORDER BY id")).toEqual([[2n], [3n]]);
});
