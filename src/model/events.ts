import type { LoadedTable } from "./report.js";

/** Everything a run tells while it goes on. Progress bars, lines, `--progress json` and logs all read this stream. */
export type RunEvent =
  | {
      readonly event: "start";
      readonly runId: string;
      /** ISO 8601, UTC. */
      readonly startedAt: string;
      readonly sources: readonly string[];
    }
  | { readonly event: "source_start"; readonly source: string; readonly dataset: string }
  | { readonly event: "resource_start"; readonly source: string; readonly resource: string }
  | {
      readonly event: "progress";
      readonly source: string;
      readonly resource: string;
      readonly rows: number;
      readonly pages: number;
      readonly requests: number;
      readonly bytes: number;
    }
  | {
      readonly event: "request";
      readonly source: string;
      readonly resource: string;
      readonly method: string;
      readonly url: string;
      readonly status: number;
      readonly seconds: number;
    }
  | {
      readonly event: "retry";
      readonly source: string;
      readonly resource: string;
      readonly reason: string;
      readonly attempt: number;
      readonly waitMs: number;
    }
  | {
      readonly event: "rate_limited";
      readonly source: string;
      readonly resource: string;
      readonly waitMs: number;
    }
  | {
      readonly event: "notice";
      readonly level: "info" | "warning";
      readonly source: string;
      readonly resource?: string;
      readonly message: string;
    }
  | {
      readonly event: "schema_change";
      readonly source: string;
      readonly resource: string;
      readonly change: string;
    }
  | {
      readonly event: "resource_end";
      readonly source: string;
      readonly resource: string;
      readonly status: "ok" | "failed" | "skipped";
      readonly rows: number;
    }
  | { readonly event: "load_start"; readonly source: string }
  | {
      readonly event: "commit";
      readonly source: string;
      readonly loadId: string;
      readonly tables: readonly LoadedTable[];
    };

/** A subscriber of the stream. Must not throw and must not block. */
export type EventSink = (event: RunEvent) => void;
