import type { RunEvent } from "../model/events.js";
import type { Redactor } from "../shared/redact.js";

/** An event without secrets. Names of sources, resources, tables and columns stay as they are (rule S2). */
export function redactEvent(event: RunEvent, redactor: Redactor): RunEvent {
  switch (event.event) {
    case "request":
      return { ...event, url: redactor.redact(event.url) };
    case "retry":
      return { ...event, reason: redactor.redact(event.reason) };
    case "notice":
      return { ...event, message: redactor.redact(event.message) };
    default:
      return event;
  }
}
