// What DuckDB alone needs for the same records: read into one table, or (third argument `tables`) also its list unnested.
import { DuckDBInstance } from "@duckdb/node-api";

const [file, database, mode] = process.argv.slice(2);
const instance = await DuckDBInstance.create(database);
const connection = await instance.connect();
const columns = `{id: 'BIGINT', status: 'VARCHAR',
  customer: 'STRUCT(id BIGINT, name VARCHAR, email VARCHAR, address STRUCT(city VARCHAR, zip VARCHAR))',
  items: 'STRUCT(sku VARCHAR, quantity BIGINT, price DOUBLE)[]', total: 'DOUBLE', currency: 'VARCHAR',
  created_at: 'TIMESTAMPTZ', updated_at: 'TIMESTAMPTZ'}`;
const source = `read_ndjson('${file}', columns = ${columns})`;
if (mode === "tables") {
  await connection.run(`CREATE TEMP TABLE staged AS SELECT * FROM ${source}`);
  await connection.run(`CREATE TABLE orders AS SELECT id, status, customer.id AS customer__id, customer.name AS customer__name,
    customer.email AS customer__email, customer.address.city AS customer__address__city, customer.address.zip AS customer__address__zip,
    total, currency, created_at, updated_at, rowid AS row_id FROM staged`);
  await connection.run(`CREATE TABLE orders__items AS SELECT item.sku, item.quantity, item.price, row_id, position FROM
    (SELECT rowid AS row_id, unnest(items) AS item, generate_subscripts(items, 1) AS position FROM staged)`);
} else {
  await connection.run(`CREATE TABLE orders AS SELECT * FROM ${source}`);
}
connection.closeSync();
instance.closeSync();
