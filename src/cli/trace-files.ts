import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { RunEvent } from "../model/events.js";
import type { ProgressSubscriber } from "./progress/subscriber.js";
import { ownProcess } from "../shared/process-identity.js";
import { reportToJson, SCHEMA_VERSION } from "./report-json.js";

const KEPT_TRACES = 50;

/** What a trace holds: what `sync --json` prints of one source, with the log's path; or, until the run ends, who runs. */
export type TraceDocument = Readonly<Record<string, unknown>>;

/**
 * Writes a trace for each pipeline of a run to `.dlt/pipelines/NAME/traces` (0600, in a directory of 0700: rule S3):
 * one that says who runs when its source is begun, then the run's report; the newest fifty are kept. `chosen` are the
 * sources that get a trace when the run ends before any was begun. It is given text free of secrets.
 */
export function createTraceFiles(root: string, nowMs: number, chosen: readonly string[]): ProgressSubscriber {
  const stamp = new Date(nowMs).toISOString().replace(/[-:]/g, "").replace(".", "-");
  const name = `${stamp}-${String(process.pid)}.json`;
  const { pid, start } = ownProcess();
  let run = { run_id: null as string | null, started_at: new Date(nowMs).toISOString() };
  const write = (pipeline: string, document: TraceDocument): void => {
    try {
      writeTrace(tracesOf(root, pipeline), name, document);
    } catch {
      // A full disk ends the run where rows are lost, not where a trace is.
    }
  };
  return {
    onEvent(event: RunEvent) {
      if (event.event === "start") run = { run_id: event.runId, started_at: event.startedAt };
      if (event.event !== "source_start") return;
      write(event.source, {
        schema_version: SCHEMA_VERSION,
        ...run,
        status: "running",
        pid,
        pid_start: start ?? null,
      });
    },
    onEnd({ report, logPath }) {
      const log = logPath ?? null;
      for (const source of report.sources) {
        if (source.status === "skipped") continue;
        write(source.name, { ...reportToJson({ ...report, sources: [source] }), log });
      }
      if (report.sources.length > 0 || report.error === null) return;
      for (const pipeline of chosen) write(pipeline, { ...reportToJson(report), log });
    },
  };
}

/** The traces of a pipeline that can be read, newest first. */
export function readTraces(root: string, pipeline: string): TraceDocument[] {
  const directory = tracesOf(root, pipeline);
  return listTraces(directory)
    .reverse()
    .flatMap((name) => {
      try {
        return [JSON.parse(readFileSync(join(directory, name), "utf8")) as TraceDocument];
      } catch {
        return [];
      }
    });
}

function tracesOf(root: string, pipeline: string): string {
  return join(root, ".dlt", "pipelines", pipeline, "traces");
}

function writeTrace(directory: string, name: string, document: TraceDocument): void {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const path = join(directory, name);
  writeFileSync(`${path}.part`, `${JSON.stringify(document)}\n`, { mode: 0o600 });
  renameSync(`${path}.part`, path);
  const names = listTraces(directory);
  for (const old of names.slice(0, Math.max(0, names.length - KEPT_TRACES)))
    rmSync(join(directory, old), { force: true });
}

/** Oldest first. */
function listTraces(directory: string): string[] {
  try {
    return readdirSync(directory)
      .filter((name) => name.endsWith(".json"))
      .sort();
  } catch {
    return [];
  }
}
