import type { ReportedError, ResourceReport, RunReport, SourceReport } from "../model/report.js";

type Json = Readonly<Record<string, unknown>>;

/** The report that {@link reportToJson} wrote; what it does not show is as if it had not happened. */
export function reportFromJson(document: Json): RunReport {
  return {
    runId: String(document["run_id"]),
    status: document["status"] as RunReport["status"],
    exitCode: document["exit_code"] as RunReport["exitCode"],
    error: document["error"] as ReportedError | null,
    startedAt: String(document["started_at"]),
    seconds: Number(document["seconds"]),
    isDryRun: document["dry_run"] === true,
    sources: (document["sources"] as readonly Json[]).map(sourceFromJson),
  };
}

function sourceFromJson(source: Json): SourceReport {
  return {
    name: String(source["name"]),
    dataset: String(source["dataset"]),
    status: source["status"] as SourceReport["status"],
    exitCode: source["exit_code"] as SourceReport["exitCode"],
    loadId: source["load_id"] as string | null,
    error: source["error"] as ReportedError | null,
    resources: (source["resources"] as readonly Json[]).map(resourceFromJson),
  };
}

function resourceFromJson(resource: Json): ResourceReport {
  return {
    name: String(resource["name"]),
    status: resource["status"] as ResourceReport["status"],
    exitCode: resource["exit_code"] as ResourceReport["exitCode"],
    error: resource["error"] as ReportedError | null,
    writeDisposition: String(resource["write_disposition"]),
    paginator: resource["paginator"] as string | null,
    firstRequest: (resource["first_request"] ?? null) as string | null,
    requests: Number(resource["requests"]),
    retries: Number(resource["retries"]),
    pages: Number(resource["pages"]),
    bytes: Number(resource["bytes"]),
    seconds: Number(resource["seconds"]),
    tables: resource["tables"] as ResourceReport["tables"],
    schemaChanges: resource["schema_changes"] as readonly string[],
    leftOut: (resource["left_out"] ?? []) as ResourceReport["leftOut"],
  };
}
