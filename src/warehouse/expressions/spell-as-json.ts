/**
 * SQL for the JSON text of `value`, of DuckDB's type `type`, never NULL, from which the field learner tells the type
 * again: numbers with all their digits, instants as ISO 8601 in UTC, bytes as base64. What is no number fails.
 */
export function spellAsJson(value: string, type: string): string {
  return `coalesce(${spell(value, type)}, 'null')`;
}

function spell(value: string, type: string): string {
  if (type.startsWith("TIMESTAMP") && type !== "TIMESTAMP_NS") {
    const instant = `CAST(${value} AS TIMESTAMP WITH TIME ZONE)`;
    return `CASE WHEN ${instant} IS NULL OR isfinite(${instant})
      THEN '"' || replace(replace(CAST(${instant} AS VARCHAR), ' ', 'T'), '+00', 'Z') || '"'
      ELSE error('the value is ' || ${instant} || ', which is no time') END`;
  }
  if (type === "DOUBLE" || type === "FLOAT") {
    return `CASE WHEN ${value} IS NULL OR isfinite(${value}) THEN CAST(to_json(${value}) AS VARCHAR)
      ELSE error('the value is ' || ${value} || ', which is no number') END`;
  }
  if (type === "BLOB") return `'"' || base64(${value}) || '"'`;
  if (type === "JSON") return `CAST(json(${value}) AS VARCHAR)`;
  return `CAST(to_json(${value}) AS VARCHAR)`;
}
