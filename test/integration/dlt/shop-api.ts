import { fileURLToPath } from "node:url";
import { serve, type TestServer } from "../../support/serve.js";

/** A warehouse as dlt leaves it, with two pipelines; see the script beside it. */
export const DLT_WAREHOUSE = fileURLToPath(new URL("../../fixtures/dlt/shop.duckdb", import.meta.url));

/** What the API answers, by path. */
export type Answers = Record<string, readonly Record<string, unknown>[]>;

/** The answers of the last run that dlt made. */
export const LAST_RUN: Answers = {
  "/events": [
    event(1, "2024-01-01", "start", "a", "b"),
    event(2, "2024-01-02", "move"),
    event(3, "2024-01-02", "move", "c"),
    event(4, "2024-01-03", "stop"),
    event(5, "2024-01-03", "stop", "d"),
  ],
  "/orders": [{ id: 3, status: "paid", customer: { name: "c3" }, items: [{ sku: "D", parts: [] }] }],
  "/products": [{ sku: "B", price: 2.5, sizes: ["x"] }],
  "/customers": [
    { id: 1, city: "Oslo", phones: ["1"] },
    { id: 2, city: "Rome", phones: [] },
  ],
  "/countries": [{ code: "NO" }, { code: "IT" }, { code: "DE" }],
};

/** One record of `/events`. */
export function event(seq: number, day: string, what: string, ...tags: string[]): Record<string, unknown> {
  return { seq, at: `${day}T00:00:00Z`, what, tags };
}

/** Serves `answers`, which may change between requests. */
export async function serveShop(answers: Answers): Promise<TestServer> {
  return serve(({ url }, response) => {
    const body = answers[url.split("?")[0] ?? ""];
    response.writeHead(body === undefined ? 404 : 200, { "content-type": "application/json" });
    response.end(JSON.stringify(body ?? {}));
  });
}

/** The resources of the pipeline that dlt began, as YAML. */
export function shopBlock(baseUrl: string): string {
  return `client: { base_url: "${baseUrl}", paginator: single_page }
resources:
  - name: events
    endpoint:
      incremental: { cursor_path: at, initial_value: "2023-01-01T00:00:00Z", start_param: since }
  - { name: orders, primary_key: id }
  - { name: products, primary_key: sku, write_disposition: { disposition: merge, strategy: upsert } }
  - { name: customers, write_disposition: { disposition: merge, strategy: scd2 } }
  - { name: countries, write_disposition: replace }`;
}

/** What the source names to go on with the pipeline. */
export const SHOP_KEYS = ["dataset_name: shop_data", "pipeline_name: shop_pipeline", "schema_name: shop_api"];
