import type { RunEvent } from "../../model/events.js";
import type { RunReport } from "../../model/report.js";

/** How a run ended. */
export interface RunEnd {
  readonly report: RunReport;
  /** Relative to the project; undefined: the run ended before a log was opened. */
  readonly logPath: string | undefined;
}

/** One way of showing a run while it goes on. */
export interface ProgressSubscriber {
  onEvent(event: RunEvent): void;
  /** Called once, on every path out. */
  onEnd(end: RunEnd): void;
}

/** The values of `--progress`. */
export const PROGRESS_KINDS = ["auto", "bar", "log", "json", "none"] as const;
/** One of the values of `--progress`. */
export type ProgressKind = (typeof PROGRESS_KINDS)[number];
