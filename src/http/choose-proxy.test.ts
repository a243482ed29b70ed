import { expect, it } from "vitest";
import { chooseProxy } from "./choose-proxy.js";

const choose = (url: string, env: Record<string, string>): string | undefined =>
  chooseProxy(new URL(url), undefined, env)?.href;

it("takes HTTP_PROXY for http and HTTPS_PROXY for https, in lower case first", () => {
  const env = { HTTP_PROXY: "http://a:1", http_proxy: "http://b:2", HTTPS_PROXY: "c:3" };
  expect(choose("http://api.test/x", env)).toBe("http://b:2/");
  expect(choose("https://api.test/x", env)).toBe("http://c:3/");
  expect(choose("https://api.test/x", { HTTP_PROXY: "http://a:1" })).toBeUndefined();
});

it.each([
  ["*", true],
  ["api.test", true],
  [".test", true],
  ["*.test", true],
  ["pi.test", false],
  ["other.test, test", true],
  ["api.test:80", true],
  ["api.test:8080", false],
  ["", false],
])("goes past the proxy where NO_PROXY is %j: %s", (list, isPast) => {
  const proxy = choose("http://api.test/", { HTTP_PROXY: "http://p:1", NO_PROXY: list });
  expect(proxy === undefined).toBe(isPast);
});

it.each([
  ["http://10.1.2.3/", "10.0.0.0/8", true],
  ["http://11.1.2.3/", "10.0.0.0/8", false],
  ["http://[::1]:8080/", "::1", true],
  ["http://[::1]:8080/", "[::1]:8080", true],
  ["http://[fd00::1]/", "fd00::/8", true],
  ["http://127.0.0.1/", "localhost", false],
])("reads addresses and networks: %s with %s: %s", (url, list, isPast) => {
  expect(choose(url, { HTTP_PROXY: "http://p:1", NO_PROXY: list }) === undefined).toBe(isPast);
});

it("lets a setting win over all variables", () => {
  const env = { HTTP_PROXY: "http://p:1", NO_PROXY: "*" };
  expect(chooseProxy(new URL("http://api.test"), false, env)).toBeUndefined();
  expect(chooseProxy(new URL("http://api.test"), "http://q:2", env)?.href).toBe("http://q:2/");
});

it("refuses a variable that is no proxy, without its value", () => {
  expect(() => choose("http://api.test/", { HTTP_PROXY: "socks5://u:hunter22@p:1" })).toThrow(
    "the variable HTTP_PROXY is no http or https URL of a proxy",
  );
});
