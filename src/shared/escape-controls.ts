/** Controls, line separators, and the marks that turn the direction of text around. */
const CONTROLS = /[\p{Cc}\p{Zl}\p{Zp}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

const SHORT_ESCAPES: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** Text fit for a terminal: characters that could rewrite what stands there are escaped as JSON escapes them. */
export function escapeControls(text: string): string {
  return text.replace(
    CONTROLS,
    (character) => SHORT_ESCAPES[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
