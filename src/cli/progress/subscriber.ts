import type { RunEvent } from "../../model/events.js";
import type { RunReport } from "../../model/report.js";

/** One way of showing a run while it goes on. */
export interface ProgressSubscriber {
  onEvent(event: RunEvent): void;
  /** Called once, on every path out; `report` is undefined when the run never began. */
  onEnd(report: RunReport | undefined): void;
}

/** The values of `--progress`. */
export const PROGRESS_KINDS = ["auto", "bar", "log", "json", "none"] as const;
/** One of the values of `--progress`. */
export type ProgressKind = (typeof PROGRESS_KINDS)[number];
