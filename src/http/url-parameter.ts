/** `url` with one query parameter set; the others stay as they are spelled. */
export function withParameter(url: URL, name: string, value: string): URL {
  const copy = withoutParameter(url, name);
  const own = `${encode(name)}=${encode(value)}`;
  copy.search = copy.search.length > 1 ? `${copy.search}&${own}` : `?${own}`;
  return copy;
}

/** `url` without a query parameter; the others stay as they are spelled. */
export function withoutParameter(url: URL, name: string): URL {
  const copy = new URL(url);
  const kept = copy.search
    .replace(/^\?/, "")
    .split("&")
    .filter((parameter) => readName(parameter) !== name);
  copy.search = kept.join("&");
  return copy;
}

/** Percent-encoding of RFC 3986: everything but unreserved characters. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function readName(parameter: string): string {
  const name = parameter.split("=", 1)[0] ?? "";
  try {
    return decodeURIComponent(name.replaceAll("+", " "));
  } catch {
    return name;
  }
}
