import { unexpected } from "../json/skip-value.js";
import type { JsonFault } from "../json/json-fault.js";
import type { PageFacts } from "../model/source.js";
import { DataError, GuardError, ResponseError, type DangoError } from "../shared/errors.js";
import { checkJsonBody, detectOtherFormat } from "./check-json-body.js";
import { describeBody, describePage, pageContext } from "./page-message.js";
import { unreadableBody } from "./unreadable-body.js";

/** A fault of a body's JSON, as the user sees it. `head` is the beginning of the body as it was received. */
export function explainFault(fault: JsonFault, head: Buffer, page: PageFacts): DangoError {
  const where = describePage(page);
  const context = { ...pageContext(page), offset: fault.offset };
  switch (fault.reason) {
    case "syntax":
      return unreadableBody(fault.message, head, page);
    case "number":
      return new DataError(`${where}: ${fault.message}`, {
        hint: "JSON has no such number; ask the API for null, or for a string",
        context,
      });
    case "depth":
    case "columns":
      return explainLimit(fault, where, context);
    default:
      return fault.reason satisfies never;
  }
}

/** A fault that is a limit of rule B2; `where` is the page or record that went beyond it. */
export function explainLimit(
  fault: JsonFault,
  where: string,
  context: Readonly<Record<string, unknown>>,
): GuardError {
  if (fault.reason === "depth") {
    return new GuardError(`${where}: a value is ${fault.message}`, {
      hint: "no setting raises this limit; select or exclude fields by the API's own parameters",
      context,
    });
  }
  return new GuardError(`${where}: the records have ${fault.problem}`, {
    hint: "keys that are data, such as ids, make a field each: point `data_selector` at the records themselves",
    context,
  });
}

/** Throws a ResponseError if the body, of which `at` is the first byte that is not blank, is in another format. */
export function rejectOtherFormats(buffer: Buffer, at: number, page: PageFacts): void {
  const format = detectOtherFormat(buffer, page.contentType);
  if (format !== undefined) throw notSupported(format, buffer, page);
  const reason = checkJsonBody(buffer, page.contentType);
  const isNested = buffer[at] === 0x7b || buffer[at] === 0x5b;
  if (reason !== undefined && !isNested) throw unreadableBody(reason, buffer, page);
}

/** Throws if anything but blanks stands behind the body's value, which ended before `after`. */
export function rejectTrailing(buffer: Buffer, after: number, head: Buffer, page: PageFacts): void {
  let at = after;
  let isNextLine = false;
  while (at < buffer.length && (buffer[at] as number) <= 0x20) {
    isNextLine ||= buffer[at] === 0x0a;
    at += 1;
  }
  if (at >= buffer.length) return;
  const isNested = buffer[at] === 0x7b || buffer[at] === 0x5b;
  if (isNested && (isNextLine || /json-?lines|ndjson|jsonl|json-seq/i.test(page.contentType ?? "")))
    throw notSupported("JSON lines", head, page);
  throw unexpected(buffer, at, buffer.length, "the end of the JSON");
}

function notSupported(format: string, head: Buffer, page: PageFacts): ResponseError {
  return new ResponseError(
    `${describePage(page)}: the body is ${format}, which is not supported yet (${describeBody(head, page)})`,
    {
      hint: "ask the API for JSON, by a parameter or by the header `Accept: application/json`",
      context: pageContext(page),
    },
  );
}
