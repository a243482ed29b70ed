import { expect, it, onTestFinished } from "vitest";
import { createRestProject, type RestProject } from "../../support/rest-project.js";
import { sendJson, serve } from "../../support/serve.js";

/** A project of one resource `orders`, whose records may change between runs. */
async function makeProject(
  hints: string,
  records: readonly unknown[],
): Promise<{ project: RestProject; answer: { records: readonly unknown[] } }> {
  const answer = { records };
  const server = await serve((_, response) => {
    sendJson(response, answer.records);
  });
  const project = await createRestProject(`base_url: ${server.url}
resources:
  - name: orders
    primary_key: id
    paginator: single_page
${hints.trimEnd().replace(/^/gm, "    ")}`);
  onTestFinished(async () => {
    await project[Symbol.asyncDispose]();
    await server.close();
  });
  return { project, answer };
}

const columnsOf = (project: RestProject, table: string) =>
  project.rows(
    `SELECT column_name || ' ' || data_type || CASE WHEN is_nullable THEN '' ELSE '!' END FROM duckdb_columns()
      WHERE table_name = '${table}' AND schema_name = 'raw_api' AND column_name NOT LIKE '#_dlt%' ESCAPE '#'
      ORDER BY column_index`,
  );

async function storedTable(project: RestProject, table: string): Promise<Record<string, unknown>> {
  const [row] = await project.rows("SELECT schema FROM raw_api._dlt_version ORDER BY version DESC LIMIT 1");
  const { tables } = JSON.parse(String(row?.[0])) as { tables: Record<string, Record<string, unknown>> };
  return tables[table] ?? {};
}

const warnings = async (project: RestProject): Promise<unknown[]> =>
  (await project.sync()).events.flatMap((event) =>
    event.event === "notice" && event.level === "warning" ? [[event.resource, event.message]] : [],
  );

const ORDER = {
  id: 1,
  buyer: { addresses: [{ zip: "1500" }] },
  items: [{ sku: "7", price: "1.10", parts: [{ no: 3, size: { w: 1 } }] }],
};

it("types the columns of child tables at any depth, declared ones first (reference §5.7)", async () => {
  const { project } = await makeProject(
    `
nested_hints:
  items:
    columns:
      price: { data_type: decimal, precision: 10, scale: 2 }
      note: { data_type: text, description: "by hand", x-owner: crm }
      sku: { data_type: bigint }
  items.parts: { columns: [{ name: size, data_type: json }, { name: "no", data_type: text, nullable: false }] }
  buyer__addresses: { columns: { zip: { data_type: bigint } } }`,
    [ORDER],
  );
  const report = await project.sync();
  expect(report.resource("orders").error).toBeNull();
  expect(await columnsOf(project, "orders__items")).toEqual([
    ["price DECIMAL(10,2)"],
    ["note VARCHAR"],
    ["sku BIGINT"],
  ]);
  expect(await columnsOf(project, "orders__items__parts")).toEqual([["size JSON"], ["no VARCHAR!"]]);
  expect(await columnsOf(project, "orders__buyer__addresses")).toEqual([["zip BIGINT"]]);
  expect(
    await project.rows(
      "SELECT price::VARCHAR, note, sku, size, no FROM raw_api.orders__items i JOIN raw_api.orders__items__parts p ON p._dlt_parent_id = i._dlt_id",
    ),
  ).toEqual([["1.10", null, 7n, '{"w":1}', "3"]]);
  expect(await storedTable(project, "orders__items")).toMatchObject({
    columns: { note: { description: "by hand", "x-owner": "crm" } },
  });
});

it("leaves the types of a second run as they are, and rows with nothing new (M2)", async () => {
  const { project, answer } = await makeProject(
    "nested_hints: { items: { columns: { sku: { data_type: text, unique: true }, gone: { data_type: bool } } } }",
    [{ id: 1, items: [{ sku: 7 }] }],
  );
  await project.sync();
  const second = await project.sync();
  expect(second.resource("orders").tables[0]).toMatchObject({ unchanged: 1, updated: 0 });
  expect(second.resource("orders").schemaChanges).toEqual([]);
  answer.records = [{ id: 1, items: [] }];
  await project.sync();
  expect(await columnsOf(project, "orders__items")).toEqual([["sku VARCHAR"], ["gone BOOLEAN"]]);
  expect(await project.rows("SELECT count(*) FROM raw_api.orders__items")).toEqual([[0n]]);
});

