import { splitCarried } from "../../extract/carried-members.js";
import { LineReader } from "../../extract/spool/line-reader.js";
import type { ProcessedSink } from "../../extract/spool/processed-sink.js";
import { parseLossless } from "../../json/parse-lossless.js";
import type { StepFunctionRole } from "../../model/processing-step.js";
import type { UserFunction } from "../../model/user-function.js";
import { DataError, isDangoError, UserCodeError } from "../../shared/errors.js";

/** One reading of the records of some files by a user's function. */
export interface FunctionPass {
  readonly files: readonly string[];
  readonly role: StepFunctionRole;
  readonly function: UserFunction;
  readonly sink: ProcessedSink;
  /** `row`: its number among the records of this reading, from 0. */
  readonly onDrop: (bytes: Uint8Array, row: number) => void;
  describeRow(row: number): string;
  readonly signal: AbortSignal;
}

/** Records whose calls may be under way at once. */
const BATCH = 16;

/** Calls the function for every record; what it returns takes the record's place, in order. */
export async function runFunctionPass(pass: FunctionPass): Promise<void> {
  let row = 0;
  for (const file of pass.files) {
    const lines = new LineReader(file);
    try {
      while (await lines.more()) {
        for (let records = takeRecords(lines); records.length > 0; records = takeRecords(lines)) {
          pass.signal.throwIfAborted();
          await runBatch(pass, records, row);
          row += records.length;
        }
        await pass.sink.flush();
      }
    } finally {
      await lines.close();
    }
  }
}

function takeRecords(lines: LineReader): Buffer[] {
  const records: Buffer[] = [];
  while (records.length < BATCH && lines.next()) records.push(lines.buffer.subarray(lines.start, lines.end));
  return records;
}

async function runBatch(pass: FunctionPass, records: readonly Buffer[], firstRow: number): Promise<void> {
  const calls: unknown[] = [];
  for (const [index, bytes] of records.entries()) {
    try {
      const { own } = splitCarried(bytes);
      const result = pass.function.call(parseLossless(own, 0, own.length));
      // Awaited in its turn below; until then a failure is no unhandled one.
      if (result instanceof Promise) result.catch(() => undefined);
      calls.push(result);
    } catch (error) {
      // Those before it come first: one of them may fail too.
      for (const [before, call] of calls.entries()) await settle(pass, { call, row: firstRow + before });
      throw explain(pass, error, firstRow + index);
    }
  }
  for (const [index, bytes] of records.entries()) {
    const row = firstRow + index;
    const result = await settle(pass, { call: calls[index], row });
    put(pass, { bytes, row }, await asRecords(pass, result, row));
  }
}

async function settle(pass: FunctionPass, { call, row }: { call: unknown; row: number }): Promise<unknown> {
  if (!(call instanceof Promise)) return call;
  try {
    return await call;
  } catch (error) {
    throw explain(pass, error, row);
  }
}

/** The records that take the place of one; `same`: it stays as it is. */
type Outcome = "same" | readonly unknown[];

async function asRecords(pass: FunctionPass, result: unknown, row: number): Promise<Outcome> {
  if (pass.role === "filter") {
    if (typeof result === "boolean") return result ? "same" : [];
    throw wrongResult(pass, row, { result, wanted: "true or false" });
  }
  if (result === null) return [];
  if (pass.role === "map") {
    if (isObject(result) && !Array.isArray(result)) return [result];
    throw wrongResult(pass, row, { result, wanted: "the record, or null to leave it out" });
  }
  if (!isObject(result) || !(Symbol.iterator in result || Symbol.asyncIterator in result))
    throw wrongResult(pass, row, { result, wanted: "a list of records, or what a generator function makes" });
  const made: unknown[] = [];
  try {
    for await (const record of result as AsyncIterable<unknown>) made.push(record);
  } catch (error) {
    throw explain(pass, error, row);
  }
  const odd = made.find((record) => !isObject(record) || Array.isArray(record));
  if (odd !== undefined || made.includes(undefined))
    throw wrongResult(pass, row, { result: odd, wanted: "records, each an object" });
  return made;
}

function put(
  { sink, onDrop }: FunctionPass,
  { bytes, row }: { readonly bytes: Buffer; readonly row: number },
  outcome: Outcome,
): void {
  if (outcome === "same") {
    const line = Buffer.concat([bytes, LINE_END]);
    sink.learn(line, 0, bytes.length);
    sink.addBytes(line);
    return;
  }
  if (outcome.length === 0) onDrop(bytes, row);
  sink.addObjects(outcome, splitCarried(bytes).carried);
}

const LINE_END = Buffer.from("\n");

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function wrongResult(
  pass: FunctionPass,
  row: number,
  { result, wanted }: { result: unknown; wanted: string },
): DataError {
  const got = Array.isArray(result) ? "a list" : result === null ? "null" : typeof result;
  const { name } = pass.function;
  return new DataError(`${pass.describeRow(row)}: ${name} gave ${got} instead of ${wanted}`, {
    hint: `a ${pass.role} function returns ${wanted}`,
  });
}

function explain(pass: FunctionPass, error: unknown, row: number): unknown {
  const where = pass.describeRow(row);
  if (!isDangoError(error)) {
    const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    return new UserCodeError(`${where}: ${pass.function.name} threw ${text}`, "run", { cause: error });
  }
  if (!(error instanceof UserCodeError)) return error;
  const { hint, location } = error;
  return new UserCodeError(`${where}: ${error.message}`, "run", { hint, location, cause: error });
}
