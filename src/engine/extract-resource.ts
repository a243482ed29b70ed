import { createRecordSink } from "../extract/spool/record-sink.js";
import type { SpooledRecords } from "../extract/spool/spooling.js";
import type { ExpressionEvaluator } from "../model/expression.js";
import type { EventSink } from "../model/events.js";
import { recordLimitsOf } from "../model/record-limits.js";
import type { ParentRecords, ReadContext, ReadOutcome, Resource } from "../model/source.js";
import type { ResourceState } from "../model/state.js";
import { keyName } from "../normalize/normalize-path.js";
import { applySteps } from "./steps/apply-steps.js";
import type { KnownColumns } from "./steps/known-columns.js";
import { boundsOf, checkCursorKept, refuseSecretStart } from "./incremental-bounds.js";
import { createProbeSink, type Probe } from "./probes/probe-sink.js";
import { describeFailure, type Failure } from "./reported-error.js";
import type { RunContext } from "./run-context.js";

/** Requests and bytes of one resource, counted from its events. */
export interface Traffic {
  requests: number;
  retries: number;
  pages: number;
  bytes: number;
}

/** One resource, read: its records in the spool, or why not. */
export type Extraction = {
  readonly resource: Resource;
  /** False: read for its children only; nothing of it is loaded, and its state stays. */
  readonly isLoaded: boolean;
  readonly traffic: Readonly<Traffic>;
  readonly seconds: number;
  /** In words; undefined for TypeScript sources. */
  readonly firstRequest: string | undefined;
} & (
  | {
      readonly status: "read";
      /** After the resource's processing steps. */
      readonly spooled: SpooledRecords;
      readonly discarded: number;
      readonly passedOver: SpooledRecords | undefined;
      readonly outcome: ReadOutcome;
      readonly storedState: ResourceState | undefined;
      /** What the resource wants kept, as it left it. */
      readonly extraState: Readonly<Record<string, unknown>>;
    }
  | { readonly status: "failed"; readonly failure: Failure }
);

/** What reading one resource needs to know. */
export interface ExtractionJob {
  readonly source: string;
  readonly resource: Resource;
  readonly isLoaded: boolean;
  /** Undefined: start as on the first run. */
  readonly storedState: ResourceState | undefined;
  /** True: ask for everything, whatever the stored cursor; the load still drops the rows behind it. */
  readonly isReadWhole: boolean;
  readonly parent: ParentRecords | undefined;
  readonly directory: string;
  readonly limit: number | undefined;
  readonly knownColumns: KnownColumns;
  readonly openEvaluator: () => Promise<ExpressionEvaluator>;
  /** Nothing is loaded: only so much is read. */
  readonly probe?: Probe | undefined;
}

/** Reads one resource into its spool. Rejects only when the run is aborted. */
export async function extractResource(run: RunContext, job: ExtractionJob): Promise<Extraction> {
  const { options } = job.resource;
  const startedAtMs = run.clock.now();
  const traffic: Traffic = { requests: 0, retries: 0, pages: 0, bytes: 0 };
  const emit = countTraffic(traffic, run.emit, options.name);
  emit({ event: "resource_start", source: job.source, resource: options.name });
  const sink = createRecordSink({
    directory: job.directory,
    ...recordLimitsOf(job.resource),
    nameOf: keyName,
    ...(job.limit === undefined ? {} : { limit: job.limit }),
  });
  const state = structuredClone(job.storedState?.extra ?? {}) as Record<string, unknown>;
  let firstRequest: string | undefined;
  try {
    refuseSecretStart(options, run.project.redactor);
    const bounds = boundsFor(job);
    firstRequest = await job.resource.describeFirstRequest({ ...bounds, clock: run.clock });
    const outcome = await job.resource.read({
      records: job.probe === undefined ? sink : createProbeSink(sink, job.probe),
      ...bounds,
      ...(job.parent === undefined ? {} : { parent: job.parent }),
      state,
      signal: run.signal,
      emit,
      clock: run.clock,
      isProbe: job.probe !== undefined,
    });
    const processed = await applySteps({ ...job, spooled: await sink.finish(), emit, signal: run.signal });
    const { rows } = processed.spooled;
    emit({ event: "resource_end", source: job.source, resource: options.name, status: "ok", rows });
    return {
      status: "read",
      resource: job.resource,
      isLoaded: job.isLoaded,
      firstRequest,
      ...processed,
      outcome,
      storedState: job.storedState,
      extraState: state,
      traffic,
      seconds: (run.clock.now() - startedAtMs) / 1000,
    };
  } catch (error) {
    await sink.discard();
    run.signal.throwIfAborted();
    emit({ event: "resource_end", source: job.source, resource: options.name, status: "failed", rows: 0 });
    return {
      status: "failed",
      resource: job.resource,
      isLoaded: job.isLoaded,
      firstRequest,
      failure: describeFailure(error, run.project.redactor),
      traffic,
      seconds: (run.clock.now() - startedAtMs) / 1000,
    };
  }
}

/** Where reading begins and ends. */
function boundsFor({
  resource: { options },
  storedState,
  isReadWhole,
}: ExtractionJob): Pick<ReadContext, "incremental" | "boundsOf"> {
  checkCursorKept(options, storedState);
  const state = isReadWhole ? undefined : storedState;
  const incremental = boundsOf(options, state);
  return incremental === undefined || options.incremental?.isPerParent !== true
    ? { incremental }
    : { incremental, boundsOf: (parentKey) => boundsOf(options, state, parentKey) ?? incremental };
}

/** The outcome of a resource that nothing was requested of. */
export function leaveOut(job: Pick<ExtractionJob, "resource" | "isLoaded">, failure: Failure): Extraction {
  return {
    status: "failed",
    resource: job.resource,
    isLoaded: job.isLoaded,
    firstRequest: undefined,
    failure,
    traffic: { requests: 0, retries: 0, pages: 0, bytes: 0 },
    seconds: 0,
  };
}

function countTraffic(traffic: Traffic, emit: EventSink, resource: string): EventSink {
  return (event) => {
    if (event.event === "request") traffic.requests += 1;
    else if (event.event === "retry") traffic.retries += 1;
    if (event.event !== "progress" || event.resource !== resource) {
      emit(event);
      return;
    }
    traffic.pages = event.pages;
    traffic.bytes = event.bytes;
    // Sources count pages; what went over the wire, retries too, is counted here.
    emit({ ...event, requests: traffic.requests });
  };
}
