const LONGEST = 500;

/** Text that a server sent, for a message: control characters escaped, at most 500 characters (rule H5). */
export function excerptOf(text: string): string {
  const escaped = text.slice(0, LONGEST + 1).replace(UNPRINTABLE, escapeCharacter);
  return escaped.length > LONGEST ? `${escaped.slice(0, LONGEST - 1)}…` : escaped;
}

/** Controls, line separators, and the marks that turn the direction of text around. */
const UNPRINTABLE = /[\p{Cc}\p{Zl}\p{Zp}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

const SHORT_ESCAPES: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

function escapeCharacter(character: string): string {
  const code = character.charCodeAt(0).toString(16).padStart(4, "0");
  return SHORT_ESCAPES[character] ?? `\\u${code}`;
}
