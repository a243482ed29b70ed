import type { PageFacts } from "../../model/source.js";
import { excerptOf } from "../formats/excerpt.js";

/** The page as messages name it: `page 2 (https://…)`. */
export function describePage(page: PageFacts): string {
  return `page ${String(page.number)} (${page.url})`;
}

/** The facts of the page that every error about its body carries. */
export function pageContext(page: PageFacts): Readonly<Record<string, unknown>> {
  return { url: page.url, status: page.status, page: page.number };
}

/** Status, content type and first bytes of a body that is not what it should be (contract §2.1, Records). */
export function describeBody(head: Buffer, page: PageFacts): string {
  const type =
    page.contentType === undefined ? "no content type" : `content type ${excerptOf(page.contentType)}`;
  return `status ${String(page.status)}, ${type}; it begins: ${excerptOf(head.toString("utf8"))}`;
}

/** How many bytes of a body are kept for messages; enough for 500 characters of up to four bytes. */
export const HEAD_BYTES = 2_000;
