/**
 * Holds every secret value of a run and takes them out of text (rules S1, S2): in plain, JSON-escaped,
 * URL-encoded and base64 form. Values under 6 characters only as whole words, under 4 not at all.
 */
export interface Redactor {
  /** Registers a value, without the white space around it; idempotent, safe to call with an empty string. */
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
  let compiled: Compiled | undefined;
  return {
    add(value) {
      const secret = value.trim();
      if (secret.length < SHORTEST_SECRET || values.has(secret)) return;
      values.add(secret);
      compiled = undefined;
    },
    redact(text) {
      if (values.size === 0) return text;
      compiled ??= compile(values);
      return maskCut(text.replace(compiled.pattern, MASK), compiled.forms);
    },
  };
}

interface Compiled {
  readonly forms: readonly string[];
  readonly pattern: RegExp;
}

function compile(values: ReadonlySet<string>): Compiled {
  const forms = new Set<string>();
  for (const value of values) for (const form of spellings(value)) forms.add(form);
  // Longest first: a secret that contains another is replaced whole.
  const ordered = [...forms].sort((a, b) => b.length - a.length);
  return { forms: ordered, pattern: new RegExp(ordered.map(toPattern).join("|"), "g") };
}

function spellings(value: string): string[] {
  const base64 = Buffer.from(value).toString("base64");
  return [value, base64, base64.replace(/=+$/, ""), Buffer.from(value).toString("base64url")];
}

/** However a server, a URL or a JSON document spells it, once or several times over. */
function toPattern(form: string): string {
  const tolerant = Array.from(form, toCharacterPattern).join("");
  if (form.length >= SHORTEST_SUBSTRING) return tolerant;
  return `(?<![A-Za-z0-9_])${tolerant}(?![A-Za-z0-9_])`;
}

const SHORT_ESCAPES: Readonly<Record<string, string>> = { "\n": "n", "\r": "r", "\t": "t" };

function toCharacterPattern(character: string): string {
  if (/[A-Za-z0-9]/.test(character)) return character;
  const units = Array.from({ length: character.length }, (_, index) => character.charCodeAt(index));
  const bytes = [...Buffer.from(character)];
  const short = SHORT_ESCAPES[character];
  return `(?:${[
    // As it is, and as JSON in JSON escapes it: a quote, a backslash, PHP's slash.
    `\\\\*${character.replace(/[.*+?^${}()|[\]\\/-]/g, "\\$&")}`,
    ...(short === undefined ? [] : [`\\\\+${short}`]),
    units.map((unit) => `\\\\+u${toHexPattern(unit, 4)}`).join(""),
    bytes.map((byte) => `%(?:25)*${toHexPattern(byte, 2)}`).join(""),
    ...(character === " " ? ["\\+"] : []),
    ...(NAMED[character] ?? []),
    `&#0*${String(character.codePointAt(0))};`,
    `&#[xX]0*${toHexPattern(character.codePointAt(0) ?? 0, 1)};`,
  ].join("|")})`;
}

const NAMED: Readonly<Record<string, readonly string[]>> = {
  '"': ["&quot;"],
  "&": ["&amp;"],
  "'": ["&apos;"],
  "<": ["&lt;"],
  ">": ["&gt;"],
};

function toHexPattern(value: number, digits: number): string {
  return value
    .toString(16)
    .padStart(digits, "0")
    .replace(/[a-f]/g, (letter) => `[${letter}${letter.toUpperCase()}]`);
}

/** Text is cut with an ellipsis before its secrets are known: what stands before one may be the start of a secret. */
function maskCut(text: string, forms: readonly string[]): string {
  if (!text.includes("…")) return text;
  const parts = text.split("…");
  const last = parts.pop() ?? "";
  return [...parts.map((part) => maskEnd(part, forms)), last].join("…");
}

function maskEnd(text: string, forms: readonly string[]): string {
  for (const form of forms) {
    for (let length = form.length - 1; length >= SHORTEST_SECRET; length -= 1) {
      if (text.endsWith(form.slice(0, length))) return `${text.slice(0, -length)}${MASK}`;
    }
  }
  return text;
}
