import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { makeProject } from "../support/project.js";
import { serve } from "../support/serve.js";

const MIB = 1 << 20;

function* pieces(records: number, note: string): Generator<string> {
  yield '{"data":[';
  for (let id = 1; id <= records; id += 1)
    yield `${id === 1 ? "" : ","}{"id":${String(id)},"note":"${note}"}`;
  yield '],"next":null}';
}

it.each([
  [500_000, 300],
  [32_000, 5_000],
])("loads a body of 160 MB within 512 MiB of memory (B2): %i records of %i bytes", async (records, bytes) => {
  const server = await serve((_request, response) => {
    response.writeHead(200, { "content-type": "application/json" });
    const rest = pieces(records, "n".repeat(bytes));
    const send = (): void => {
      for (let next = rest.next(); next.done !== true; next = rest.next()) {
        if (response.write(next.value)) continue;
        response.once("drain", send);
        return;
      }
      response.end();
    };
    send();
  });
  onTestFinished(() => server.close());
  await using project = await makeProject({
    ".dango/sources.yml": `
sources:
  - name: api
    type: rest_api
    rest_api:
      client: {base_url: "${server.url}", paginator: single_page}
      resources: [{name: notes, primary_key: id}]
`,
    "peak.mjs": `
import { writeFileSync } from "node:fs";
process.on("exit", () => writeFileSync("peak", String(process.resourceUsage().maxRSS)));
`,
  });
  const { exitCode } = await project.dango(["sync"], { NODE_OPTIONS: "--import ./peak.mjs" });
  expect(exitCode).toBe(0);
  const sums = "count(*) AS rows, sum(id) AS ids, min(length(note)) AS length";
  expect(await project.query(`SELECT ${sums} FROM raw_api.notes`)).toEqual([
    { rows: String(records), ids: String((records * (records + 1)) / 2), length: String(bytes) },
  ]);
  const peakBytes = Number(await readFile(join(project.root, "peak"), "utf8")) * 1024;
  expect(peakBytes).toBeGreaterThan(50 * MIB);
  expect(peakBytes).toBeLessThan(512 * MIB);
});
