/** Header values as text; a null takes the header away. */
export function resolveHeaders(
  headers: Readonly<Record<string, unknown>> | null | undefined,
): Record<string, string> {
  const kept = Object.entries(headers ?? {}).filter(([, value]) => value !== null);
  return Object.fromEntries(kept.map(([name, value]) => [name, String(value)]));
}
