import { JsonFault } from "../json/json-fault.js";
import { parseLossless } from "../json/parse-lossless.js";
import { skipValue, skipWhitespace } from "../json/skip-value.js";
import type { PageFacts, RecordPick } from "../model/source.js";
import { GuardError, ResponseError } from "../shared/errors.js";
import { explainFault, rejectOtherFormats, rejectTrailing } from "./body-fault.js";
import { decodeCharset } from "./charset.js";
import { chooseRecords, type RecordChoice } from "./choose-records.js";
import type { FieldLearner } from "./field-learner.js";
import {
  describeMissingKey,
  describeMissingStep,
  rejectMissing,
  rejectServerError,
} from "./missing-records.js";
import { outlineBody } from "./outline.js";
import { describeBody, describePage, HEAD_BYTES, pageContext } from "./page-message.js";
import { createPageRecords, type SplitBody } from "./page-records.js";
import { RecordCollector, type CollectorOptions } from "./record-collector.js";
import { formatKeyPath, parseSelector, type Selector } from "./selector.js";
import { walkJsonPath } from "./walk-json-path.js";
import { walkKeys, type Cut, type WalkedKeys } from "./walk-keys.js";

/**
 * Finds the records of one body, by its bytes: the body itself becomes NDJSON where its records stand, so it must
 * not be read by others afterwards. The learner learns the records; it forgets them if this throws. Throws
 * GuardError, ResponseError or DataError (contract §2.1 Records, rules B1, B2, D1–D4, P2, P11). A ResponseError with
 * `unreadable: true` in its context is one that asking again may cure (rule D4).
 */
export function splitBody(
  body: Buffer,
  pick: RecordPick,
  page: PageFacts,
  options: { readonly learner: FieldLearner; readonly maxRecordBytes: number },
): SplitBody {
  const mark = options.learner.mark();
  let head = Buffer.from(body.subarray(0, HEAD_BYTES));
  try {
    const buffer = decodeCharset(body, page);
    const start = skipWhitespace(buffer, 0, buffer.length);
    head = Buffer.from(buffer.subarray(start, start + HEAD_BYTES));
    const splitter: Splitter = {
      buffer,
      start,
      head,
      pick,
      page,
      options: { ...options, origin: describePage(page) },
    };
    return splitDecoded(splitter);
  } catch (error) {
    options.learner.rollback(mark);
    throw error instanceof JsonFault ? explainFault(error, head, page) : error;
  }
}

interface Splitter {
  readonly buffer: Buffer;
  /** The first byte that is not blank. */
  readonly start: number;
  readonly head: Buffer;
  readonly pick: RecordPick;
  readonly page: PageFacts;
  readonly options: CollectorOptions;
}

function splitDecoded(splitter: Splitter): SplitBody {
  const { buffer, start, pick, page } = splitter;
  if (start === buffer.length) return noRecords(splitter, undefined);
  rejectOtherFormats(buffer, start, page);
  const isNested = buffer[start] === 0x7b || buffer[start] === 0x5b;
  if (pick.selector !== undefined) {
    const selector = parseSelector(pick.selector);
    return isNested || isRoot(selector) ? splitSelected(splitter, selector) : splitScalar(splitter);
  }
  if (!isNested) return splitScalar(splitter);
  return pick.chosen === undefined || pick.chosen === ""
    ? splitByChoice(splitter)
    : splitChosen(splitter, pick.chosen);
}

function isRoot(selector: Selector): boolean {
  return selector.kind === "keys" && selector.keys.length === 0 && !selector.isWild;
}

/** Zero records; `chosen` is empty where nothing was there to choose from, so that a later page may. */
function noRecords({ pick, options }: Splitter, envelope: unknown): SplitBody {
  return createPageRecords({
    records: new RecordCollector(options),
    chosen: pick.selector ?? pick.chosen ?? "",
    readEnvelope: () => envelope,
  });
}

/** A body that is one value: `null` is zero records, anything else an error (rule D3). */
function splitScalar(splitter: Splitter): SplitBody {
  const { buffer, start, head, page } = splitter;
  rejectTrailing(buffer, skipValue(buffer, start, buffer.length), head, page);
  if (buffer[start] === 0x6e) return noRecords(splitter, null);
  throw new ResponseError(
    `${describePage(page)}: the body is a single value, not records (${describeBody(head, page)})`,
    { hint: "set `data_selector: $` if that value is the record", context: pageContext(page) },
  );
}

function splitByChoice(splitter: Splitter): SplitBody {
  const { buffer, start, head, pick, page } = splitter;
  if (buffer[start] === 0x5b) return takeAt(splitter, []);
  const { outline, after } = outlineBody(buffer, start, buffer.length);
  rejectTrailing(buffer, after, head, page);
  const choice = chooseRecords(outline, pick.singleEntity);
  switch (choice.kind) {
    case "list":
      return takeAt(splitter, choice.keys);
    case "object":
      return takeObject(splitter, choice.keys);
    case "nothing":
    case "unclear":
      return withoutChoice(splitter, choice);
    default:
      return choice satisfies never;
  }
}

function takeObject(splitter: Splitter, keys: readonly string[]): SplitBody {
  const { buffer, start, page } = splitter;
  if (keys.length === 0) {
    rejectServerError(
      [parseLossless(buffer, start, buffer.length)],
      page,
      "if this object is the record, set `data_selector: $`",
    );
  }
  return takeAt(splitter, keys);
}

