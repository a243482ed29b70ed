import type { PageFacts, RecordPick } from "../../model/source.js";
import { createPageRecords, type SplitBody } from "../spool/page-records.js";
import { RecordCollector, type CollectorOptions } from "../record-collector.js";
import type { Selector } from "../select/selector.js";

/** One body while its records are looked for. */
export interface Splitter {
  /** UTF-8 without a byte order mark. Its bytes become the records'. */
  readonly buffer: Buffer;
  /** The first byte that is not blank. */
  readonly start: number;
  /** The beginning of the body, for messages. */
  readonly head: Buffer;
  readonly pick: RecordPick;
  readonly page: PageFacts;
  readonly options: CollectorOptions;
  /** The body was XML, in which an element without children may be a list without elements. */
  readonly isXml?: boolean;
}

/** Zero records; `chosen` is empty where nothing was there to choose from, so that a later page may. */
export function noRecords({ pick, options }: Splitter, envelope: unknown): SplitBody {
  return createPageRecords({
    records: new RecordCollector(options),
    chosen: pick.selector ?? pick.chosen ?? "",
    readEnvelope: () => envelope,
  });
}

/** True for `$`, which is the body itself. */
export function isRoot(selector: Selector): boolean {
  return selector.kind === "keys" && selector.keys.length === 0 && !selector.isWild;
}
