import * as csv from "../../src/extract/formats/csv.js";
import { FieldLearner } from "../../src/extract/field-learner.js";
import type { SplitBody } from "../../src/extract/spool/page-records.js";
import { openBody, splitBody } from "../../src/extract/formats/split-body.js";
import type { PageFacts, RecordPick } from "../../src/model/source.js";
import * as xml from "../../src/extract/formats/xml.js";

const READERS = { csv, xml };

/** What a test says of a body beside its text; the rest is a first page of JSON without a selector. */
export interface SplitSettings extends Partial<RecordPick>, Partial<Omit<PageFacts, "number">> {
  readonly page?: number;
  readonly maxRecordBytes?: number;
  readonly learner?: FieldLearner;
}

/** The page facts that {@link splitText} uses. */
export function pageFacts(settings: SplitSettings = {}): PageFacts {
  const { knownKeys } = settings;
  return {
    number: settings.page ?? 1,
    url: settings.url ?? "https://api.example.com/users",
    status: settings.status ?? 200,
    contentType: settings.contentType ?? "application/json",
    ...(knownKeys === undefined ? {} : { knownKeys }),
  };
}

/** A pick without selector or choice, as on a first page. */
export function recordPick(settings: Partial<RecordPick> = {}): RecordPick {
  return {
    selector: settings.selector,
    emptyWhenMissing: settings.emptyWhenMissing ?? false,
    chosen: settings.chosen,
    singleEntity: settings.singleEntity ?? false,
    format: settings.format,
    recordFields: settings.recordFields,
    ancestors: settings.ancestors,
  };
}

/** Splits a body that a test spells as text or bytes. */
export function splitText(body: string | Buffer, settings: SplitSettings = {}): SplitBody {
  return splitBody(openBody(Buffer.from(body), recordPick(settings), pageFacts(settings)), {
    readers: READERS,
    learner: settings.learner ?? new FieldLearner(),
    maxRecordBytes: settings.maxRecordBytes ?? 64 << 20,
  });
}

/** The NDJSON that would be spooled, as text. */
export function linesOf(page: SplitBody): string {
  return Buffer.concat([...page.segments]).toString("utf8");
}

/** The records, parsed. */
export function recordsOf(page: SplitBody): unknown[] {
  return linesOf(page)
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => JSON.parse(line) as unknown);
}

/** The error that a split ends in, as a test compares it. */
export function splitError(body: string | Buffer, settings: SplitSettings = {}): Record<string, unknown> {
  try {
    splitText(body, settings);
  } catch (error) {
    const { name, message, hint } = error as Error & { hint?: string };
    return { name, message, hint };
  }
  throw new Error("the body was split without an error");
}
