/**
 * The JSON spelling of a value that a format without types sends as text (rule D6): integers without leading zeros,
 * decimals, `true` and `false` as such, everything else as a string. Numbers keep their digits. An exponent makes a
 * number only beside a fraction or a sign (`1.5e3`, `1e-05`), for `12E3` is more often a code.
 */
export function spellScalar(text: string): string {
  const first = text.charCodeAt(0);
  const mayBeNumber = (first >= 0x30 && first <= 0x39) || first === 0x2d;
  if (mayBeNumber && NUMBER.test(text)) return text;
  return text === "true" || text === "false" ? text : JSON.stringify(text);
}

const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+(?:[eE][+-]?\d+)?|[eE][+-]\d+)?$/;
