import { describe, expect, it } from "vitest";
import { isSecretPlace } from "./secret-place.js";

const rest = ["sources", 0, "rest_api"];
const use = (
  path: readonly (string | number)[],
  more: Partial<Parameters<typeof isSecretPlace>[0]> = {},
): boolean =>
  isSecretPlace({
    path: [...rest, ...path],
    variable: "X",
    isFromSecrets: false,
    isWholeValue: true,
    ...more,
  });

describe("isSecretPlace (S1)", () => {
  it("counts everything from secrets.toml", () => {
    expect(use(["resources", 0, "params", "status"], { isFromSecrets: true })).toBe(true);
  });

  it("leaves out a value that is a whole base_url, but not a part of one", () => {
    expect(use(["base_url"], { isFromSecrets: true })).toBe(false);
    expect(use(["client", "base_url"], { isFromSecrets: true, isWholeValue: false })).toBe(true);
  });

  it.each([
    [["headers", "Accept"]],
    [["auth", "name"]],
    [["auth"]],
    [["resources", 0, "params", "api_key"]],
    [["resources", 0, "json", "Signature"]],
    [["resources", 0, "params", "session_id"]],
  ])("counts an interpolated value at %j", (path) => {
    expect(use(path)).toBe(true);
  });

  it.each([[["resources", 0, "params", "status"]], [["resources", 0, "primary_key"]], [["base_url"]]])(
    "does not count one at %j",
    (path) => {
      expect(use(path)).toBe(false);
    },
  );

  it("never counts user names, by field or by variable", () => {
    expect(use(["auth", "username"], { isFromSecrets: true })).toBe(false);
    expect(use(["headers", "X-Caller"], { isFromSecrets: true, variable: "API_USER" })).toBe(false);
  });
});
