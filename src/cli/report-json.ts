import type { ReportedError, ResourceReport, RunReport, SourceReport } from "../model/report.js";

/** Version of the JSON documents that commands print. */
export const SCHEMA_VERSION = 1;

/** A run as `sync --json` prints it (rules J). */
export function reportToJson(report: RunReport): Record<string, unknown> {
  return {
    schema_version: SCHEMA_VERSION,
    run_id: report.runId,
    status: report.status,
    exit_code: report.exitCode,
    error: errorToJson(report.error),
    started_at: report.startedAt,
    seconds: report.seconds,
    ...(report.isDryRun ? { dry_run: true } : {}),
    sources: report.sources.map((source) => sourceToJson(source, report.isDryRun)),
  };
}

/** An error as it stands in JSON output (contract §4.1). */
export function errorToJson(error: ReportedError | null): Record<string, unknown> | null {
  return error === null ? null : { ...error };
}

function sourceToJson(source: SourceReport, isDryRun: boolean): Record<string, unknown> {
  return {
    name: source.name,
    dataset: source.dataset,
    status: source.status,
    exit_code: source.exitCode,
    load_id: source.loadId,
    error: errorToJson(source.error),
    resources: source.resources.map((resource) => resourceToJson(resource, isDryRun)),
  };
}

function resourceToJson(resource: ResourceReport, isDryRun: boolean): Record<string, unknown> {
  return {
    name: resource.name,
    status: resource.status,
    exit_code: resource.exitCode,
    error: errorToJson(resource.error),
    write_disposition: resource.writeDisposition,
    paginator: resource.paginator,
    ...(isDryRun ? { first_request: resource.firstRequest } : {}),
    requests: resource.requests,
    retries: resource.retries,
    pages: resource.pages,
    bytes: resource.bytes,
    seconds: resource.seconds,
    tables: resource.tables.map((table) => ({ ...table })),
    schema_changes: resource.schemaChanges,
    ...(resource.leftOut.length === 0 ? {} : { left_out: resource.leftOut }),
  };
}
