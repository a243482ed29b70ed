import type { PageFacts } from "../../model/source.js";
import { ResponseError } from "../../shared/errors.js";
import { describeBody, describePage, pageContext } from "../spool/page-message.js";

/**
 * The error of a body that is not in its format, or broken. `unreadable: true` in its context says that asking once
 * more may bring another body (rule D4), which no other ResponseError does.
 */
export function unreadableBody(
  reason: string,
  head: Buffer,
  page: PageFacts,
  format: "JSON" | "CSV" | "XML" = "JSON",
): ResponseError {
  return new ResponseError(
    `${describePage(page)}: the body is not readable ${format}: ${reason} (${describeBody(head, page)})`,
    {
      hint: "ask for the URL with curl: a login page, a proxy or a maintenance notice may have answered in the API's place",
      context: { ...pageContext(page), unreadable: true },
    },
  );
}
