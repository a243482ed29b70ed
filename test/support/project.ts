import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { DuckDBInstance } from "@duckdb/node-api";
import { execa } from "execa";

const BIN = fileURLToPath(new URL("../../bin/dango.js", import.meta.url));

/** How one command line ended. */
export interface Ended {
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command line under way. */
export type Started = ReturnType<typeof startIn>;

/** A project in a directory of its own, and the built command line in it. */
export interface TestProject extends AsyncDisposable {
  readonly root: string;
  write(path: string, text: string): Promise<void>;
  /** Runs `dango` with these arguments; never rejects. */
  dango(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<Ended>;
  /** Starts `dango` without waiting for it. */
  start(args: readonly string[], env?: Readonly<Record<string, string>>): Started;
  /** Rows of a query on the warehouse; values as DuckDB spells them. */
  query(sql: string): Promise<Record<string, unknown>[]>;
  /** Name and type of a table's columns, in order. */
  columns(schema: string, table: string): Promise<string[]>;
}

/** Makes a project from files given as strings. */
export async function makeProject(files: Readonly<Record<string, string>>): Promise<TestProject> {
  const root = await mkdtemp(join(tmpdir(), "dango-test-"));
  const write = async (path: string, text: string): Promise<void> => {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  };
  for (const [path, text] of Object.entries(files)) await write(path, text);
  const start: TestProject["start"] = (args, env = {}) => startIn(root, args, env);
  const query = async (sql: string): Promise<Record<string, unknown>[]> => {
    const instance = await DuckDBInstance.create(join(root, "data/warehouse.duckdb"), {
      access_mode: "READ_ONLY",
    });
    try {
      const connection = await instance.connect();
      await connection.run("SET TimeZone = 'UTC'");
      const reader = await connection.runAndReadAll(sql);
      connection.closeSync();
      return reader.getRowObjectsJson();
    } finally {
      instance.closeSync();
    }
  };
  return {
    root,
    write,
    start,
    query,
    async dango(args, env) {
      const { exitCode, stdout, stderr } = await start(args, env);
      return { exitCode, stdout, stderr };
    },
    async columns(schema, table) {
      const rows = await query(
        `SELECT column_name || ' ' || data_type AS c FROM duckdb_columns()
         WHERE schema_name = '${schema}' AND table_name = '${table}' ORDER BY column_index`,
      );
      return rows.map((row) => String(row["c"]));
    },
    async [Symbol.asyncDispose]() {
      await rm(root, { recursive: true, force: true });
    },
  };
}

function startIn(cwd: string, args: readonly string[], env: Readonly<Record<string, string>>) {
  return execa(process.execPath, [BIN, ...args], {
    cwd,
    env: { PATH: process.env["PATH"] ?? "", NO_COLOR: "1", ...env },
    extendEnv: false,
    reject: false,
  });
}
