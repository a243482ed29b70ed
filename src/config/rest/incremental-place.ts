import type { ConfigPath } from "../config-path.js";
import type { SourceContext } from "../source-context.js";

/** Where an `incremental` stands. */
export interface IncrementalPlace {
  readonly path: ConfigPath;
  readonly context: SourceContext;
  /** The parameter whose value it is, in dlt's older spelling inside `params`. */
  readonly startParam?: string;
}
