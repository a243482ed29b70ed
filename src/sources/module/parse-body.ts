import { decodeCharset } from "../../extract/formats/charset.js";
import { describeBody, describePage, HEAD_BYTES, pageContext } from "../../extract/spool/page-message.js";
import { JsonFault } from "../../json/json-fault.js";
import { parseLossless } from "../../json/parse-lossless.js";
import type { PageFacts } from "../../model/source.js";
import { ResponseError } from "../../shared/errors.js";

/**
 * A JSON body as a value: integers beyond 2^53 are bigints, an empty body is null. Throws ResponseError with status,
 * content type and first bytes for what is no JSON.
 */
export function parseBody(body: Buffer, page: PageFacts): unknown {
  const text = decodeCharset(body, page);
  if (/^\s*$/.test(text.toString("latin1", 0, 64)) && text.toString("utf8").trim() === "") return null;
  try {
    return parseLossless(text, 0, text.length);
  } catch (error) {
    if (!(error instanceof JsonFault)) throw error;
    throw new ResponseError(`${describePage(page)}: the body is not JSON: ${error.message}`, {
      hint: describeBody(text.subarray(0, HEAD_BYTES), page),
      context: pageContext(page),
    });
  }
}
