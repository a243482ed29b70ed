import type {
  ExpressionEvaluator,
  PassColumn,
  PassFailure,
  PassOperation,
  PassRun,
  SqlPass,
} from "../../model/expression.js";
import { openDuckDb, type DuckDb } from "../duckdb.js";
import { engineSettings } from "../engine-settings.js";
import { findFailure } from "./find-failure.js";
import { parseExpression } from "./parse-expression.js";
import { quoteName, quoteText } from "../quote.js";
import { memberOf, readNdjson } from "../rows/stage-records.js";
import { spellAsJson } from "./spell-as-json.js";

/** Opens an evaluator that reads and writes below `directory` only. */
export async function openEvaluator(
  directory: string | undefined,
  signal: AbortSignal,
): Promise<ExpressionEvaluator> {
  const db = await openDuckDb({ config: directory === undefined ? {} : engineSettings(directory), signal });
  if (directory !== undefined) await db.run(`SET allowed_directories = [${quoteText(`${directory}/`)}]`);
  await db.run("SET enable_external_access = false");
  let last: Promise<unknown> = Promise.resolve();
  const queue = <T>(action: () => Promise<T>): Promise<T> => {
    const result = last.then(action);
    last = result.catch(() => undefined);
    return result;
  };
  return {
    parse: (sql) => queue(() => parseExpression(db, sql)),
    prepare: (pass, explain) =>
      queue(() => preparePass(db, pass, explain)).then((run) => ({
        evaluate: (file, output) => queue(() => run.evaluate(file, output)),
      })),
    async [Symbol.asyncDispose]() {
      await last;
      await db[Symbol.asyncDispose]();
    },
  };
}

async function preparePass(
  db: DuckDb,
  pass: SqlPass,
  explain: (failure: PassFailure) => Error,
): Promise<PassRun> {
  const types: string[] = [];
  const columns = await bindAbsent(pass, async (typed) => {
    types.length = 0;
    for (const operation of pass.operations) {
      const cast =
        operation.kind === "filter" ? `CAST((${operation.sql}\n) AS BOOLEAN)` : `(${operation.sql}\n)`;
      const rows = await asFailure(operation, explain, () =>
        db.rows(`DESCRIBE SELECT ${cast} AS v FROM (${selectColumns(pass, typed, emptyRows(pass))})`),
      );
      types.push(String(rows[0]?.[1]));
    }
  });
  const line = spellLine(pass.operations, types);
  return {
    async evaluate(file, output) {
      const select = (from: string): string => selectColumns(pass, columns, from);
      let recordBytes = USUAL_RECORD_BYTES;
      try {
        await readWithRoom(db, (room) => {
          recordBytes = room;
          return db.run(
            `COPY (SELECT ${line} FROM (${select(readNdjson([file], pass.fields, room))}))
              TO ${quoteText(output)} (FORMAT csv, HEADER false, QUOTE '', ESCAPE '', DELIMITER '\u001e')`,
          );
        });
      } catch (error) {
        const table = select(readNdjson([file], pass.fields, recordBytes));
        const failure = await findFailure(db, { table, operations: pass.operations, types, line, error });
        if (failure === undefined) throw error;
        throw explain(failure);
      }
    },
  };
}

const USUAL_RECORD_BYTES = 16 * 1024 * 1024;
const LARGEST_RECORD_BYTES = 160 * 1024 * 1024;

async function readWithRoom<T>(db: DuckDb, action: (recordBytes: number) => Promise<T>): Promise<T> {
  try {
    return await action(USUAL_RECORD_BYTES);
  } catch (error) {
    if (!(error instanceof Error && error.message.includes("maximum_object_size"))) throw error;
    await db.run("SET threads = 1");
    await db.run("SET memory_limit = '512MB'");
    return await action(LARGEST_RECORD_BYTES);
  }
}

/**
 * Some functions want to know the type of a name even if no record has it. It is a NULL of each of these types, the
 * first that all expressions take.
 */
const TYPES_OF_ABSENT = ['"NULL"', "VARCHAR", "TIMESTAMP WITH TIME ZONE", "DOUBLE", "VARCHAR[]"];

async function bindAbsent(
  { columns }: SqlPass,
  bind: (columns: readonly PassColumn[]) => Promise<void>,
): Promise<readonly PassColumn[]> {
  const isOpen = columns.some((column) => column.kind === "absent" && column.sqlType === undefined);
  let failure: unknown;
  for (const sqlType of isOpen ? TYPES_OF_ABSENT : ['"NULL"']) {
    const typed = columns.map((column) =>
      column.kind === "absent" ? { ...column, sqlType: column.sqlType ?? sqlType } : column,
    );
    try {
      await bind(typed);
      return typed;
    } catch (error) {
      failure ??= error;
    }
  }
  throw failure;
}

async function asFailure<T>(
  operation: PassOperation,
  explain: (failure: PassFailure) => Error,
  action: () => Promise<T>,
): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (!(error instanceof Error) || !error.message.includes("Error: ")) throw error;
    throw explain({ operation, row: undefined, reason: error.message.split("\n", 1)[0] ?? "" });
  }
}

function emptyRows({ fields }: SqlPass): string {
  return `(SELECT * FROM ${readNdjson([], fields, USUAL_RECORD_BYTES)})`;
}

function selectColumns({ fields }: SqlPass, columns: readonly PassColumn[], from: string): string {
  const list = columns.map((column, index) => `${valueOf(column)} AS c${String(index)}`);
  const any = fields[0] === undefined ? "NULL" : `r.${quoteName(fields[0].key)}`;
  return `SELECT ${list.length === 0 ? `${any} AS unused` : list.join(", ")} FROM ${from} r`;
}

function valueOf(column: PassColumn): string {
  if (column.kind === "absent") return `CAST(NULL AS ${column.sqlType ?? '"NULL"'})`;
  const [first = "", ...rest] = column.path;
  const value = memberOf(`r.${quoteName(first)}`, rest);
  if (column.kind === "member") return value;
  const path = `$${column.rest.map((key) => `."${key.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`).join("")}`;
  // Among objects there may be text, which is no JSON.
  const text = `CASE WHEN json_valid(${value}) THEN json_extract_string(${value}, ${quoteText(path)}) END`;
  return column.sqlType === "VARCHAR" ? text : `CAST(${text} AS ${column.sqlType})`;
}

/** `-`, or `+` and the values: a value is not evaluated for a record that a filter drops, wherever that filter stands. */
function spellLine(operations: readonly PassOperation[], types: readonly string[]): string {
  const values: string[] = [];
  for (const [index, { kind, sql }] of operations.entries())
    if (kind === "value") values.push(spellAsJson(`(${sql}\n)`, types[index] ?? ""));
  const kept = values.length === 0 ? "'+'" : `'+' || ${values.join(" || chr(31) || ")}`;
  return operations
    .filter(({ kind }) => kind === "filter")
    .reduceRight(
      (inner, { sql }) => `CASE WHEN CAST((${sql}\n) AS BOOLEAN) THEN ${inner} ELSE '-' END`,
      kept,
    );
}
