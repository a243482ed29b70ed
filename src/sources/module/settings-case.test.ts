import { describe, expect, it } from "vitest";
import { toConfigKey, toConfigKeys, toSettingKey, toSettingWords } from "./settings-case.js";

describe("settings in two spellings", () => {
  it("converts keys at every level, but not those that the user names", () => {
    expect(
      toConfigKeys({
        primaryKey: ["createdAt"],
        incremental: { cursorPath: "updatedAt" },
        columns: { someColumn: { dataType: "text" } },
        headers: { "X-Api-Key": "aB" },
        rateLimit: [{ requests: 1, per: "1s" }],
      }),
    ).toEqual({
      primary_key: ["createdAt"],
      incremental: { cursor_path: "updatedAt" },
      columns: { someColumn: { data_type: "text" } },
      headers: { "X-Api-Key": "aB" },
      rate_limit: [{ requests: 1, per: "1s" }],
    });
  });

  it("keeps hints of the user's own, and all that they hold", () => {
    const own = { "x-Owner_team": { firstName: "a", last_name: ["b"] } };
    expect(toConfigKeys({ columns: { at: { dataType: "text", ...own } } })).toEqual({
      columns: { at: { data_type: "text", ...own } },
    });
  });

  it.each(["primaryKey", "primary_key", "primary_Key", "a__b", "name", "X"])(
    "brings %s back as it was",
    (key) => {
      expect(toSettingKey(toConfigKey(key))).toBe(key);
    },
  );

  it("keeps a key with an underscore from passing for the configuration's", () => {
    expect(toConfigKey("primary_key")).toBe("primary__key");
  });

  it("rewrites keys in messages, but not the names of types", () => {
    expect(toSettingWords("`base_url` with json_link needs `primary__key`, api_key or http_basic")).toBe(
      "`baseUrl` with json_link needs `primary_key`, api_key or http_basic",
    );
  });
});
