const FORM = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?$/;

/** An ISO 8601 date or timestamp (without a zone: UTC) as one in UTC, to the millisecond; undefined if it is none. */
export function isoTimestamp(text: string): string | undefined {
  const match = FORM.exec(text);
  if (match === null) return undefined;
  const hasTime = text.length > 10;
  const instant = new Date(hasTime && match[1] === undefined ? `${text}Z` : text);
  return Number.isNaN(instant.getTime()) ? undefined : instant.toISOString();
}
