import { isUtf8 } from "node:buffer";
import { TextDecoder } from "node:util";
import { DataError, ResponseError } from "../../shared/errors.js";
import type { PageFacts } from "../../model/source.js";
import { describePage, HEAD_BYTES, pageContext } from "../spool/page-message.js";
import { unreadableBody } from "./unreadable-body.js";

/**
 * The body as UTF-8 without a byte order mark (rule B1). A body that is UTF-8 is not copied; another charset is
 * decoded as the content type declares, or as its byte order mark shows. Throws a DataError with the offset of the
 * first byte that is not valid.
 */
export function decodeCharset(body: Buffer, page: PageFacts): Buffer {
  const charset = detectCharset(body, page.contentType);
  if (charset !== "utf-8") return decodeOther(body, charset, page);
  const text = startsWith(body, UTF8_MARK) ? body.subarray(UTF8_MARK.length) : body;
  if (isUtf8(text)) return text;
  const invalid = findInvalidUtf8(text);
  if (isCutCharacter(text, invalid))
    throw unreadableBody(
      "it is cut short within a character",
      text.subarray(0, Math.min(invalid, HEAD_BYTES)),
      page,
    );
  const offset = body.length - text.length + invalid;
  const byte = (body[offset] as number).toString(16).padStart(2, "0");
  throw new DataError(
    `${describePage(page)}: the body is not valid UTF-8: byte 0x${byte} at offset ${String(offset)}`,
    {
      hint: "ask the API for UTF-8, or for a content type that declares its charset",
      context: { ...pageContext(page), offset },
    },
  );
}

/** The charset in lower case; `utf-8` if nothing says otherwise. */
export function detectCharset(body: Buffer, contentType: string | undefined): string {
  if (startsWith(body, UTF8_MARK)) return "utf-8";
  if (startsWith(body, UTF16LE_MARK)) return "utf-16le";
  if (startsWith(body, UTF16BE_MARK)) return "utf-16be";
  const header = /;\s*charset\s*=\s*"?([^\s";]+)/i.exec(contentType ?? "")?.[1]?.toLowerCase();
  const declared = header ?? declaredByXml(body);
  return declared === undefined || UTF8_NAMES.has(declared) ? "utf-8" : declared;
}

/** `<?xml … encoding="…"?>`. One that can be read byte by byte is no UTF-16, whatever it says. */
function declaredByXml(body: Buffer): string | undefined {
  if (body[0] !== 0x3c || body[1] !== 0x3f) return undefined;
  const declaration = body.toString("latin1", 0, 256);
  const name = /^<\?xml\s[^>]*?encoding\s*=\s*["']([^"']+)["']/.exec(declaration)?.[1]?.toLowerCase();
  return name?.startsWith("utf-16") === true ? undefined : name;
}

const UTF8_MARK = Buffer.from([0xef, 0xbb, 0xbf]);
const UTF16LE_MARK = Buffer.from([0xff, 0xfe]);
const UTF16BE_MARK = Buffer.from([0xfe, 0xff]);
/** ASCII is a part of UTF-8, and bytes beyond it in a body that claims ASCII are most likely UTF-8. */
const UTF8_NAMES = new Set(["utf-8", "utf8", "us-ascii", "ascii"]);

function startsWith(body: Buffer, mark: Buffer): boolean {
  return body.length >= mark.length && body.compare(mark, 0, mark.length, 0, mark.length) === 0;
}

function decodeOther(body: Buffer, charset: string, page: PageFacts): Buffer {
  const context = pageContext(page);
  let decoder: TextDecoder;
  try {
    decoder = new TextDecoder(charset, { fatal: true });
  } catch (cause) {
    throw new ResponseError(`${describePage(page)}: the charset "${charset}" is not supported`, {
      hint: "ask the API for UTF-8",
      context,
      cause,
    });
  }
  try {
    return Buffer.from(decoder.decode(body));
  } catch (cause) {
    throw new DataError(`${describePage(page)}: the body is not valid ${charset}`, { context, cause });
  }
}

/** The offset of the first byte that belongs to no valid character; the length if there is none. */
function findInvalidUtf8(bytes: Uint8Array): number {
  let at = 0;
  while (at < bytes.length) {
    const length = characterLength(bytes, at);
    if (length === 0) return at;
    at += length;
  }
  return at;
}

/** Whether the bytes from `at` on are the beginning of a character that goes on behind the end. */
function isCutCharacter(bytes: Uint8Array, at: number): boolean {
  const rest = [...bytes.subarray(at, at + 4)];
  if (rest.length === 4) return false;
  return [0x80, 0xbf].some(
    (next) => characterLength(Uint8Array.from([...rest, next, 0x80, 0x80]), 0) > rest.length,
  );
}

function characterLength(bytes: Uint8Array, at: number): number {
  const first = bytes[at] as number;
  if (first < 0x80) return 1;
  const length = first >= 0xc2 && first < 0xe0 ? 2 : first >= 0xe0 && first < 0xf0 ? 3 : 4;
  if (first < 0xc2 || first > 0xf4) return 0;
  const second = bytes[at + 1] ?? 0;
  const [lowest, highest] = SECOND_BYTE[first] ?? [0x80, 0xbf];
  if (second < lowest || second > highest) return 0;
  for (let index = at + 2; index < at + length; index += 1) {
    if (((bytes[index] ?? 0) & 0xc0) !== 0x80) return 0;
  }
  return length;
}

/** Bounds of the byte behind those first bytes that do not take all continuation bytes. */
const SECOND_BYTE: Readonly<Record<number, readonly [number, number]>> = {
  0xe0: [0xa0, 0xbf],
  0xed: [0x80, 0x9f],
  0xf0: [0x90, 0xbf],
  0xf4: [0x80, 0x8f],
};
