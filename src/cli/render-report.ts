import type { ChalkInstance } from "chalk";
import type { ResourceReport, RunReport, SourceReport } from "../model/report.js";
import { EXIT } from "../shared/exit-codes.js";
import { describeLeftOut } from "./describe-left-out.js";
import { formatBytes, formatCount, formatPlural, formatTextTable, type TextColumn } from "./text-table.js";

const COLUMNS: readonly TextColumn[] = [
  { header: "resource" },
  { header: "table" },
  ...["fetched", "inserted", "updated", "deleted", "unchanged", "discarded"].map((header): TextColumn => ({
    header,
    align: "right",
  })),
];

/** The end of a sync for people: per table what happened, per resource how, then a closing line if all went well. */
export function renderReport(report: RunReport, color: ChalkInstance): string {
  const blocks = report.sources.map((source) =>
    report.isDryRun ? renderPlan(source, color) : renderSource(source, color),
  );
  if (report.exitCode === EXIT.ok) blocks.push(color.green(closingLine(report)));
  return blocks.join("\n\n");
}

function renderSource(source: SourceReport, color: ChalkInstance): string {
  const title = `${color.bold(source.name)} → ${source.dataset}`;
  if (source.status === "skipped") return `${title}: skipped, it has \`enabled: false\``;
  const load = source.loadId === null ? "nothing committed" : `load ${source.loadId}`;
  const lines = [`${title} (${load})`];
  const rows = source.resources.flatMap(tableRows);
  if (rows.length > 0) lines.push(indent(formatTextTable(COLUMNS, rows)));
  for (const resource of source.resources) lines.push(indent(renderTraffic(resource)));
  for (const resource of source.resources)
    for (const change of resource.schemaChanges) lines.push(indent(`schema: ${change}`));
  for (const { name, leftOut } of source.resources)
    if (leftOut.length > 0) lines.push(indent(`left out: ${name}: ${describeLeftOut(leftOut)}`));
  return lines.join("\n");
}

/** What a dry run found: the first request, how rows would be written, what would change in the schema. */
function renderPlan(source: SourceReport, color: ChalkInstance): string {
  const lines = [`${color.bold(source.name)} → ${source.dataset} (dry run)`];
  for (const resource of source.resources) {
    lines.push(indent(`${resource.name}: ${resource.firstRequest ?? "read by a TypeScript module"}`));
    if (resource.error !== null) continue;
    const ways = [resource.writeDisposition, ...(resource.paginator === null ? [] : [resource.paginator])];
    lines.push(indent(`  would load by ${ways.join(", ")}`));
    for (const change of resource.schemaChanges) lines.push(indent(`  schema: ${change}`));
  }
  return lines.join("\n");
}

function tableRows(resource: ResourceReport): string[][] {
  if (resource.status !== "ok") return [];
  if (resource.tables.length === 0) return [[resource.name, "(no rows, no table)", "0"]];
  return resource.tables.map((table, index) => [
    index === 0 ? resource.name : "",
    table.name,
    ...[table.fetched, table.inserted, table.updated, table.deleted, table.unchanged, table.discarded].map(
      formatCount,
    ),
  ]);
}

function renderTraffic(resource: ResourceReport): string {
  const isOk = resource.status === "ok";
  const parts = [
    ...(isOk ? [resource.writeDisposition] : ["failed, nothing of it was changed"]),
    ...(!isOk || resource.paginator === null ? [] : [resource.paginator]),
    formatPlural(resource.requests, "request"),
    ...(resource.retries === 0 ? [] : [formatPlural(resource.retries, "retry").replace("retrys", "retries")]),
    formatBytes(resource.bytes),
    `${resource.seconds.toFixed(1)} s`,
  ];
  return `${resource.name}: ${parts.join(", ")}`;
}

function closingLine(report: RunReport): string {
  if (report.isDryRun) return "Dry run: nothing was loaded";
  const resources = report.sources.flatMap((source) => source.resources);
  const rows = resources.reduce((sum, resource) => sum + (resource.tables[0]?.fetched ?? 0), 0);
  return `Done: ${formatPlural(resources.length, "resource")}, ${formatPlural(rows, "record")} fetched in ${report.seconds.toFixed(1)} s`;
}

function indent(text: string): string {
  return text.replace(/^/gm, "  ");
}
