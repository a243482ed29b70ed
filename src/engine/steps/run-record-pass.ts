import { rm } from "node:fs/promises";
import { join } from "node:path";
import { LineReader } from "../../extract/spool/line-reader.js";
import type { ProcessedSink } from "../../extract/spool/processed-sink.js";
import type { PassRun } from "../../model/expression.js";
import { ByteWriter } from "../../normalize/byte-writer.js";
import { EditFault, type RecordEditor } from "../../normalize/steps/edit-record.js";
import { DataError } from "../../shared/errors.js";

/** One reading of the records of some files by steps that need no user's function. */
export interface RecordPass {
  readonly files: readonly string[];
  /** Where DuckDB writes what it made of a file; exists. */
  readonly directory: string;
  readonly evaluation: PassRun | undefined;
  /** Undefined: records are kept or dropped as they are. */
  readonly editor: RecordEditor | undefined;
  readonly sink: ProcessedSink;
  /** `row`: its number among the records of this reading, from 0. */
  onDrop(bytes: Uint8Array, row: number): void;
  describeRow(row: number): string;
  readonly signal: AbortSignal;
}

/** Carries out a pass, in order and in bounded memory: while one file is rewritten, DuckDB evaluates the next. */
export async function runRecordPass(pass: RecordPass): Promise<void> {
  let next = evaluateFile(pass, 0);
  let row = 0;
  for (const [index, file] of pass.files.entries()) {
    pass.signal.throwIfAborted();
    const results = await next;
    next = evaluateFile(pass, index + 1);
    // It is awaited only after this file; a failure until then is no unhandled one.
    next.catch(() => undefined);
    row += await rewriteFile(pass, { file, results, firstRow: row });
    if (results !== undefined) await rm(results, { force: true });
  }
}

async function evaluateFile(
  { evaluation, files, directory }: RecordPass,
  index: number,
): Promise<string | undefined> {
  const file = files[index];
  if (evaluation === undefined || file === undefined) return undefined;
  const output = join(directory, `values-${String(index)}`);
  await evaluation.evaluate(file, output);
  return output;
}

async function rewriteFile(
  pass: RecordPass,
  { file, results, firstRow }: { file: string; results: string | undefined; firstRow: number },
): Promise<number> {
  const lines = new LineReader(file);
  const values = results === undefined ? undefined : new LineReader(results);
  let rows = 0;
  try {
    while (await lines.more()) {
      const chunk = new Chunk(pass, lines.buffer, firstRow + rows);
      while (lines.next()) {
        if (values !== undefined && !(await nextLine(values))) throw outOfStep(file);
        chunk.take(lines, values);
        rows += 1;
      }
      chunk.finish();
      await pass.sink.flush();
    }
    if (values !== undefined && (await nextLine(values))) throw outOfStep(file);
    return rows;
  } finally {
    await lines.close();
    await values?.close();
  }
}

async function nextLine(reader: LineReader): Promise<boolean> {
  while (!reader.next()) if (!(await reader.more())) return false;
  return true;
}

function outOfStep(file: string): Error {
  return new Error(`the values of processing_steps do not fit the records of ${file}`);
}

const DROPPED = 0x2d;
const SEPARATOR = 0x1f;
const NEWLINE = 0x0a;

/** Some records of a file. Those that are kept are learned when all of them were written, each in its turn. */
class Chunk {
  private readonly pass: RecordPass;
  private readonly input: Buffer;
  private readonly firstRow: number;
  private readonly output: ByteWriter | undefined;
  /** For each record where it starts and ends in what is spooled; -1 for a dropped one. */
  private readonly places: number[] = [];

  constructor(pass: RecordPass, input: Buffer, firstRow: number) {
    this.pass = pass;
    this.input = input;
    this.firstRow = firstRow;
    this.output =
      pass.editor === undefined ? undefined : new ByteWriter(input.length + (input.length >> 2) + 64);
  }

  take({ start, end }: LineReader, values: LineReader | undefined): void {
    const { pass, input, output, places } = this;
    if (values !== undefined && values.buffer[values.start] === DROPPED) {
      pass.onDrop(input.subarray(start, end), this.firstRow + places.length / 2);
      places.push(-1, -1);
      return;
    }
    if (pass.editor === undefined || output === undefined) {
      places.push(start, end);
      return;
    }
    const at = output.size;
    try {
      pass.editor({ bytes: input, start, end }, values === undefined ? [] : splitValues(values), output);
    } catch (error) {
      if (!(error instanceof EditFault)) throw error;
      const row = this.firstRow + places.length / 2;
      throw new DataError(`${pass.describeRow(row)}: ${error.message}`, {
        hint: "correct processing_steps; a filter or an exclude before this step can take care of such records",
        cause: error,
      });
    }
    places.push(at, output.size);
    output.writeByte(NEWLINE);
  }

  finish(): void {
    const { sink } = this.pass;
    const bytes = this.output?.bytes() ?? this.input;
    let from = -1;
    let to = -1;
    const addRun = (): void => {
      if (from >= 0)
        sink.addBytes(
          to < bytes.length
            ? bytes.subarray(from, to + 1)
            : Buffer.concat([bytes.subarray(from, to), LINE_END]),
        );
      from = -1;
    };
    for (let index = 0; index < this.places.length; index += 2) {
      const start = this.places[index] ?? -1;
      if (start < 0) {
        addRun();
        sink.drop();
        continue;
      }
      if (from < 0) from = start;
      to = this.places[index + 1] ?? start;
      sink.learn(bytes, start, to);
    }
    addRun();
  }
}

const LINE_END = Buffer.from("\n");

function splitValues({ buffer, start, end }: LineReader): Buffer[] {
  const values: Buffer[] = [];
  for (let at = start + 1; at < end;) {
    const separator = buffer.indexOf(SEPARATOR, at);
    const to = separator < 0 || separator > end ? end : separator;
    values.push(buffer.subarray(at, to));
    at = to + 1;
  }
  return values;
}
