import { describe, expectTypeOf, it } from "vitest";
import { config, secret } from "./parameter.js";
import { resource, type Incremental } from "./resource-definition.js";
import { defineSource } from "./source-definition.js";

describe("the types of a source module", () => {
  it("gives each parameter the type of its declaration", () => {
    defineSource(
      {
        api_key: secret(),
        base_url: config("https://api.example.com"),
        size: config(100),
        dry: config(false),
        account: secret<{ user: string }>(),
        region: config<"eu" | "us">("eu"),
        required: config(),
      },
      (values) => {
        expectTypeOf(values.api_key).toEqualTypeOf<string>();
        expectTypeOf(values.base_url).toEqualTypeOf<string>();
        expectTypeOf(values.size).toEqualTypeOf<number>();
        expectTypeOf(values.dry).toEqualTypeOf<boolean>();
        expectTypeOf(values.account).toEqualTypeOf<{ user: string }>();
        expectTypeOf(values.region).toEqualTypeOf<"eu" | "us">();
        expectTypeOf(values.required).toEqualTypeOf<string>();
        return [];
      },
    );
  });

  it("types the incremental bounds by the initial value", () => {
    resource(
      {
        name: "orders",
        primaryKey: "id",
        incremental: { cursorPath: "updated_at", initialValue: "2024-01-01" },
      },
      function* ({ incremental }) {
        expectTypeOf(incremental.startValue).toEqualTypeOf<string>();
        expectTypeOf(incremental.endValue).toEqualTypeOf<string | null>();
        yield [];
      },
    );
    resource(
      { name: "orders", incremental: { cursorPath: "version", initialValue: 0, endValue: 5 } },
      async function* ({ incremental }) {
        expectTypeOf(incremental.lastValue).toEqualTypeOf<number>();
        yield await Promise.resolve([]);
      },
    );
  });

  it("gives bounds that may be null to a cursor without an initial value, and none to other resources", () => {
    resource({ name: "orders", incremental: { cursorPath: "updated_at" } }, ({ incremental }) => {
      expectTypeOf(incremental).toEqualTypeOf<Incremental>();
      return [];
    });
    resource({ name: "users" }, ({ incremental, state, signal }) => {
      expectTypeOf(incremental).toEqualTypeOf<undefined>();
      expectTypeOf(state).toEqualTypeOf<Record<string, unknown>>();
      expectTypeOf(signal).toEqualTypeOf<AbortSignal>();
      return [];
    });
  });

  it("refuses unknown options and values", () => {
    // @ts-expect-error unknown option
    resource({ name: "users", primarykey: "id" }, () => []);
    // @ts-expect-error unknown disposition
    resource({ name: "users", writeDisposition: "mrge" }, () => []);
    // @ts-expect-error unknown option of incremental
    resource({ name: "users", incremental: { cursorPath: "a", initialvalue: 1 } }, () => []);
    // @ts-expect-error neither a generator nor a list
    resource({ name: "users" }, () => 5);
  });
});
