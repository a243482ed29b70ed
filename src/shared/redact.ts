/**
 * Holds every secret value of a run and takes them out of text (rules S1, S2): in plain, JSON-escaped,
 * URL-encoded and base64 form. Values under 6 characters only as whole words, under 4 not at all.
 */
export interface Redactor {
  /** Registers a value; idempotent, safe to call with an empty string. */
  add(value: string): void;
  /** `text` with every known secret replaced by `***`. */
  redact(text: string): string;
}

const MASK = "***";
const SHORTEST_SECRET = 4;
const SHORTEST_SUBSTRING = 6;

/** Creates an empty redactor; one a process is enough, all output goes through it. */
export function createRedactor(): Redactor {
  const values = new Set<string>();
  let pattern: RegExp | undefined;
  return {
    add(value) {
      if (value.length < SHORTEST_SECRET || values.has(value)) return;
      values.add(value);
      pattern = undefined;
    },
    redact(text) {
      if (values.size === 0) return text;
      pattern ??= compile(values);
      return text.replace(pattern, MASK);
    },
  };
}

function compile(values: ReadonlySet<string>): RegExp {
  const forms = new Set<string>();
  for (const value of values) for (const form of spellings(value)) forms.add(form);
  // Longest first: a secret that contains another is replaced whole.
  const alternatives = [...forms].sort((a, b) => b.length - a.length).map(toPattern);
  return new RegExp(alternatives.join("|"), "g");
}

function spellings(value: string): string[] {
  const base64 = Buffer.from(value).toString("base64");
  const uriEncoded = encodeURIComponent(value);
  return [
    value,
    JSON.stringify(value).slice(1, -1),
    uriEncoded,
    uriEncoded.replaceAll("%20", "+"),
    base64,
    base64.replace(/=+$/, ""),
    Buffer.from(value).toString("base64url"),
  ];
}

function toPattern(form: string): string {
  const escaped = form.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");
  if (form.length >= SHORTEST_SUBSTRING) return escaped;
  return `(?<![\\p{L}\\p{N}_])${escaped}(?![\\p{L}\\p{N}_])`.replaceAll("\\p{L}\\p{N}", "A-Za-z0-9");
}
