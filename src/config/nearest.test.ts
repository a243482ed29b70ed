import { describe, expect, it } from "vitest";
import { nearestName } from "./nearest.js";

describe("nearestName", () => {
  it.each([
    ["paginatr", "paginator"],
    ["pagniator", "paginator"],
    ["Base-URL", "base_url"],
    ["resource", "resources"],
    ["nam", "name"],
  ])("finds for %s the name %s", (typed, meant) => {
    expect(nearestName(typed, ["name", "base_url", "resources", "paginator"])).toBe(meant);
  });

  it("suggests nothing that is too far away", () => {
    expect(nearestName("colour", ["name", "base_url", "resources"])).toBeUndefined();
  });

  it("takes the nearest, and of equally near names the first", () => {
    expect(nearestName("start_parm", ["end_param", "start_param", "start_params"])).toBe("start_param");
    expect(nearestName("usrs", ["users", "usrss"])).toBe("users");
  });
});
