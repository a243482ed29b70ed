import { expect, it } from "vitest";
import { raw, startSeed } from "./start-seed.js";

it("keeps the name of a custom object, and tells a 403 of a rate from one of permissions (000-13)", async () => {
  const api = await startSeed(
    `paginator: single_page
retry: {attempts: 2}
resources: [custom_object__c, limited, forbidden]`,
    ({ pathname }) => {
      if (pathname === "/limited")
        return raw(403, "REQUEST_LIMIT_EXCEEDED", { "x-ratelimit-remaining": "0" });
      return pathname === "/forbidden" ? raw(403, "INSUFFICIENT_ACCESS") : [{ Id: "001", Amount__c: 5 }];
    },
  );
  const synced = await api.sync();
  const failure = (name: string) => {
    const { exitCode, requests, error } = synced.resource(name);
    return [exitCode, requests, error?.type];
  };
  expect([failure("limited"), failure("forbidden")]).toEqual([
    [7, 2, "rate_limit"],
    [6, 1, "permission"],
  ]);
  expect(await api.table("id, amount__c", "custom_object__c")).toEqual([["001", 5n]]);
});
