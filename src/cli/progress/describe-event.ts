import type { RunEvent } from "../../model/events.js";
import { formatBytes, formatPlural } from "../text-table.js";

/** How much of a run is told in lines. */
export interface Verbosity {
  /** Every request. Set when the project is read, whose settings may ask for it. */
  isVerbose: boolean;
}

/** One event as a line for people, or undefined if it is not worth one. */
export function describeEvent(event: RunEvent, verbosity: Readonly<Verbosity>): string | undefined {
  switch (event.event) {
    case "start":
    case "resource_start":
    case "schema_change":
      return undefined;
    case "source_start":
      return `${event.source}: reading into ${event.dataset}`;
    case "progress":
      return `${event.source}.${event.resource}: ${formatPlural(event.rows, "row")}, ${formatPlural(event.pages, "page")}, ${formatBytes(event.bytes)}`;
    case "request":
      return verbosity.isVerbose
        ? `${event.source}.${event.resource}: ${event.method} ${event.url} ${String(event.status)} ${event.seconds.toFixed(3)} s`
        : undefined;
    case "retry":
      return `${event.source}.${event.resource}: ${event.reason}; retry ${String(event.attempt)} in ${seconds(event.waitMs)}`;
    case "rate_limited":
      return `${event.source}.${event.resource}: waiting ${seconds(event.waitMs)} for the rate limit`;
    case "notice": {
      const where = event.resource === undefined ? event.source : `${event.source}.${event.resource}`;
      return `${event.level === "warning" ? "warning: " : ""}${where}: ${event.message}`;
    }
    case "resource_end":
      return `${event.source}.${event.resource}: ${event.status === "ok" ? `read ${formatPlural(event.rows, "row")}` : event.status}`;
    case "load_start":
      return `${event.source}: loading`;
    case "commit":
      return `${event.source}: committed load ${event.loadId}`;
  }
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}
