import { describe, expect, it } from "vitest";
import type { PageStep } from "../paging/paginator.js";
import type { RequestParts } from "./request-parts.js";
import { createRequestTemplate, type RequestSpec } from "./request-template.js";

const NO_STEP: PageStep = { values: {}, tokens: [] };
const SINCE: Record<string, string | number | bigint> = {
  "incremental.start_value": "2024-01-01T00:00:00+02:00",
};

function build(
  spec: Partial<RequestSpec>,
  values: Record<string, string | number | bigint> = {},
  step: PageStep = NO_STEP,
): RequestParts {
  return createRequestTemplate({
    baseUrl: "https://api.test/v1/",
    path: "/items",
    method: "GET",
    params: {},
    json: undefined,
    headers: {},
    inheritedHeaders: {},
    name: "api.items",
    ...spec,
  }).build(step, (name) => values[name]);
}

function url(spec: Partial<RequestSpec>, values: Record<string, string | number | bigint> = {}): string {
  return build(spec, values).url.href;
}

describe("params", () => {
  it("B5: are encoded by RFC 3986, lists repeat the key, booleans are lower case, null is left out", () => {
    const params = {
      "filter[a]": "x y+z&ü'()*!~",
      flag: true,
      off: false,
      n: 1.5,
      big: 12345678901234567890n,
      ids: [1, 2, "c d"],
      none: null,
      empty: "",
      nothing: [],
    };
    expect(url({ params })).toBe(
      "https://api.test/v1/items?filter%5Ba%5D=x%20y%2Bz%26%C3%BC%27%28%29%2A%21~&flag=true&off=false&n=1.5&big=12345678901234567890&ids=1&ids=2&ids=c%20d&empty=",
    );
  });

  it("are added to those that the path has already", () => {
    expect(url({ path: "items?a=1%2C2", params: { b: 2 } })).toBe("https://api.test/v1/items?a=1%2C2&b=2");
  });

  it("P9: are left out while their placeholder has no value", () => {
    const params = { since: "{incremental.start_value}", range: "a..{incremental.end_value}", keep: 1 };
    expect(url({ params })).toBe("https://api.test/v1/items?keep=1");
    expect(url({ params }, { ...SINCE, "incremental.end_value": 5 })).toBe(
      "https://api.test/v1/items?since=2024-01-01T00%3A00%3A00%2B02%3A00&range=a..5&keep=1",
    );
  });

  it("keep braces that are escaped, and those of JSON written into a string", () => {
    expect(url({ params: { a: "{{x}}" } })).toBe("https://api.test/v1/items?a=%7Bx%7D");
    const params = { q: '{"a":{"since":"{incremental.start_value}"}}' };
    expect(new URL(url({ params }, SINCE)).searchParams.get("q")).toBe(
      '{"a":{"since":"2024-01-01T00:00:00+02:00"}}',
    );
  });
});

describe("path", () => {
  it("replaces placeholders by one encoded segment, and sends its own text as written", () => {
    const spec = { path: "a%2Fb/{incremental.start_value}/é?x={incremental.start_value}" };
    expect(url(spec, { "incremental.start_value": "u/v?w" })).toBe(
      "https://api.test/v1/a%2Fb/u%2Fv%3Fw/%C3%A9?x=u%2Fv%3Fw",
    );
  });

  it("takes a plain placeholder from params, which is then no parameter", () => {
    expect(url({ path: "shops/{shop}/items", params: { shop: "a b", page: 1 } })).toBe(
      "https://api.test/v1/shops/a%20b/items?page=1",
    );
  });

  it.each([
    ["no value", {}],
    ['the value ""', { "incremental.start_value": "" }],
    ['the value ".."', { "incremental.start_value": ".." }],
  ])("B5: a placeholder with %s is an error", (shown, values) => {
    expect(() => url({ path: "x/{incremental.start_value}" }, values)).toThrow(
      expect.objectContaining({
        code: "DANGO_SOURCE_DATA",
        message: `api.items: the placeholder {incremental.start_value} in the path "x/{incremental.start_value}" has ${shown}`,
      }),
    );
  });

  it("H3: no placeholder may stand in the host", () => {
    expect(() => url({ path: "https://{incremental.start_value}.test/x" })).toThrow(
      expect.objectContaining({
        code: "DANGO_CONFIG",
        message:
          'api.items: a placeholder cannot stand in the host of path "https://{incremental.start_value}.test/x"',
      }),
    );
  });
});

