import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { ProcessedSink } from "../../extract/spool/processed-sink.js";
import type { SpooledRecords } from "../../extract/spool/spooling.js";
import { nearestName } from "../../config/nearest.js";
import type { EventSink } from "../../model/events.js";
import type { ExpressionEvaluator, PassFailure, PassRun, SqlPass } from "../../model/expression.js";
import { recordLimitsOf } from "../../model/record-limits.js";
import type { Resource } from "../../model/source.js";
import { createRecordEditor } from "../../normalize/steps/edit-record.js";
import { keyName } from "../../normalize/normalize-path.js";
import { DataError } from "../../shared/errors.js";
import { describeRow } from "../describe-row.js";
import { createDroppedCursors, type DroppedCursors } from "../dropped-cursors.js";
import { groupSteps, type StepGroup } from "./group-steps.js";
import { planPass, type PlannedPass } from "./plan-pass.js";
import { readySteps } from "./ready-steps.js";
import { runFunctionPass } from "./run-function-pass.js";
import { runRecordPass } from "./run-record-pass.js";
import type { KnownColumns } from "./known-columns.js";

/** The records of a resource after its processing steps. */
export interface ProcessedRecords {
  readonly spooled: SpooledRecords;
  /** Records that steps dropped. */
  readonly discarded: number;
  /** The furthest cursors of dropped records, each in a record that has nothing else (rule I5). */
  readonly passedOver: SpooledRecords | undefined;
}

/** What carrying out the steps of a resource needs. */
export interface StepsInput {
  readonly source: string;
  readonly resource: Resource;
  readonly spooled: SpooledRecords;
  /** The resource's working directory. */
  readonly directory: string;
  readonly openEvaluator: () => Promise<ExpressionEvaluator>;
  readonly knownColumns: KnownColumns;
  readonly emit: EventSink;
  readonly signal: AbortSignal;
}

/**
 * Carries out a resource's processing steps on its spooled records, in as few readings as can be. Memory stays flat in
 * the number of records. Rejects with a DataError or UserCodeError that names the record, the page and the step.
 */
export async function applySteps(input: StepsInput): Promise<ProcessedRecords> {
  const { resource, spooled } = input;
  const steps = resource.processingSteps ?? [];
  if (steps.length === 0 || spooled.rows === 0) return { spooled, discarded: 0, passedOver: undefined };
  const dropped = createDroppedCursors(resource);
  const groups = groupSteps(await readySteps(steps, input.openEvaluator), dropped?.root);
  const run: StepsRun = { input, cursors: dropped, dropped: 0 };
  let records = spooled;
  for (const [index, group] of groups.entries()) {
    if (records.rows === 0) break;
    const directory = join(input.directory, `steps-${String(index)}`);
    records = await runGroup(run, { group, records, directory });
    // What reading brought is kept; what one group left, the next has taken.
    if (index > 0)
      await rm(join(input.directory, `steps-${String(index - 1)}`), { recursive: true, force: true });
  }
  announce(run);
  const passedOver = await dropped?.spool(input.directory, spooled.fields);
  return { spooled: records, discarded: run.dropped, passedOver };
}

interface StepsRun {
  readonly input: StepsInput;
  readonly cursors: DroppedCursors | undefined;
  dropped: number;
}

async function runGroup(
  run: StepsRun,
  { group, records, directory }: { group: StepGroup; records: SpooledRecords; directory: string },
): Promise<SpooledRecords> {
  const { input } = run;
  const { signal, resource } = input;
  const { name } = resource.options;
  const describe = (row: number): string => `${name}: ${describeRow(records, row)}`;
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const sink = new ProcessedSink({
    directory,
    ...recordLimitsOf(resource),
    nameOf: keyName,
    describeRow: describe,
    marks: records.parents?.map(({ firstRow }) => firstRow) ?? [],
  });
  const onDrop = noteDropped(run, records);
  const shared = { files: records.files, sink, onDrop, describeRow: describe, signal };
  if (group.kind === "function") {
    const { role, function: called } = group.step;
    await runFunctionPass({ ...shared, role, function: called });
  } else {
    const plan = planPass(group.steps, records.fields, (keys) => input.knownColumns(keys).sqlType);
    warnOfUnknown(input, plan);
    const evaluation = await prepare(input, plan, describe);
    const editor = plan.edits.length === 0 ? undefined : createRecordEditor(plan.edits);
    await runRecordPass({ ...shared, directory, evaluation, editor });
  }
  const processed = await sink.finish();
  return {
    ...processed,
    parents: records.parents?.map(({ key }, index) => ({ key, firstRow: processed.marks[index] ?? 0 })) ?? [],
    locateRow: (row) => records.locateRow(processed.locateRow(row)),
  };
}

/** Counts a dropped record, and takes its cursor. */
function noteDropped(run: StepsRun, records: SpooledRecords): (bytes: Uint8Array, row: number) => void {
  const note = run.cursors?.watch(records);
  return (bytes, row) => {
    run.dropped += 1;
    note?.(bytes, row);
  };
}

async function prepare(
  input: StepsInput,
  plan: PlannedPass,
  describe: (row: number) => string,
): Promise<PassRun | undefined> {
  const { sql } = plan;
  if (sql === undefined) return undefined;
  const { name } = input.resource.options;
  const evaluator = await input.openEvaluator();
  return evaluator.prepare(sql, ({ operation, row, reason }: PassFailure) => {
    const location = plan.locationOf(operation);
    const where = row === undefined ? name : describe(row);
    return new DataError(`${where}: ${operation.name}: ${explainReason(sql, reason)}`, {
      hint: row === undefined ? TYPES_HINT : VALUES_HINT,
      ...(location === undefined ? {} : { location }),
    });
  });
}

/** DuckDB's reason, with the names of the records in place of its own. */
function explainReason({ columns }: SqlPass, reason: string): string {
  return reason
    .replace(/ when casting from source column c\d+$/, "")
    .replace(/"c(\d+)"/g, (written, index: string) => {
      const column = columns[Number(index)];
      return column?.kind === "member" ? `"${column.path.join(".")}"` : written;
    });
}

const TYPES_HINT =
  "a member has the type that its column would get from this load's records; cast it, such as CAST(price AS DOUBLE)";
const VALUES_HINT =
  "TRY_CAST gives NULL where CAST fails; a filter before this step can take care of such records";

function warnOfUnknown({ source, resource, knownColumns, emit }: StepsInput, { unknown }: PlannedPass): void {
  const told = new Set<string>();
  for (const { keys, location, known } of unknown) {
    const path = keys.join(".");
    if (told.has(path) || knownColumns(keys).isKnown) continue;
    told.add(path);
    const near = nearestName(path, known);
    const where = `${location.file}${location.line === undefined ? "" : `:${String(location.line)}`}`;
    emit({
      event: "notice",
      level: "warning",
      source,
      resource: resource.options.name,
      message:
        `${resource.options.name}: no record has "${path}", which processing_steps name (${where}); it counts as NULL` +
        (near === undefined ? "" : `. Did you mean "${near}"?`),
    });
  }
}

function announce({ input, dropped }: StepsRun): void {
  if (dropped === 0) return;
  const { source, resource, spooled, emit } = input;
  const { name } = resource.options;
  emit({
    event: "notice",
    level: "info",
    source,
    resource: name,
    message: `${name}: processing_steps dropped ${String(dropped)} of ${String(spooled.rows)} records`,
  });
}
