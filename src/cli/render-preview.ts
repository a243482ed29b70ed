import type { ChalkInstance } from "chalk";
import type { PreviewReport, PreviewTable, ResourcePreview } from "../model/preview.js";
import { escapeControls } from "../shared/escape-controls.js";
import { nameError, renderReported } from "./render-error.js";
import { errorToJson, SCHEMA_VERSION } from "./report-json.js";
import { formatPlural, formatTextTable } from "./text-table.js";

/** A preview for people: for each resource how it was asked for, the tables that a sync would make, and the records. */
export function renderPreview(report: PreviewReport, color: ChalkInstance): string {
  return report.resources.map((resource) => renderResource(report, resource, color)).join("\n\n");
}

/** What failed, each with its name and what to do next. */
export function renderPreviewFailures({ source, resources }: PreviewReport, color: ChalkInstance): string {
  return resources
    .flatMap(({ name, error }) =>
      error === null ? [] : [renderReported(nameError(error, `${source}.${name}`, name), color)],
    )
    .join("\n");
}

/** A preview as `preview --json` prints it: records as the API spelled them, with all digits of numbers. */
export function previewToJson(report: PreviewReport): string {
  const resources = report.resources.map((resource) => {
    const head = JSON.stringify({
      name: resource.name,
      exit_code: resource.exitCode,
      error: errorToJson(resource.error),
      requests: resource.requests,
      paginator: resource.paginator,
      notices: resource.notices,
      data_selector: resource.dataSelector,
      write_disposition: resource.writeDisposition,
      primary_key: resource.primaryKey,
      rows: resource.rows,
      tables: resource.tables,
      ...(resource.fields.length === 0 ? {} : { schema_fields: resource.fields }),
    });
    return `${head.slice(0, -1)},"records":[${resource.records.join(",")}]}`;
  });
  const { source, dataset, exitCode } = report;
  const head = JSON.stringify({ schema_version: SCHEMA_VERSION, source, dataset, exit_code: exitCode });
  return `${head.slice(0, -1)},"resources":[${resources.join(",")}]}`;
}

function renderResource(report: PreviewReport, resource: ResourcePreview, color: ChalkInstance): string {
  const { notices, error, tables, records } = resource;
  const lines = [color.bold(`${report.source}.${resource.name}`), ...factsOf(report, resource)];
  for (const notice of notices) lines.push(`  note       ${notice}`);
  if (error !== null) return [...lines, `  ${color.red("failed")}     ${error.message}`].join("\n");
  for (const table of tables) lines.push("", indent(renderTable(table)));
  if (resource.fields.length > 0) {
    const fields = resource.fields.map(({ name, type }) => [name, type]);
    lines.push("", "  fields in the server's schema");
    lines.push(indent(formatTextTable([{ header: "field" }, { header: "type" }], fields), 4));
  }
  lines.push(
    "",
    `  ${records.length === 0 ? "no records" : `first ${formatPlural(records.length, "record")}`}`,
  );
  return [...lines, ...records.map((record) => `  ${escapeControls(record)}`)].join("\n");
}

function factsOf({ dataset }: PreviewReport, resource: ResourcePreview): string[] {
  const { requests, dataSelector, paginator, rows, writeDisposition, primaryKey } = resource;
  const asked =
    requests.length === 0
      ? ["read by a TypeScript module"]
      : requests.map(
          ({ method, url, status }) => `${method} ${url} → ${status === 0 ? "no answer" : String(status)}`,
        );
  const key = primaryKey.length === 0 ? "" : `, primary key ${primaryKey.join(", ")}`;
  return [
    ...asked.map((request) => `  request    ${request}`),
    ...(resource.error === null
      ? [
          `  records    ${formatPlural(rows, "record")} read${dataSelector === null ? "" : `, under ${dataSelector}`}`,
        ]
      : []),
    ...(paginator === null ? [] : [`  paginator  ${paginator}`]),
    `  load       ${writeDisposition} into ${dataset}${key}`,
  ];
}

function renderTable({ name, parent, columns }: PreviewTable): string {
  const title = `table ${name}${parent === null ? "" : ` (rows of ${parent})`}`;
  const rows = columns.map((column) => [column.name, `${column.type}${column.nullable ? "" : " NOT NULL"}`]);
  return `${title}\n${indent(formatTextTable([{ header: "column" }, { header: "type" }], rows))}`;
}

function indent(text: string, by = 2): string {
  return text.replace(/^/gm, " ".repeat(by));
}
