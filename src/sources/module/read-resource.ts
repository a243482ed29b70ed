import type { ResourceOptions } from "../../model/resource.js";
import type { ReadContext, ReadOutcome } from "../../model/source.js";
import { isDangoError, UserCodeError } from "../../shared/errors.js";
import { openAbortGate } from "./abort-gate.js";
import { cursorsOf, watchOrder } from "./record-order.js";
import { createRecordBatch, type RecordBatch } from "./record-batch.js";
import type { ResourceDefinition, ResourceOutput } from "./resource-definition.js";
import { runInScope, StopReading, type ModuleHost, type ReadingScope } from "./run-scope.js";
import { locateInProject } from "./user-location.js";

/** A resource of a module, checked. */
export interface CheckedResource {
  readonly options: ResourceOptions;
  readonly definition: ResourceDefinition;
}

/**
 * Runs a resource's generator to its end and hands what it yields to the sink; ends it when the sink is full. What
 * the module throws becomes a UserCodeError with its file and line; DangoErrors, and the reason of an abort, stay.
 */
export async function readResource(
  { options, definition }: CheckedResource,
  context: ReadContext,
  host: ModuleHost,
): Promise<ReadOutcome> {
  const reading = createReading(options, context, host);
  try {
    await runInScope({ host, reading: reading.scope }, () =>
      drain({ options, definition }, { context, reading, host }),
    );
  } catch (error) {
    context.signal.throwIfAborted();
    // Whatever a module makes of being stopped, it was stopped because enough was read.
    const isStopped = error instanceof StopReading || (context.records.isFull && !isDangoError(error));
    if (!isStopped) throw explainFailure(error, { options, definition }, host);
  } finally {
    reading.end();
  }
  return { paginator: null };
}

interface Reading {
  readonly scope: ReadingScope;
  readonly batch: RecordBatch;
  /** A generator that goes on after this gets no more requests. */
  end(): void;
}

/** Counts requests, pages and bytes, and tells of them whenever records were handed over. */
function createReading(
  { name, ...options }: ResourceOptions,
  context: ReadContext,
  host: ModuleHost,
): Reading {
  const { records, emit, signal } = context;
  let isOver = false;
  let requests = 0;
  let pages = 0;
  let bytes = 0;
  const report = (): void => {
    emit({
      event: "progress",
      source: host.source,
      resource: name,
      rows: records.rows,
      pages,
      requests,
      bytes,
    });
  };
  const batch = createRecordBatch(records, report);
  const scope: ReadingScope = {
    resource: name,
    hasKey: options.primaryKey.length + options.mergeKey.length > 0,
    signal,
    emit: (event) => {
      if (event.event === "request") requests += 1;
      emit(event);
    },
    async beforeRequest() {
      signal.throwIfAborted();
      if (isOver) throw new StopReading();
      await batch.flush();
      if (records.isFull) throw new StopReading();
    },
    room: () => (records.room === undefined ? undefined : records.room - batch.size),
    countPage(size) {
      pages += 1;
      bytes += size;
      report();
    },
  };
  return {
    scope,
    batch,
    end: () => {
      isOver = true;
    },
  };
}

async function drain(
  { options, definition }: CheckedResource,
  { context, reading, host }: { context: ReadContext; reading: Reading; host: ModuleHost },
): Promise<void> {
  const { records, signal } = context;
  const { name } = options;
  signal.throwIfAborted();
  using gate = openAbortGate(signal);
  const output = await gate.pass(callModule(definition, context, { name, host }));
  const iterator = openIterator(output, name);
  const watch = watchOrder(options, context);
  let rows = 0;
  try {
    while (!records.isFull) {
      const result = await gate.pass(iterator.next());
      if (result.done === true) {
        checkReturned(result.value, output, name);
        break;
      }
      const batch = await toRecords(result.value, name);
      await reading.batch.add(batch);
      const place = (index: number): string => `record ${String(rows + index + 1)}`;
      if (watch?.isOver(cursorsOf(batch, watch.keys), place) === true) break;
      rows += batch.length;
    }
    await reading.batch.flush();
  } finally {
    const closing = closeIterator(iterator);
    // A generator that waits for something of its own when the run is stopped cannot be waited for.
    if (!signal.aborted) await closing;
  }
}