describe("json", () => {
  it("keeps the type of a value that is exactly one placeholder, and leaves out what has none", () => {
    const json = {
      from: "{incremental.start_value}",
      text: "since {incremental.start_value}",
      after: "{paginator.cursor}",
      list: ["{paginator.cursor}", "x", { deep: "{incremental.start_value}" }],
      n: 1,
      none: null,
    };
    expect(build({ method: "POST", json }, { "incremental.start_value": 9007199254740993n }).json).toEqual({
      from: 9007199254740993n,
      text: "since 9007199254740993",
      list: ["x", { deep: 9007199254740993n }],
      n: 1,
      none: null,
    });
  });

  it("is announced by a Content-Type, unless one is configured", () => {
    const json = { a: 1 };
    expect(build({ method: "POST", json }).headers).toEqual({ "Content-Type": "application/json" });
    const own = { "content-type": "application/vnd.x+json" };
    expect(build({ method: "POST", json, headers: own }).headers).toEqual(own);
    expect(build({ method: "POST", json, inheritedHeaders: own }).headers).toEqual({});
  });
});

describe("what the paginator adds", () => {
  const step: PageStep = {
    values: { page: 3, size: 50 },
    tokens: [
      { target: { in: "query", name: "page" }, value: 3 },
      { target: { in: "header", name: "x-page" }, value: 3 },
    ],
  };

  it("replaces a parameter and a header of the same name", () => {
    const request = build({ params: { page: 1, a: "b c" }, headers: { "X-Page": "1" } }, {}, step);
    expect(request.url.href).toBe("https://api.test/v1/items?a=b%20c&page=3");
    expect(request.headers).toEqual({ "x-page": "3" });
  });

  it("P9: fills {paginator.…} in path, params, json and headers", () => {
    const spec: Partial<RequestSpec> = {
      method: "POST",
      path: "items/{paginator.page}",
      params: { size: "{paginator.size}", offset: "{paginator.offset}" },
      json: { page: "{paginator.page}" },
      headers: { "X-Range": "p{paginator.page}", "X-None": "{paginator.cursor}" },
    };
    expect(build(spec, {}, { ...step, tokens: [] })).toEqual({
      method: "POST",
      url: new URL("https://api.test/v1/items/3?size=50"),
      headers: { "Content-Type": "application/json", "X-Range": "p3" },
      json: { page: 3 },
    });
  });

  it("lets a link replace the URL, and keeps body and headers", () => {
    const template = createRequestTemplate({
      baseUrl: "https://api.test",
      path: "items",
      method: "POST",
      params: { a: 1 },
      json: { q: 1 },
      headers: { "X-A": "1" },
      inheritedHeaders: {},
      name: "api.items",
    });
    expect(template.build(NO_STEP, () => undefined, new URL("https://api.test/items?p=2"))).toEqual({
      method: "POST",
      url: new URL("https://api.test/items?p=2"),
      headers: { "Content-Type": "application/json", "X-A": "1" },
      json: { q: 1 },
    });
  });
});

describe("unknown placeholders", () => {
  it.each([
    [
      { params: { a: "{incremental.strat_value}" } },
      "there is no placeholder {incremental.strat_value} in params",
    ],
    [{ path: "x/{id}" }, "there is no placeholder {id} in path"],
    [{ json: { a: ["{foo}"] } }, "there is no placeholder {foo} in json"],
    [{ headers: { A: "{resources.users.id}" } }, "there is no placeholder {resources.users.id} in headers"],
  ])("%j: %s", (spec, message) => {
    expect(() => url(spec)).toThrow(
      expect.objectContaining({ code: "DANGO_CONFIG", message: `api.items: ${message}` }),
    );
  });
});
