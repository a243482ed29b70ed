import type { ChalkInstance } from "chalk";
import type { CheckReport, CheckResult, ResourceCheck } from "../model/check-report.js";
import { nameError, renderReported } from "./render-error.js";
import { errorToJson, SCHEMA_VERSION } from "./report-json.js";
import { formatBytes, formatCount, formatPlural, formatTextTable } from "./text-table.js";

/** What a check found, for people: one line for each place, then the reason and the remedy of what failed. */
export function renderCheck(report: CheckReport, color: ChalkInstance): string {
  const { warehouse, sources } = report;
  const free = warehouse.freeBytes === null ? "" : `, ${formatBytes(warehouse.freeBytes)} free`;
  const rows = [
    ["warehouse", paint(warehouse.healthy ? "ok" : "unavailable", color), "", `${warehouse.path}${free}`],
    ...sources.flatMap((source) =>
      source.resources.length === 0
        ? [[source.name, paint(source.healthy ? "ok" : "unavailable", color), "", ""]]
        : source.resources.map((resource) => [
            `${source.name}.${resource.name}`,
            paint(resource.status, color),
            resource.records === null ? "" : formatCount(resource.records),
            describe(resource),
          ]),
    ),
  ];
  const table = formatTextTable(
    [{ header: "check" }, { header: "status" }, { header: "records", align: "right" }, { header: "asked" }],
    rows,
  );
  const reasons = failuresOf(report).map(({ name, resource, check }) =>
    check.error === null ? name : renderReported(nameError(check.error, name, resource), color),
  );
  return [table, ...(reasons.length === 0 ? [] : [reasons.join("\n")])].join("\n\n");
}

/** The closing line of a check that found something. */
export function renderCheckFailure(report: CheckReport, color: ChalkInstance): string {
  const places = 1 + placesOf(report).length;
  return color.red(
    `Failed: ${String(failuresOf(report).length)} of ${formatPlural(places, "check")} (exit ${String(report.exitCode)})`,
  );
}

/** A check as `check --json` prints it. */
export function checkToJson(report: CheckReport): Record<string, unknown> {
  const { warehouse } = report;
  return {
    schema_version: SCHEMA_VERSION,
    ...resultToJson(report),
    warehouse: { path: warehouse.path, ...resultToJson(warehouse), free_bytes: warehouse.freeBytes },
    sources: report.sources.map((source) => ({
      name: source.name,
      ...resultToJson(source),
      resources: source.resources.map((resource) => ({
        name: resource.name,
        status: resource.status,
        ...resultToJson(resource),
        records: resource.records,
        request: resource.request,
        paginator: resource.paginator,
        note: resource.note,
        seconds: resource.seconds,
      })),
    })),
  };
}

function resultToJson({ healthy, exitCode, lastCheck, error }: CheckResult): Record<string, unknown> {
  return { healthy, exit_code: exitCode, last_check: lastCheck, error: errorToJson(error) };
}

interface Place {
  readonly name: string;
  readonly resource?: string;
  readonly check: CheckResult;
}

function placesOf({ sources }: CheckReport): Place[] {
  return sources.flatMap((source): Place[] =>
    source.resources.length === 0
      ? [{ name: source.name, check: source }]
      : source.resources.map((check) => ({
          name: `${source.name}.${check.name}`,
          resource: check.name,
          check,
        })),
  );
}

function failuresOf(report: CheckReport): Place[] {
  return [{ name: "warehouse", check: report.warehouse }, ...placesOf(report)].filter(
    ({ check }) => !check.healthy,
  );
}

function describe({ request, paginator, note }: ResourceCheck): string {
  return [request ?? "read by a TypeScript module", paginator, note]
    .filter((part) => part !== null)
    .join(", ");
}

function paint(status: ResourceCheck["status"], color: ChalkInstance): string {
  if (status === "unavailable") return color.red(status);
  return status === "ok" ? color.green(status) : color.yellow(status);
}
