import cliProgress from "cli-progress";
import type { RunEvent } from "../../model/events.js";
import { formatBytes, formatPlural } from "../text-table.js";
import { describeEvent, type Verbosity } from "./describe-event.js";
import type { ProgressSubscriber } from "./subscriber.js";

const FORMAT = "  {name} {rows}  {pages}  {bytes}  {state}";

/** One line a resource that counts while it is read, on a terminal's stderr; notices scroll above. */
export function createBarProgress(stream: NodeJS.WritableStream, verbosity: Verbosity): ProgressSubscriber {
  const bars = new cliProgress.MultiBar({ stream, format: FORMAT, hideCursor: true, clearOnComplete: false });
  const byResource = new Map<string, cliProgress.SingleBar>();
  const barOf = (event: { source: string; resource: string }): cliProgress.SingleBar => {
    const name = `${event.source}.${event.resource}`;
    const known = byResource.get(name);
    if (known !== undefined) return known;
    const bar = bars.create(1, 0, {
      name: name.padEnd(24),
      rows: "0 rows",
      pages: "0 pages",
      bytes: "0 B",
      state: "",
    });
    byResource.set(name, bar);
    return bar;
  };
  return {
    onEvent(event) {
      showOnBar(event, barOf);
      if (!isShownAsLine(event)) return;
      const line = describeEvent(event, verbosity);
      if (line !== undefined) bars.log(`${line}\n`);
    },
    onEnd() {
      bars.stop();
    },
  };
}

function isShownAsLine(event: RunEvent): boolean {
  return ["request", "retry", "rate_limited", "notice"].includes(event.event);
}

function showOnBar(
  event: RunEvent,
  barOf: (event: { source: string; resource: string }) => cliProgress.SingleBar,
): void {
  if (event.event === "resource_start") barOf(event).update({ state: "reading" });
  if (event.event === "progress")
    barOf(event).update({
      rows: formatPlural(event.rows, "row"),
      pages: formatPlural(event.pages, "page"),
      bytes: formatBytes(event.bytes),
    });
  if (event.event === "resource_end")
    barOf(event).update(1, {
      rows: formatPlural(event.rows, "row"),
      state: event.status === "ok" ? "read" : event.status,
    });
}
