import { describe, expect, it } from "vitest";
import { createRedactor } from "./redact.js";

const SECRET = "a/b+c&d=\"e\\f<g> h'ü";

function redact(text: string, secret = SECRET): string {
  const redactor = createRedactor();
  redactor.add(secret);
  return redactor.redact(text);
}

describe("createRedactor (S2)", () => {
  it.each([
    ["plain", SECRET],
    ["JSON-escaped", JSON.stringify(SECRET).slice(1, -1)],
    ["JSON in JSON", JSON.stringify(JSON.stringify(SECRET)).slice(3, -3)],
    ["JSON with escaped slashes", JSON.stringify(SECRET).slice(1, -1).replaceAll("/", "\\/")],
    ["JSON in ASCII", JSON.stringify(SECRET).slice(1, -1).replace("ü", "\\u00FC").replace("&", "\\u0026")],
    ["URL-encoded", encodeURIComponent(SECRET)],
    ["URL-encoded in lower case", encodeURIComponent(SECRET).replace(/%../g, (code) => code.toLowerCase())],
    ["URL-encoded twice", encodeURIComponent(encodeURIComponent(SECRET))],
    ["URL-encoded by RFC 3986", encodeURIComponent(SECRET).replace("'", "%27")],
    ["as a form field", new URLSearchParams({ k: SECRET }).toString().slice(2)],
    ["base64", Buffer.from(SECRET).toString("base64")],
    ["base64 in a URL", encodeURIComponent(Buffer.from(SECRET).toString("base64"))],
    ["base64url", Buffer.from(SECRET).toString("base64url")],
    [
      "in HTML",
      SECRET.replaceAll("&", "&amp;")
        .replace('"', "&quot;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("'", "&#39;"),
    ],
  ])("takes a secret out of text: %s", (_form, spelled) => {
    expect(redact(`before ${spelled} after`)).toBe("before *** after");
  });

  it("hides a secret without the white space that ends its file", () => {
    expect(redact("before a-long-secret after", "a-long-secret\n")).toBe("before *** after");
  });

  it("takes lines of a key out, with their line ends escaped", () => {
    const key = "-----BEGIN KEY-----\nabc\n-----END KEY-----";
    expect(redact(JSON.stringify({ key }), key)).toBe('{"key":"***"}');
  });

  it("takes out the start of a secret that was cut off", () => {
    expect(redact("the key is a-long-sec…", "a-long-secret")).toBe("the key is ***…");
    expect(redact("the key is a-l…", "a-long-secret")).toBe("the key is a-l…");
  });

  it("takes values under 6 characters as whole words, under 4 not at all", () => {
    expect(redact("demo demos (demo)", "demo")).toBe("*** demos (***)");
    expect(redact("abc", "abc")).toBe("abc");
  });

  it("replaces the longer of two secrets that overlap", () => {
    const redactor = createRedactor();
    redactor.add("secret-1");
    redactor.add("secret-1-and-more");
    expect(redactor.redact("secret-1-and-more secret-1")).toBe("*** ***");
  });
});
