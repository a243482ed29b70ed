/** A value from a server, fit for a message: as JSON, control and format characters escaped, cut at 200 characters. */
export function showValue(value: unknown): string {
  const text = typeof value === "bigint" ? String(value) : stringify(value);
  const safe = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return `\\u${code.toString(16).padStart(4, "0")}`;
  });
  return safe.length <= LONGEST ? safe : `${safe.slice(0, LONGEST - 1)}…`;
}

const LONGEST = 200;

function stringify(value: unknown): string {
  if (value === undefined) return "nothing";
  return JSON.stringify(value, (_key, item: unknown) => (typeof item === "bigint" ? String(item) : item));
}
