import type { EventSink } from "../model/events.js";
import type { Redactor } from "../shared/redact.js";
import { describeEvent } from "./progress/describe-event.js";
import { redactEvent } from "./redact-event.js";
import type { Terminal } from "./terminal.js";

/** Tells on stderr why a command that asks APIs takes its time: retries, limits, warnings. */
export function createNoticeSink(terminal: Terminal, redactor: Redactor): EventSink {
  return (event) => {
    const isTold =
      event.event === "retry" ||
      event.event === "rate_limited" ||
      (event.event === "notice" && event.level === "warning");
    if (!isTold) return;
    const line = describeEvent(redactEvent(event, redactor), { isVerbose: false });
    if (line !== undefined) terminal.err(line);
  };
}