/** Lets a generator clean up; it has no say any more in what became of the resource. */
async function closeIterator(iterator: AnyIterator): Promise<void> {
  try {
    await iterator.return?.();
  } catch {
    // What was read stays read, and what failed has failed already.
  }
}

function callModule(
  definition: ResourceDefinition,
  context: ReadContext,
  { name, host }: { name: string; host: ModuleHost },
): ResourceOutput {
  const { incremental, state, signal, emit } = context;
  const log = (level: "info" | "warning", message: unknown): void => {
    const text = host.redactor.redact(String(message));
    emit({ event: "notice", level, source: host.source, resource: name, message: text });
  };
  return definition.read({
    incremental,
    state,
    signal,
    logger: {
      info: (message) => {
        log("info", message);
      },
      warn: (message) => {
        log("warning", message);
      },
    },
  });
}

type AnyIterator = AsyncIterator<unknown, unknown> | Iterator<unknown, unknown>;

function openIterator(output: unknown, name: string): AnyIterator {
  if (typeof output === "object" && output !== null) {
    if (Symbol.asyncIterator in output) return (output as AsyncIterable<unknown>)[Symbol.asyncIterator]();
    // A list is one batch, as it is when it is yielded.
    if (Array.isArray(output)) return [output as unknown][Symbol.iterator]();
    if (Symbol.iterator in output) return (output as Iterable<unknown>)[Symbol.iterator]();
  }
  throw new UserCodeError(`The resource "${name}" returned ${nameOf(output)} instead of records`, "run", {
    hint: "Make its function a generator (async function*) that yields records, or return a list of them.",
  });
}

async function toRecords(yielded: unknown, name: string): Promise<readonly unknown[]> {
  const value = isThenable(yielded) ? await yielded : yielded;
  if (value === null) return [];
  if (Array.isArray(value)) {
    if (value.includes(undefined)) throw notARecord(`the list that ${name} yielded holds undefined`);
    return value as readonly unknown[];
  }
  if (value === undefined) throw notARecord(`${name} yielded undefined`);
  if (typeof value === "object" && (Symbol.asyncIterator in value || isGenerator(value))) {
    throw new UserCodeError(`The resource "${name}" yielded a generator instead of its records`, "run", {
      hint: "Write yield* to yield what it yields.",
    });
  }
  return [value];

  function notARecord(what: string): UserCodeError {
    return new UserCodeError(`Not a record: ${what}`, "run", {
      hint: "A field that is read from a response may not be there; check its name. To yield nothing, yield [].",
    });
  }
}

/** A generator's `return [...]` looks like a yield, and would lose its records. */
function checkReturned(value: unknown, output: unknown, name: string): void {
  if (value === undefined || !isGenerator(output)) return;
  throw new UserCodeError(`The generator of the resource "${name}" returned ${nameOf(value)}`, "run", {
    hint: "Only what is yielded is loaded; write yield instead of return.",
  });
}

function explainFailure(error: unknown, { options, definition }: CheckedResource, host: ModuleHost): unknown {
  if (error instanceof UserCodeError && error.location === undefined) {
    const { message, hint, context } = error;
    return new UserCodeError(message, "run", { hint, context, location: definition.location, cause: error });
  }
  if (isDangoError(error)) return error;
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return new UserCodeError(`The resource "${options.name}" threw ${host.redactor.redact(text)}`, "run", {
    location: host.root === undefined ? undefined : locateInProject(error, host.root),
    cause: error,
  });
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}

function isGenerator(value: unknown): boolean {
  const tag = Object.prototype.toString.call(value);
  return tag === "[object Generator]" || tag === "[object AsyncGenerator]";
}

function nameOf(value: unknown): string {
  if (value === undefined) return "nothing";
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}
