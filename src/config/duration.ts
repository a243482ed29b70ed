const UNIT_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

const ISO =
  /^P(?:(\d+(?:\.\d+)?)W)?(?:(\d+(?:\.\d+)?)D)?(?:T(?:(\d+(?:\.\d+)?)H)?(?:(\d+(?:\.\d+)?)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;
const ISO_UNITS_MS = [604_800_000, 86_400_000, 3_600_000, 60_000, 1_000];

/**
 * Milliseconds of a duration as rule I6 spells them: `500ms`, `30s`, `5m`, `2h`, `3d` or ISO 8601 (`PT30S`, `P3D`);
 * undefined if the text is none.
 */
export function parseDurationMs(text: string): number | undefined {
  const short = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)$/.exec(text.trim());
  if (short !== null) return Number(short[1]) * (UNIT_MS[short[2] ?? ""] ?? 0);
  const iso = ISO.exec(text.trim());
  if (iso === null) return undefined;
  const parts = iso.slice(1);
  if (parts.every((part) => (part as string | undefined) === undefined)) return undefined;
  return parts.reduce(
    (sum, part, index) => sum + Number((part as string | undefined) ?? 0) * (ISO_UNITS_MS[index] ?? 0),
    0,
  );
}

/** Milliseconds of a duration that has been checked: text, or a number of seconds. */
export function durationMs(value: string | number): number {
  return typeof value === "number" ? value * 1_000 : (parseDurationMs(value) ?? 0);
}
