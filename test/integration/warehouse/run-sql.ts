import { DuckDBInstance } from "@duckdb/node-api";

/** Changes a warehouse file behind the back of what is tested. */
export async function runSql(path: string, sql: string): Promise<void> {
  const instance = await DuckDBInstance.create(path);
  const connection = await instance.connect();
  await connection.run(sql);
  connection.closeSync();
  instance.closeSync();
}
