/** SQL for a stored value whose column becomes text (B4): as an API most likely spells it, so that the same key is found again. */
export function spellStored(value: string, sqlType: string): string {
  const text = `CAST(${value} AS VARCHAR)`;
  if (sqlType === "DOUBLE") return `regexp_replace(${text}, '\\.0$', '')`;
  if (!sqlType.startsWith("TIMESTAMP")) return text;
  const micros = `strftime(${value}, '%Y-%m-%dT%H:%M:%S.%fZ')`;
  return `regexp_replace(regexp_replace(${micros}, '000Z$', 'Z'), '\\.000Z$', 'Z')`;
}
