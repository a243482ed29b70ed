/** The smallest and largest integer of a DuckDB integer type; undefined for any other type. */
export function integerRange(sqlType: string): readonly [bigint, bigint] | undefined {
  const bits = SIGNED_BITS[sqlType];
  if (bits === undefined) return undefined;
  const limit = 1n << (bits - 1n);
  return [-limit, limit - 1n];
}

const SIGNED_BITS: Readonly<Record<string, bigint>> = {
  TINYINT: 8n,
  SMALLINT: 16n,
  INTEGER: 32n,
  BIGINT: 64n,
  HUGEINT: 128n,
};
