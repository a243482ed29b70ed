import type { Redactor } from "../shared/redact.js";

/** Most characters of a server's text that a message shows (rule H5). */
const LONGEST_EXCERPT = 500;
/** Enough to fill an excerpt even after secrets are taken out. */
const READ_BYTES = 16_384;

/** Control and format characters that could rewrite a terminal line or hide text. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/**
 * Text from a server made fit for a message: secrets replaced, control characters escaped, at most `limit`
 * characters, an ellipsis included where it was cut.
 */
export function toServerText(text: string | Uint8Array, redactor: Redactor, limit = LONGEST_EXCERPT): string {
  const whole = typeof text === "string" ? text : Buffer.from(text.subarray(0, READ_BYTES)).toString("utf8");
  const pieces = Array.from(redactor.redact(whole).trim(), (character) => character.replace(UNSAFE, escape));
  let length = 0;
  const kept: string[] = [];
  for (const piece of pieces) {
    length += piece.length;
    kept.push(piece);
    if (length > limit) return `${cutTo(kept, limit - 1)}…`;
  }
  return kept.join("");
}

/** Drops whole pieces from the end, so that no escape is cut in half. */
function cutTo(pieces: string[], limit: number): string {
  let length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  while (length > limit) length -= pieces.pop()?.length ?? length;
  return pieces.join("");
}

function escape(character: string): string {
  switch (character) {
    case "\n":
      return "\\n";
    case "\r":
      return "\\r";
    case "\t":
      return "\\t";
    default:
      return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
  }
}
