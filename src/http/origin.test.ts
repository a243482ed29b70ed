import { expect, it } from "vitest";
import { assertSameOrigin, isAllowedOrigin } from "./origin.js";

const rules = { baseUrl: "https://api.test/v1/", allowedOrigins: ["https://files.test:8443"] };

it.each([
  "https://api.test/other?page=2",
  "https://api.test:443/",
  "https://API.test/",
  "https://files.test:8443/x",
])("H3: allows %s", (url) => {
  expect(isAllowedOrigin(new URL(url), rules)).toBe(true);
});

it.each([
  "http://api.test/",
  "https://api.test:8443/",
  "https://api.test.evil.test/",
  "https://evil.test/api.test",
  "https://user:api.test@evil.test/",
  "https://files.test/",
  "https://sub.api.test/",
  "ftp://api.test/",
  "data:text/plain,x",
])("H3: does not allow %s", (url) => {
  expect(isAllowedOrigin(new URL(url), rules)).toBe(false);
});

it("H3: https on the host of an http base URL is no other origin", () => {
  const plain = { baseUrl: "http://api.test:8080", allowedOrigins: [] };
  expect(isAllowedOrigin(new URL("https://api.test/x"), plain)).toBe(true);
  expect(isAllowedOrigin(new URL("http://api.test/x"), plain)).toBe(false);
  expect(isAllowedOrigin(new URL("https://other.test/x"), plain)).toBe(false);
});

it("ignores an allowed origin that is no URL", () => {
  expect(isAllowedOrigin(new URL("https://evil.test"), { ...rules, allowedOrigins: ["evil.test"] })).toBe(
    false,
  );
});

it("H3: names both origins of a link that leads away, without its path and query", () => {
  expect(() => {
    assertSameOrigin(new URL("https://evil.test/x?token=abc"), rules);
  }).toThrow(
    expect.objectContaining({
      message: "A link leads to https://evil.test, another origin than base_url's https://api.test",
      exitCode: 5,
    }),
  );
});

it.each(["ftp://api.test/x", "file:///etc/passwd", "javascript:alert(1)"])(
  "H3: refuses the link %s",
  (url) => {
    expect(() => {
      assertSameOrigin(new URL(url), rules);
    }).toThrow(
      expect.objectContaining({
        message: `A link with "${new URL(url).protocol}" is not followed: only http and https are`,
        exitCode: 5,
      }),
    );
  },
);
