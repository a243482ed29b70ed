const MICROSECONDS = 6;

/** A load id in dlt's format: unix seconds with six decimals. The last three digits are random, so that two loads of one millisecond differ. */
export function createLoadId(nowMs: number, random: () => number): string {
  const micros = BigInt(Math.trunc(nowMs)) * 1000n + BigInt(Math.trunc(random() * 1000));
  const digits = micros.toString().padStart(MICROSECONDS + 1, "0");
  return `${digits.slice(0, -MICROSECONDS)}.${digits.slice(-MICROSECONDS)}`;
}

/** A run id that sorts by time: `20261121T102030-1a2b3c`. */
export function createRunId(nowMs: number, random: () => number): string {
  const time = new Date(nowMs).toISOString().replace(/[-:]|\.\d+Z$/g, "");
  const tail = Math.trunc(random() * 0x1000000)
    .toString(16)
    .padStart(6, "0");
  return `${time}-${tail}`;
}
