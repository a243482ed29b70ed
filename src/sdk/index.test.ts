import { describe, expect, expectTypeOf, it } from "vitest";
import * as sdk from "dango";
import { USER_API } from "../sources/module/user-api.js";

interface User {
  id: number;
}

/** The example of contract §2.2, as written there. */
const { config, defineSource, paginators, resource, RestClient, secret } = sdk;
const my_api_source = defineSource(
  { api_key: secret(), base_url: config("https://api.example.com") },
  ({ api_key, base_url }) => {
    const api = new RestClient({
      baseUrl: base_url,
      auth: { type: "bearer", token: api_key },
      rateLimit: 10,
    });

    const users = resource({ name: "users", writeDisposition: "replace" }, async function* () {
      const body = await api.get<{ data: User[] }>("/users");
      yield body.data;
    });

    const orders = resource(
      {
        name: "orders",
        writeDisposition: "merge",
        primaryKey: "id",
        incremental: { cursorPath: "updated_at", initialValue: "2024-01-01T00:00:00Z" },
      },
      async function* ({ incremental }) {
        yield* api.paginate("/orders", {
          params: { updated_after: incremental.startValue },
          paginator: paginators.jsonLink({ nextUrlPath: "next_page_url" }),
          dataSelector: "data",
        });
      },
    );
    return [users, orders];
  },
);

describe("the SDK", () => {
  it("takes the contract's example as it is (§2.2)", () => {
    const built = my_api_source.build({ api_key: "key", base_url: "https://api.example.com" });
    expect(built).toHaveLength(2);
    expectTypeOf(my_api_source.build).parameter(0).toEqualTypeOf<{
      readonly api_key: string;
      readonly base_url: string;
    }>();
  });

  it("gives modules that a run loads what it gives to programs", () => {
    expect(Object.keys(USER_API).sort()).toEqual(Object.keys(sdk).sort());
    for (const [name, value] of Object.entries(USER_API)) expect(Reflect.get(sdk, name)).toBe(value);
  });

  it("types what requests give", () => {
    type Api = InstanceType<typeof RestClient>;
    expectTypeOf<ReturnType<Api["get"]>>().toEqualTypeOf<Promise<unknown>>();
    const use = async (api: Api): Promise<void> => {
      expectTypeOf(await api.get<User>("/users/1")).toEqualTypeOf<User>();
      expectTypeOf(await api.post<User[]>("/search", { json: {} })).toEqualTypeOf<User[]>();
      for await (const page of api.paginate<User>("/users")) expectTypeOf(page).toEqualTypeOf<User[]>();
    };
    expectTypeOf(use).returns.toEqualTypeOf<Promise<void>>();
  });

  it("refuses options that are none", () => {
    const make = (): unknown[] => [
      // @ts-expect-error a bearer needs its token
      new RestClient({ baseUrl: "https://api.example.com", auth: { type: "bearer" } }),
      // @ts-expect-error a proxy is a URL or false
      new RestClient({ baseUrl: "https://api.example.com", proxy: true }),
      // @ts-expect-error unknown option
      paginators.offset({ limt: 5 }),
    ];
    expect(make).toThrow("RestClient: auth: `token` is missing");
  });

  it("lets errors be told apart by class and status", () => {
    const error: unknown = new sdk.HttpStatusError("gone", 404);
    expect(sdk.isDangoError(error)).toBe(true);
    expect(error instanceof sdk.HttpStatusError && error.status).toBe(404);
  });
});
