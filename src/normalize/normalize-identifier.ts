/**
 * dlt's `snake_case` of one identifier. Throws nothing and never returns an empty string for a key that is not blank;
 * a blank key gives `""`. dlt's shortening of long names does not apply: DuckDB takes names of 65,536 characters.
 */
export function normalizeIdentifier(identifier: string): string {
  const spelled = identifier
    .replace(OUTER_BLANKS, "")
    .replace(/[+\-*@|]/g, (char) => TRANSLATED[char] ?? "_")
    .replace(/[^a-zA-Z\p{Nd}_]+/gu, "_")
    .replace(/([^_])([A-Z][a-z]+)/gu, "$1_$2")
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .toLowerCase()
    .replace(/^(?=\p{Nd})/u, "_");
  return spelled.replace(/_+$/, (tail) => "x".repeat(tail.length)).replace(/__+/g, "_");
}

const TRANSLATED: Readonly<Record<string, string>> = { "+": "x", "-": "_", "*": "x", "@": "a", "|": "l" };

// What Python's `str.strip` takes off, which is not quite what `trim` does.
const BLANK = "\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
const OUTER_BLANKS = new RegExp(`^[${BLANK}]+|[${BLANK}]+$`, "g");
