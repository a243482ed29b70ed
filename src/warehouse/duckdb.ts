import type { DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";

/** What can be bound to `$1`, `$2`, … of a statement. */
export type SqlValue = string | number | bigint | boolean | null;

/** A result with its columns. Values are exact: 64-bit integers are `bigint`, decimals, dates and times are text. */
export interface QueryResult {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly rows: unknown[][];
}

/** What a statement does, as far as it matters here. */
export type StatementClass = "read" | "explain" | "other";

/** One connection to one DuckDB instance; disposing it closes every file it holds. */
export interface DuckDb extends AsyncDisposable {
  /** Runs one statement that changes something, and returns how many rows it changed or made. */
  run(sql: string, values?: readonly SqlValue[]): Promise<number>;
  /** Runs a statement that an abort must not stop half-way: COMMIT, ROLLBACK, DETACH. */
  finish(sql: string): Promise<void>;
  rows(sql: string, values?: readonly SqlValue[]): Promise<unknown[][]>;
  query(sql: string, values?: readonly SqlValue[]): Promise<QueryResult>;
  /** The class of each statement in `sql`, in order; binds, but runs nothing. Takes only statements that can be prepared. */
  classify(sql: string): Promise<StatementClass[]>;
}

/** How to open an instance: `:memory:` by default, `config` in DuckDB's own setting names. */
export interface OpenOptions {
  readonly path?: string;
  readonly config: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/**
 * Opens DuckDB. The native library is loaded by the first call. When `signal` aborts, the statement under way is
 * interrupted and rejects with the signal's reason.
 */
export async function openDuckDb({ path = ":memory:", config, signal }: OpenOptions): Promise<DuckDb> {
  signal.throwIfAborted();
  const { DuckDBInstance } = await import("@duckdb/node-api");
  const instance = await DuckDBInstance.create(path, {
    autoinstall_known_extensions: "false",
    autoload_known_extensions: "false",
    ...config,
  });
  const connection = await instance.connect();
  await connection.run("SET TimeZone = 'UTC'");
  return new Connection(instance, connection, signal);
}

class Connection implements DuckDb {
  private readonly instance: DuckDBInstance;
  private readonly connection: DuckDBConnection;
  private readonly signal: AbortSignal;
  private isFinishing = false;
  private readonly interrupt = (): void => {
    if (!this.isFinishing) this.connection.interrupt();
  };

  constructor(instance: DuckDBInstance, connection: DuckDBConnection, signal: AbortSignal) {
    this.instance = instance;
    this.connection = connection;
    this.signal = signal;
    signal.addEventListener("abort", this.interrupt);
  }

  async run(sql: string, values: readonly SqlValue[] = []): Promise<number> {
    return this.interruptible(async () => {
      const result = await this.connection.runAndReadAll(sql, [...values]);
      // CREATE TABLE AS gives its count as a row only, not as rows changed.
      return result.columnNames()[0] === "Count" ? Number(result.getRows()[0]?.[0] ?? 0) : 0;
    });
  }

  async finish(sql: string): Promise<void> {
    this.isFinishing = true;
    try {
      await this.connection.run(sql);
    } finally {
      this.isFinishing = false;
    }
  }

  async rows(sql: string, values: readonly SqlValue[] = []): Promise<unknown[][]> {
    return (await this.query(sql, values)).rows;
  }

  async query(sql: string, values: readonly SqlValue[] = []): Promise<QueryResult> {
    return this.interruptible(async () => {
      const reader = await this.connection.runAndReadAll(sql, [...values]);
      const types = reader.columnTypes();
      return {
        columns: reader.columnNames().map((name, index) => ({ name, type: String(types[index]) })),
        rows: reader.getRows().map((row) => row.map(toPlainValue)),
      };
    });
  }

  async classify(sql: string): Promise<StatementClass[]> {
    const { StatementType } = await import("@duckdb/node-api");
    const statements = await this.connection.extractStatements(sql);
    const classes: StatementClass[] = [];
    for (let index = 0; index < statements.count; index += 1) {
      const { statementType } = await statements.prepare(index);
      if (statementType === StatementType.SELECT) classes.push("read");
      else classes.push(statementType === StatementType.EXPLAIN ? "explain" : "other");
    }
    return classes;
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.signal.removeEventListener("abort", this.interrupt);
    this.connection.closeSync();
    this.instance.closeSync();
    return Promise.resolve();
  }

  private async interruptible<T>(action: () => Promise<T>): Promise<T> {
    this.signal.throwIfAborted();
    try {
      return await action();
    } catch (error) {
      this.signal.throwIfAborted();
      throw error;
    }
  }
}

/**
 * A DuckDB value as plain JavaScript: lists are arrays, structs are objects, maps are lists of `{key, value}`; what
 * JavaScript has no exact type for (decimals, dates, times, intervals, blobs, UUIDs) is DuckDB's own text of it.
 */
function toPlainValue(value: unknown): unknown {
  if (value === null || typeof value !== "object") return value;
  if ("items" in value && Array.isArray(value.items)) return value.items.map(toPlainValue);
  if ("entries" in value && Array.isArray(value.entries)) {
    const entries = value.entries as readonly { readonly key: unknown; readonly value: unknown }[];
    return entries.map((entry) => ({ key: toPlainValue(entry.key), value: toPlainValue(entry.value) }));
  }
  if ("entries" in value && typeof value.entries === "object" && value.entries !== null) {
    const members = Object.entries(value.entries);
    return Object.fromEntries(members.map(([key, member]) => [key, toPlainValue(member)]));
  }
  return (value as { toString(): string }).toString();
}
