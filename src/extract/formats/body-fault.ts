import { unexpected } from "../../json/skip-value.js";
import type { JsonFault } from "../../json/json-fault.js";
import type { PageFacts } from "../../model/source.js";
import { DataError, GuardError, ResponseError, type DangoError } from "../../shared/errors.js";
import { checkBody } from "./check-body.js";
import { describeBody, describePage, pageContext } from "../spool/page-message.js";
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

/** What to do about values nested too deeply. */
export const DEPTH_HINT =
  "`max_depth` on the client may be 1,000 at most; select or exclude fields by the API's own parameters";

/** A fault that is a limit of rule B2; `where` is the page or record that went beyond it. */
export function explainLimit(
  fault: JsonFault,
  where: string,
  context: Readonly<Record<string, unknown>>,
): GuardError {
  if (fault.reason === "depth") {
    return new GuardError(`${where}: a value is ${fault.message}`, {
      hint: DEPTH_HINT,
      context,
    });
  }
  return new GuardError(`${where}: the records have ${fault.problem}`, {
    hint: "keys that are data, such as ids, make a field each: point `data_selector` at the records themselves, or raise `max_columns` on the client",
    context,
  });
}

/** Throws a ResponseError if the body, of which `at` is the first byte that is not blank, cannot be JSON. */
export function rejectOtherBodies(buffer: Buffer, at: number, page: PageFacts): void {
  if (buffer[at] === 0x7b || buffer[at] === 0x5b) return;
  const reason = checkBody(buffer, page.contentType, "json");
  if (reason !== undefined) throw unreadableBody(reason, buffer, page);
}

/** Throws if anything but blanks stands behind the body's value, which ended before `after`. */
export function rejectTrailing(buffer: Buffer, after: number, head: Buffer, page: PageFacts): void {
  let at = after;
  while (at < buffer.length && (buffer[at] as number) <= 0x20) at += 1;
  if (at >= buffer.length) return;
  const isNested = buffer[at] === 0x7b || buffer[at] === 0x5b;
  if (!isNested) throw unexpected(buffer, at, buffer.length, "the end of the JSON");
  throw new ResponseError(
    `${describePage(page)}: another value follows the JSON at byte ${String(at)} (${describeBody(head, page)})`,
    {
      hint: "if the body is JSON lines, set `response_format: jsonl`",
      context: { ...pageContext(page), offset: at },
    },
  );
}
