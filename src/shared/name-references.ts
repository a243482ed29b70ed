/** Part of a text, by the offsets of its bytes. */
interface Span {
  readonly start: number;
  readonly end: number;
}

/** The expression's text with another name in place of each reference; `references` stand in its order. */
export function nameReferences<Reference extends Span>(
  { sql, references }: { readonly sql: string; readonly references: readonly Reference[] },
  nameOf: (reference: Reference) => string,
): string {
  const bytes = Buffer.from(sql);
  let text = "";
  let at = 0;
  for (const reference of references) {
    text += bytes.toString("utf8", at, reference.start) + nameOf(reference);
    at = reference.end;
  }
  return text + bytes.toString("utf8", at);
}
