import { DataError } from "../shared/errors.js";
import { checkFreeze } from "../normalize/contract.js";
import { checkTableWidth } from "../normalize/check-table-width.js";
import { createLoadPlan, findWidenings } from "../normalize/load-plan.js";
import type { FieldNode } from "../model/field.js";
import type { WideningQuestion } from "../model/load-plan.js";
import type { DatasetSchema } from "../model/schema.js";
import type { ResourceLoad, WarehouseTarget } from "../model/warehouse.js";
import type { Extraction } from "./extract-resource.js";
import { describeRow } from "./describe-row.js";
import { boundsOf, storedCursor, storedParentCursor } from "./incremental-bounds.js";
import { respellFiles } from "./respell-files.js";
import type { RunContext, SyncOptions } from "./run-context.js";
import type { WorkingDirectory } from "./working-directory.js";

type ReadExtraction = Extract<Extraction, { status: "read" }>;

/** Decides how a resource's records become rows, and respells the spool where the plan asks for it. */
export async function planLoad(
  run: RunContext,
  input: {
    extraction: ReadExtraction;
    target: WarehouseTarget;
    directory: WorkingDirectory;
    options: SyncOptions;
    /** Of all records that the table gets in this load. */
    fields: FieldNode;
    /** The dataset as it will be when this load's rows come. */
    schema: DatasetSchema;
    /** The root tables of the source. */
    roots: ReadonlySet<string>;
    family: string;
  },
): Promise<ResourceLoad> {
  const { extraction, options, fields, roots } = input;
  const { spooled, passedOver } = extraction;
  const source = [...spooled.files, ...(passedOver?.files ?? [])];
  const passedRows = passedOver?.rows ?? 0;
  const planInput = { options: extraction.resource.options, fields, before: input.schema, roots };
  const questions = findWidenings(planInput);
  const answers = await askWarehouse(run, input.target, questions);
  const plan = createLoadPlan({ ...planInput, widensSafely: answers });
  const { name } = extraction.resource.options;
  const respelled =
    plan.respell === undefined || options.dryRun
      ? { files: source, rows: spooled.rows + passedRows, discarded: [] }
      : await respellFiles(
          source,
          await input.directory.create(`respelled-${encodeURIComponent(name)}`),
          plan.respell,
          run.signal,
        );
  const passedLeft = passedRows - respelled.discarded.filter((row) => row >= spooled.rows).length;
  const settled = plan.settle?.() ?? plan;
  checkFreeze(settled, extraction.resource.options);
  checkTableWidth(settled, extraction.resource.options, extraction.resource.maxColumns);
  return {
    options: extraction.resource.options,
    family: input.family,
    plan: settled,
    files: respelled.files,
    bytes: spooled.bytes + (passedOver?.bytes ?? 0),
    rows: respelled.rows - passedLeft,
    passedOver: passedLeft,
    describeRow: (row) => {
      const number = numberOf(row, respelled.discarded);
      return number < spooled.rows ? describeRow(spooled, number) : "a record that processing_steps dropped";
    },
    discarded: respelled.discarded.length - (passedRows - passedLeft) + extraction.discarded,
    rebuild: options.fullRefresh,
    allowEmptyReplace: options.allowEmptyReplace,
    ...rangeOf(extraction),
    ...sharesOf(extraction, respelled.discarded),
    isSecret: (text) => run.project.redactor.redact(text) !== text,
    stateAfter: { incremental: cursorsAfter(extraction, run), extra: extraction.extraState },
  };
}

/** Where reading began and ended, as far as it is not what was configured. */
function rangeOf({
  resource,
  storedState,
  outcome,
}: ReadExtraction): Pick<ResourceLoad, "cursor" | "startValue" | "readUntil"> {
  const startValue = boundsOf(resource.options, storedState)?.startValue;
  return {
    cursor: storedCursor(resource.options, storedState),
    ...(typeof startValue === "object" || startValue === undefined ? {} : { startValue }),
    ...(outcome.readUntil === undefined ? {} : { readUntil: outcome.readUntil }),
  };
}

/** Whose the rows are, and where reading began for each (rule I4); `discarded` are the numbers of rows that went since. */
function sharesOf(
  { resource, storedState, spooled, passedOver }: ReadExtraction,
  discarded: readonly number[],
): Pick<ResourceLoad, "parents"> {
  const { options } = resource;
  if (options.incremental?.isPerParent !== true) return {};
  const behind = (passedOver?.parents ?? []).map(({ key, firstRow }) => ({
    key,
    firstRow: firstRow + spooled.rows,
  }));
  let gone = 0;
  const parents = [...(spooled.parents ?? []), ...behind].map(({ key, firstRow }) => {
    while ((discarded[gone] ?? Infinity) < firstRow) gone += 1;
    const stored = storedParentCursor(options, storedState, key);
    return {
      key,
      firstRow: firstRow - gone,
      startValue: boundsOf(options, storedState, key)?.startValue ?? undefined,
      known: stored ?? options.incremental?.initialValue,
      isStored: stored !== undefined,
    };
  });
  return { parents };
}

/** The stored cursors, with the sync token that this run ended with (rule I3). */
function cursorsAfter(
  { resource, storedState, outcome }: ReadExtraction,
  run: RunContext,
): ResourceLoad["stateAfter"]["incremental"] {
  const stored = storedState?.incremental ?? {};
  const { name, incremental } = resource.options;
  if (incremental?.isToken !== true) return stored;
  const { cursorPath } = incremental;
  const token = outcome.token ?? stored[cursorPath]?.lastValue ?? null;
  if (run.project.redactor.redact(String(token)) !== String(token)) {
    throw new DataError(
      `${name}: the sync token at ${cursorPath} holds a secret, which would be stored in the warehouse`,
      {
        hint: "send the secret by auth or a header, so that the API does not repeat it in its links",
      },
    );
  }
  return { ...stored, [cursorPath]: { initialValue: incremental.initialValue ?? null, lastValue: token } };
}

async function askWarehouse(
  run: RunContext,
  target: WarehouseTarget,
  questions: readonly WideningQuestion[],
): Promise<(question: WideningQuestion) => boolean> {
  if (questions.length === 0) return () => false;
  const answers = await run.warehouse.answerWidenings(target, questions, run.signal);
  const safe = new Set(questions.filter((_, index) => answers[index] === true).map(keyOf));
  return (question) => safe.has(keyOf(question));
}

function keyOf(question: WideningQuestion): string {
  return JSON.stringify([question.table, question.column, question.to]);
}

/** The number that a record had before others were discarded, which are given in order. */
function numberOf(row: number, discarded: readonly number[]): number {
  let number = row;
  for (const other of discarded) {
    if (other > number) break;
    number += 1;
  }
  return number;
}
