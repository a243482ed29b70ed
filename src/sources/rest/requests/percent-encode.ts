/** Percent-encoding of RFC 3986: everything but unreserved characters, so a blank is `%20`. */
export function percentEncode(text: string): string {
  return encodeURIComponent(Buffer.from(text).toString()).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
