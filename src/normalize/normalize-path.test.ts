import { describe, expect, test } from "vitest";

import { normalizeIdentifier } from "./normalize-identifier.js";
import { keyName, normalizePath } from "./normalize-path.js";

describe("dlt's table of names (reference §5.1)", () => {
  test.each([
    ["event-.!:*<>value", "event_x_value"],
    ["1event_n'", "_1event_nx"],
    ["123BaNaNa", "_123_ba_na_na"],
    ["BANaNA", "ba_na_na"],
    ["BANANA", "banana"],
    ["BAN_ANA", "ban_ana"],
    ["BANANA_", "bananax"],
    ["BANANA____", "banana"],
    ["+-!$*@#=|:", "x_xa_lx"],
    ["+1", "x1"],
    ["-1", "_1"],
    ["Small___Love____Potion_____x", "small___love__potion___x"],
    ["e_vent__value_value2___", "e_vent__value_value2__x"],
    ["Small Love Potion", "small_love_potion"],
    ["naïve", "na_ve"],
    ["é", "x"],
    ["ß", "x"],
    ["日本", "x"],
    ["#", "x"],
    ["_", "x"],
    ["-", "x"],
    ["--", "xx"],
    ["x²", "xx"],
    ["emoji😀", "emojix"],
    ["HTTPServer", "http_server"],
    ["userID", "user_id"],
    ["userIDs", "user_i_ds"],
    ["iPhone5S", "i_phone5_s"],
    ["ABc", "a_bc"],
    ["OAuth2Token", "o_auth2_token"],
    ["S3URL", "s3_url"],
    ["X-Request-ID", "x_request_id"],
    ["@odata.nextLink", "aodata_next_link"],
    ["$ref", "_ref"],
    ["__v", "v"],
    ["__typename", "typename"],
    ["a__b", "a__b"],
    ["a___b", "a___b"],
    ["a____b", "a__b"],
    ["1.5", "_1_5"],
    ["50%", "_50x"],
    ["日本語name", "_name"],
    ["__", ""],
    ["__proto__", "proto"],
    ["_dlt_id", "_dlt_id"],
  ])("%s as a column is %s", (key, name) => {
    expect(normalizePath(key)).toBe(name);
  });

  test("an identifier turns trailing underscores into x", () => {
    expect(normalizeIdentifier("BANANA____")).toBe("bananaxxxx");
  });

  test("a key of which nothing is left is called _empty", () => {
    expect(["", "  ", "__"].map(keyName)).toEqual(["_empty", "_empty", "_empty"]);
  });
});
