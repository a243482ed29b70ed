// Prints, for 500,000 orders of the sample API, each in a process of its own and in turn: download alone, DuckDB's
// read_ndjson of the same records, `dango sync`, and the ratio of the last to the sum of the first two.
// Usage: node bench/orders.mjs [orders] [rounds]
import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const orders = Number(process.argv[2] ?? 500_000);
const rounds = Number(process.argv[3] ?? 3);
const PAGE = 1000;
const here = dirname(fileURLToPath(import.meta.url));
const bin = join(here, "../bin/dango.js");
const root = mkdtempSync(join(tmpdir(), "dango-bench-"));

const server = spawn(process.execPath, [join(here, "sample-server.mjs"), String(orders)], {
  stdio: ["ignore", "pipe", "inherit"],
});
const url = await new Promise((resolve) => {
  server.stdout.once("data", (text) => {
    resolve(String(text).trim());
  });
});

try {
  const file = join(root, "orders.ndjson");
  time([join(here, "download.mjs"), url, String(PAGE), file]); // warms the server's pages, keeps the records
  mkdirSync(join(root, ".dango"));
  writeFileSync(join(root, ".dango/sources.yml"), sourcesYml());
  const results = [];
  for (let round = 0; round < rounds; round += 1) {
    const download = time([join(here, "download.mjs"), url, String(PAGE)]);
    const read = time([join(here, "read-ndjson.mjs"), file, join(root, "floor.duckdb")]);
    const readTables = time([
      join(here, "read-ndjson.mjs"),
      file,
      join(root, "floor-tables.duckdb"),
      "tables",
    ]);
    const sync = time([bin, "sync", "--source", "bench", "--quiet", "--full-refresh", "--project", root]);
    results.push({ download, read, readTables, sync });
    for (const name of ["floor.duckdb", "floor-tables.duckdb", "data/warehouse.duckdb"])
      rmSync(join(root, name), { force: true });
  }
  report(results);
} finally {
  server.kill();
  rmSync(root, { recursive: true, force: true });
}

/** Runs node with these arguments; wall seconds and peak resident memory as the operating system counts them. */
function time(args) {
  const probe = join(here, "peak-memory.mjs");
  const started = performance.now();
  const output = execFileSync(process.execPath, ["--import", probe, ...args], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, BENCH_PEAK_FILE: join(root, "peak") },
  });
  const seconds = (performance.now() - started) / 1000;
  return {
    seconds,
    output,
    peakMb: Number(execFileSync("cat", [join(root, "peak")], { encoding: "utf8" })) / 1024,
  };
}

function report(results) {
  const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];
  const line = (label, pick) => {
    const values = results.map(pick);
    console.log(
      `${label.padEnd(52)} ${median(values).toFixed(2).padStart(8)}   (${values.map((value) => value.toFixed(2)).join(", ")})`,
    );
  };
  console.log(`${String(orders)} orders, pages of ${String(PAGE)}, median of ${String(rounds)} rounds`);
  line("download alone, s", (r) => r.download.seconds);
  line("read_ndjson of the records into one table, s", (r) => r.read.seconds);
  line("read_ndjson and unnest into the same tables, s", (r) => r.readTables.seconds);
  line("dango sync, s", (r) => r.sync.seconds);
  line(
    "ratio: sync / (download + read_ndjson)",
    (r) => r.sync.seconds / (r.download.seconds + r.read.seconds),
  );
  line(
    "ratio: sync / (download + same tables)",
    (r) => r.sync.seconds / (r.download.seconds + r.readTables.seconds),
  );
  line("dango sync, peak resident MB", (r) => r.sync.peakMb);
}

function sourcesYml() {
  return `sources:
  - name: bench
    type: rest_api
    rest_api:
      base_url: ${url}
      resources:
        - name: orders
          endpoint: /next/orders
          params: {limit: ${String(PAGE)}}
          paginator: {type: json_link, next_url_path: next_page_url}
          write_disposition: replace
`;
}