function withoutChoice(
  splitter: Splitter,
  choice: Extract<RecordChoice, { kind: "nothing" | "unclear" }>,
): SplitBody {
  const { buffer, start, page } = splitter;
  const envelope = parseLossless(buffer, start, buffer.length);
  rejectServerError([envelope], page);
  if (choice.kind === "nothing") return noRecords(splitter, envelope);
  throw new GuardError(`${describePage(page)}: ${choice.reason}`, {
    hint: choice.hint,
    context: pageContext(page),
  });
}

/** Takes the records under the keys that this page's own choice named. */
function takeAt(splitter: Splitter, keys: readonly string[]): SplitBody {
  const walked = walk(splitter, keys, false);
  const split = pageOf(splitter, walked, formatKeyPath(keys));
  if (split.rows === 0) rejectServerError(valuesOnWay(split.envelope, keys), splitter.page);
  return split;
}

/** A page whose records stand where an earlier one's stood. */
function splitChosen(splitter: Splitter, chosen: string): SplitBody {
  const { page } = splitter;
  const selector = parseSelector(chosen);
  if (selector.kind !== "keys" || page.number === 1) {
    const { buffer, start } = splitter;
    // Kept from an earlier run: only a hint, if the body looks otherwise today.
    const isThere = selector.kind === "keys" && holdsList(buffer, start, selector.keys);
    return isThere ? takeAt(splitter, selector.keys) : splitByChoice(splitter);
  }
  const walked = walk(splitter, selector.keys, false);
  if (walked.found !== "one") return finishKeys(splitter, walked, selector.keys);
  const body = parseLossless(splitter.buffer, splitter.start, splitter.buffer.length);
  rejectServerError([body], page);
  if (typeof body === "object" && body !== null && Object.keys(body).length === 0)
    return noRecords(splitter, body);
  throw new GuardError(
    `${describePage(page)}: there is no list under "${chosen}", where pages have their records`,
    {
      hint: "set `data_selector` to where the records of every page stand, or `paginator: single_page` if there is one page only",
      context: pageContext(page),
    },
  );
}

function holdsList(buffer: Buffer, start: number, keys: readonly string[]): boolean {
  let { outline } = outlineBody(buffer, start, buffer.length);
  for (const key of keys) {
    const member = outline.kind === "object" ? outline.members.get(key) : undefined;
    if (member === undefined) return false;
    outline = member;
  }
  return outline.kind === "list";
}

function splitSelected(splitter: Splitter, selector: Selector): SplitBody {
  if (selector.kind === "keys")
    return finishKeys(splitter, walk(splitter, selector.keys, selector.isWild), selector.keys);
  const { buffer, start, head, pick, page, options } = splitter;
  rejectTrailing(buffer, skipValue(buffer, start, buffer.length), head, page);
  const walked = walkJsonPath(buffer, selector.path, options);
  const split = createPageRecords({
    records: walked.records,
    chosen: pick.selector ?? "",
    readEnvelope: () => walked.readEnvelope(),
  });
  if (split.rows > 0) return split;
  rejectServerError(walked.onWay(), page);
  if (walked.missing !== undefined) {
    const { step, before } = walked.missing;
    const what = `data_selector "${selector.path.text}" matches nothing: ${describeMissingStep(step, before)}`;
    rejectMissing(split.envelope, what, pick, page);
  }
  return split;
}

function finishKeys(splitter: Splitter, walked: WalkedKeys, keys: readonly string[]): SplitBody {
  const { pick, page } = splitter;
  const split = pageOf(splitter, walked, pick.selector ?? formatKeyPath(keys));
  if (split.rows > 0) return split;
  rejectServerError(valuesOnWay(split.envelope, keys), page);
  if (walked.found === "missing" || walked.found === "scalar") {
    const reason = describeMissingKey(split.envelope, keys);
    const what =
      pick.selector === undefined
        ? `no records where page 1 had them: ${reason}`
        : `data_selector "${pick.selector}" matches nothing: ${reason}`;
    rejectMissing(split.envelope, what, pick, page);
  }
  return split;
}

function walk(splitter: Splitter, keys: readonly string[], isWild: boolean): WalkedKeys {
  const { buffer, start, head, page, options } = splitter;
  const walked = walkKeys({ buffer, start, end: buffer.length }, keys, isWild, options);
  rejectTrailing(buffer, walked.after, head, page);
  return walked;
}

function pageOf({ buffer }: Splitter, { records, cuts }: WalkedKeys, chosen: string): SplitBody {
  return createPageRecords({ records, chosen, readEnvelope: () => readEnvelope(buffer, cuts) });
}

/** The body, parsed, with empty lists in place of those whose records were taken. */
function readEnvelope(buffer: Buffer, cuts: readonly Cut[]): unknown {
  const pieces: Buffer[] = [];
  let at = 0;
  for (const { start, end } of cuts) {
    pieces.push(buffer.subarray(at, start), EMPTY_LIST);
    at = end;
  }
  const envelope = Buffer.concat([...pieces, buffer.subarray(at)]);
  return parseLossless(envelope, 0, envelope.length);
}

const EMPTY_LIST = Buffer.from("[]");

/** The body, and the values under each key on the way to its records. */
function valuesOnWay(body: unknown, keys: readonly string[]): unknown[] {
  const values = [body];
  let value = body;
  for (const key of keys.slice(0, -1)) {
    value = typeof value === "object" && value !== null ? (value as Record<string, unknown>)[key] : undefined;
    values.push(value);
  }
  return values;
}
