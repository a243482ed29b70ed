import { parseLossless } from "../../json/parse-lossless.js";
import { skipValue } from "../../json/skip-value.js";
import { GuardError, ResponseError } from "../../shared/errors.js";
import { rejectTrailing } from "./body-fault.js";
import { chooseRecords, type RecordChoice } from "../select/choose-records.js";
import { rejectAbsent, rejectMissing, rejectServerError } from "../select/missing-records.js";
import { outlineBody, type Outline } from "../select/outline.js";
import { describeBody, describePage, pageContext } from "../spool/page-message.js";
import { createPageRecords, type SplitBody } from "../spool/page-records.js";
import { withRecordNames } from "./record-names.js";
import { formatKeyPath, parseSelector, type Selector } from "../select/selector.js";
import { isRoot, noRecords, type Splitter } from "./splitter.js";
import { walkBody, type WalkedBody } from "../select/walk-body.js";

/**
 * Finds the records of a body that is JSON, by its bytes. Throws a JsonFault for what is no JSON, and what
 * `splitBody` promises.
 */
export function splitJson(given: Splitter): SplitBody {
  const splitter = withRecordNames(given);
  const { buffer, start, pick } = splitter;
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
  const choice =
    splitter.isXml === true ? chooseElements(outline) : chooseRecords(outline, pick.singleEntity);
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

/** In XML one record looks like an object that holds records: only what repeats is taken unasked. */
function chooseElements(body: Outline): RecordChoice {
  const choice = chooseRecords(body, false);
  if (choice.kind !== "object" || body.kind !== "object") return choice;
  const [[name, root] = []] = body.members;
  if (root?.kind === "null") return { kind: "nothing" };
  return {
    kind: "unclear",
    reason: "no element of the XML occurs twice in one parent, so it cannot be told which one is a record",
    hint: `set \`data_selector\` to the path of the elements that are records, such as \`data_selector: ${formatKeyPath([name ?? "", "item"])}\``,
  };
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
  // An XML document has all that it says below its one root.
  const root = splitter.isXml === true ? Object.values(envelope as object) : [];
  rejectServerError([envelope, ...(root as unknown[])], page);
  if (choice.kind === "nothing") return noRecords(splitter, envelope);
  throw new GuardError(`${describePage(page)}: ${choice.reason}`, {
    hint: choice.hint,
    context: pageContext(page),
  });
}

/** Takes the records under the keys that this page's own choice named. */
function takeAt(splitter: Splitter, keys: readonly string[]): SplitBody {
  const walked = walkBody(splitter, { kind: "keys", keys, isWild: false });
  if (walked.records.rows === 0) rejectServerError(walked.onWay(), splitter.page);
  return pageOf(walked, formatKeyPath(keys));
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
  const walked = walkBody(splitter, { ...selector, isWild: false });
  if (!walked.isOne) return finish(splitter, walked, formatKeyPath(selector.keys));
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
  return finish(splitter, walkBody(splitter, selector), splitter.pick.selector ?? "");
}

function finish({ pick, page }: Splitter, walked: WalkedBody, chosen: string): SplitBody {
  if (walked.records.rows > 0) {
    rejectAbsent(walked.absentAncestors, walked.onWay(), page);
    return pageOf(walked, chosen);
  }
  rejectServerError(walked.onWay(), page);
  const { missing } = walked;
  if (missing !== undefined) {
    const what =
      pick.selector === undefined
        ? `no records where page 1 had them: ${missing}`
        : `data_selector "${selectorText(pick.selector)}" matches nothing: ${missing}`;
    rejectMissing(walked.readEnvelope(), what, pick, page);
  }
  return pageOf(walked, chosen);
}

function selectorText(written: string): string {
  const selector = parseSelector(written);
  return selector.kind === "keys" ? written : selector.path.text;
}

function pageOf(walked: WalkedBody, chosen: string): SplitBody {
  return createPageRecords({ records: walked.records, chosen, readEnvelope: () => walked.readEnvelope() });
}
