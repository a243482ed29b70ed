import { describe, expect, it } from "vitest";
import { formatPath, parsePath, readPath } from "./value-path.js";

const body = { a: { "b.c": [{ d: 1 }, { d: 2 }], "it's": 3 }, "x.y": 4, none: null, "": 5 };

describe("readPath", () => {
  it.each([
    ["a['b.c'][1].d", 2],
    ['$.a["b.c"][0].d', 1],
    ["$['a']['it\\'s']", 3],
    ["x.y", 4],
    ["none", null],
    ["none.more", undefined],
    ["a.toString", undefined],
    ["a['b.c'][9]", undefined],
    ["a['b.c'][?@.d>1].d", 2],
    ["a['b.c'][*].d", 1],
    ["['x.y', 'none']", 4],
  ])("%s is %j", (path, expected) => {
    expect(readPath(body, path)).toEqual(expected);
  });
});

describe("a path that is none", () => {
  it("is a configuration error", () => {
    expect(() => readPath(body, "a[?")).toThrow(
      expect.objectContaining({
        code: "DANGO_CONFIG",
        message: expect.stringContaining('"a[?" is neither a path nor a JSONPath: ') as string,
      }),
    );
  });
});

describe("formatPath", () => {
  it.each([[["a", "b"]], [["@odata.nextLink"]], [["a", "it's", 0, "b.c"]], [["back\\slash"]], [[""]]])(
    "%j is read back",
    (segments) => {
      expect(parsePath(formatPath(segments))).toEqual(segments);
    },
  );
});
