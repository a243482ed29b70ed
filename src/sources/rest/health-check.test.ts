import { expect, it } from "vitest";
import type { AuthConfig } from "../../model/auth-config.js";
import type { RestResourceConfig } from "../../model/rest-config.js";
import { createHealthCheck } from "./health-check.js";

function keyOf(auth: AuthConfig | undefined): string | undefined {
  const check = { path: "health", expect: { build: 9007199254740993n } };
  const client = { baseUrl: "https://api.example.com", headers: {}, auth, check };
  const config = { client, options: { name: "a" } } as unknown as RestResourceConfig;
  return createHealthCheck("api", config, () => {
    throw new Error("nothing is requested");
  })?.key;
}

it("is asked once for all resources that ask alike, and apart where credentials differ", () => {
  const [one, same, other] = ["x", "x", "y"].map((token) => keyOf({ type: "bearer", token }));
  expect(same).toBe(one);
  expect(other).not.toBe(one);
  expect(keyOf(undefined)).not.toBe(one);
});
