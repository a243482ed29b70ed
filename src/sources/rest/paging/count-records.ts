/** A number of records in words: `1 record`, `20 records`. */
export function countRecords(count: number): string {
  return `${String(count)} ${count === 1 ? "record" : "records"}`;
}
