import { expect, it } from "vitest";
import { createRedactor } from "../shared/redact.js";
import { createUrlRedactor, isSensitiveName } from "./redact-url.js";

const redact = (url: string, ...names: string[]): string =>
  createUrlRedactor(createRedactor(), names)(new URL(url));

it.each([
  "key",
  "api_key",
  "apikey",
  "X-API-Key",
  "accessToken",
  "access_token",
  "client_secret",
  "password",
  "pwd",
  "auth",
  "X-Amz-Signature",
  "sig",
  "session",
  "sessionId",
  "authorization",
])("S1: %s promises a secret", (name) => {
  expect(isSensitiveName(name)).toBe(true);
});

it.each([
  "page",
  "keyword",
  "author",
  "monkey",
  "page_token",
  "nextPageToken",
  "continuation_token",
  "id",
  "signal",
])("S1: %s does not", (name) => {
  expect(isSensitiveName(name)).toBe(false);
});

it("S1: a page's key is still a key", () => {
  expect(isSensitiveName("page_key")).toBe(true);
});

it("S2: masks sensitive values and leaves the rest as it is spelled", () => {
  expect(redact("https://api.test/a%2Fb?x=%20&api_key=a%26b&y=a+b&token=&z")).toBe(
    "https://api.test/a%2Fb?x=%20&api_key=***&y=a+b&token=***&z",
  );
});

it("S2: masks the parameter that auth names, however it is encoded", () => {
  expect(redact("https://api.test/?app%69d=abc&appid2=x", "appid")).toBe(
    "https://api.test/?app%69d=***&appid2=x",
  );
});

it("S2: leaves out user info and fragment", () => {
  expect(redact("https://ann:pass@api.test/x#access_token=abc")).toBe("https://api.test/x");
});

it("S2: takes known secrets out of the path", () => {
  const redactor = createRedactor();
  redactor.add("se/cret value");
  const url = new URL("https://api.test/bot/se%2Fcret%20value/get?q=1");
  expect(createUrlRedactor(redactor)(url)).toBe("https://api.test/bot/***/get?q=1");
});
