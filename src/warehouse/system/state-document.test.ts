import { deflateSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { EMPTY_STATE } from "../../model/state.js";
import { decodeState, encodeState } from "./state-document.js";

const TARGET = { pipeline: "shop", schema: "shop", dataset: "raw_shop" };

describe("the state of a pipeline", () => {
  test("comes back as it was stored, integers exact", () => {
    const resources = {
      orders: {
        incremental: { "a.b": { initialValue: 0, lastValue: 123456789012345678901234567890n } },
        extra: { token: "x", big: 9007199254740993n },
      },
      users: { incremental: {}, extra: { seen: [1, null, { a: 1.5 }] } },
    };
    const encoded = encodeState(EMPTY_STATE, resources, TARGET);
    const decoded = decodeState(encoded.state, encoded.version, TARGET);
    expect(decoded.version).toBe(1);
    expect(decoded.resources).toEqual(resources);
  });

  test("keeps what others wrote into the document", () => {
    const text = JSON.stringify({
      custom: 1,
      sources: { other: { resources: {} }, shop: { own: true, resources: { old: { k: 1 } } } },
    });
    const before = decodeState(deflateSync(text).toString("base64"), 7, TARGET);
    const encoded = encodeState(before, before.resources, TARGET);
    expect(decodeState(encoded.state, encoded.version, TARGET).document).toMatchObject({
      custom: 1,
      _state_version: 8,
      sources: { other: { resources: {} }, shop: { own: true, resources: { old: { k: 1 } } } },
    });
  });

  test("has a hash that its version does not change", () => {
    const first = encodeState(EMPTY_STATE, {}, TARGET);
    const second = encodeState(decodeState(first.state, 1, TARGET), {}, TARGET);
    expect([second.version, second.versionHash]).toEqual([2, first.versionHash]);
  });

  test("that is not JSON is an error that names the pipeline", () => {
    expect(() => decodeState("AAAA", 1, TARGET)).toThrow(
      "the state of pipeline shop cannot be read: it is not JSON",
    );
  });
});