it("counts declared columns of child tables to what a frozen contract allows (M7)", async () => {
  const { project, answer } = await makeProject(
    "schema_contract: freeze\nnested_hints: { items: { columns: { late: { precision: 32, data_type: bigint } } } }",
    [{ id: 1, items: [{ sku: 7 }] }],
  );
  await project.sync();
  answer.records = [{ id: 1, items: [{ sku: 7, late: 5 }] }];
  expect((await project.sync()).exitCode).toBe(0);
  expect(await project.rows("SELECT sku, late FROM raw_api.orders__items")).toEqual([[7n, 5]]);
  answer.records = [{ id: 1, items: [{ sku: 7, other: 5 }] }];
  const refused = await project.sync();
  expect(refused.exitCode).toBe(5);
  expect(refused.resource("orders").error?.message).toContain("(orders__items: new column other BIGINT)");
});

it("keeps references in the stored schema as dlt spells them", async () => {
  const { project } = await makeProject(
    `
references:
  - { columns: [buyer.id], referenced_table: Users, referenced_columns: [id], label: bought by, cardinality: many_to_one }
nested_hints:
  items: { references: [{ columns: [sku], referenced_table: products, referenced_columns: [sku] }] }`,
    [ORDER],
  );
  await project.sync();
  const ofRoot = {
    columns: ["buyer__id"],
    referenced_table: "users",
    referenced_columns: ["id"],
    label: "bought by",
    cardinality: "many_to_one",
  };
  const ofItems = { columns: ["sku"], referenced_table: "products", referenced_columns: ["sku"] };
  expect(await storedTable(project, "orders")).toMatchObject({ references: [ofRoot] });
  expect(await storedTable(project, "orders__items")).toMatchObject({ references: [ofItems] });
});

it("warns of hints for lists and fields that are not there, with the nearest that is, when rows came", async () => {
  const { project, answer } = await makeProject(
    `
nested_hints:
  item: {columns: {sku: {data_type: text}}}
  items.parts: {columns: {noo: {nullable: false}, size__w: {description: width}}}
  shipments: {}
columns:
  buyr: {description: who}
  totally_else: {nullable: true}
  typed: {data_type: text}
  id: {description: found}
  note: {description: null so far}`,
    [],
  );
  expect(await warnings(project)).toEqual([]);
  answer.records = [{ ...ORDER, note: null }];
  expect(await warnings(project)).toEqual([
    ["orders", 'columns: "buyr" has no data_type and matches no field of the records; did you mean "buyer"?'],
    [
      "orders",
      'columns: "totally_else" has no data_type and matches no field of the records; ' +
        "fields there are: id, buyer, buyer.addresses, items, note, typed",
    ],
    ["orders", 'nested_hints: "item" matches no list of the records; did you mean "items"?'],
    [
      "orders",
      'nested_hints.items.parts.columns: "noo" has no data_type and matches no field of the records; did you mean "no"?',
    ],
    [
      "orders",
      'nested_hints: "shipments" matches no list of the records; lists there are: buyer.addresses, items, items.parts',
    ],
  ]);
});

it("does not warn of hints for what earlier loads brought, nor of others' spellings", async () => {
  const { project, answer } = await makeProject(
    `
nested_hints: {"buyer.addresses": {columns: {zip: {nullable: true}}}, items__parts: {columns: {no: {nullable: true}}}}
columns: {extra__deep: {nullable: true}, "buyer.name": {nullable: true}}`,
    [{ ...ORDER, extra: { deep: 1 }, buyer: { ...ORDER.buyer, name: "x" } }],
  );
  expect(await warnings(project)).toEqual([]);
  answer.records = [{ id: 2 }];
  expect(await warnings(project)).toEqual([]);
});
