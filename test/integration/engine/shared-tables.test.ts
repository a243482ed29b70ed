import { describe, expect, test } from "vitest";
import type { ResourceOptions } from "../../../src/model/resource.js";
import { RateLimitError } from "../../../src/shared/errors.js";
import { createMemoryProject, type MemoryResource } from "../../support/memory-sync.js";

const REPLACE: Partial<ResourceOptions> = { tableName: "both", writeDisposition: { kind: "replace" } };

function resource(
  name: string,
  page: string,
  options: Partial<ResourceOptions> = { tableName: "both" },
): MemoryResource {
  return { name, pages: [page], options };
}

describe("resources that share a table", () => {
  test("load every value as it is, whichever of them brings which type (B3, M9)", async () => {
    await using project = await createMemoryProject();
    await project.sync([
      resource("whole", '[{"id":1,"x":1,"list":[1]}]'),
      resource("spelled", '[{"id":2,"x":"007","list":[1.5]}]'),
      resource("broken", '[{"id":3,"x":1.5,"list":["7"]}]'),
    ]);
    expect(await project.rows("SELECT id, x FROM raw_shop.both ORDER BY id")).toEqual([
      [1n, "1"],
      [2n, "007"],
      [3n, "1.5"],
    ]);
    expect(await project.rows("SELECT value FROM raw_shop.both__list ORDER BY _dlt_id")).toHaveLength(3);
    expect(await project.rows("SELECT value FROM raw_shop.both__list ORDER BY value")).toEqual([
      ["1"],
      ["1.5"],
      ["7"],
    ]);
  });

  test("have types that fit all of them even if one is refused (B3)", async () => {
    await using project = await createMemoryProject();
    await project.sync([resource("whole", '[{"id":1,"x":1}]')]);
    const report = await project.sync([
      resource("refused", '[{"x":2}]', { tableName: "both", primaryKey: ["id"] }),
      resource("broken", '[{"id":3,"x":1.5}]'),
    ]);
    expect(report.resources.map(({ name, status }) => [name, status])).toEqual([
      ["refused", "failed"],
      ["broken", "ok"],
    ]);
    expect(await project.rows("SELECT id, x FROM raw_shop.both ORDER BY id")).toEqual([
      [1n, 1],
      [3n, 1.5],
    ]);
  });

  test("share the column of keys that never meet in one record (N1)", async () => {
    await using project = await createMemoryProject();
    await project.sync([resource("a", '[{"userID":1}]'), resource("b", '[{"user_id":2}]')]);
    expect(await project.rows("SELECT user_id FROM raw_shop.both ORDER BY 1")).toEqual([[1n], [2n]]);
  });

  test("are none replaced if one of them cannot be read (M9)", async () => {
    await using project = await createMemoryProject();
    const [first, second] = [
      resource("first", '[{"id":1}]', REPLACE),
      resource("second", '[{"id":2}]', REPLACE),
    ];
    await project.sync([first, second]);
    const report = await project.sync([{ ...first, failure: new RateLimitError("too many") }, second]);
    expect(report.exitCode).toBe(7);
    expect(report.resources[1]?.exitCode).toBe(7);
    expect(report.resources[1]?.error).toMatchObject({
      type: "rate_limit",
      message: "second: first, which fills the table both with it, failed; none of them was replaced",
      hint: "see the error of first",
    });
    expect(await project.rows("SELECT id FROM raw_shop.both ORDER BY id")).toEqual([[1n], [2n]]);
  });

  test("are none rebuilt if the load refuses one of them (M6, M9)", async () => {
    await using project = await createMemoryProject();
    const merge: Partial<ResourceOptions> = {
      tableName: "both",
      writeDisposition: { kind: "merge", strategy: "delete-insert" },
      primaryKey: ["id"],
    };
    await project.sync([resource("first", '[{"id":1}]', merge), resource("second", '[{"id":2}]', merge)]);
    const report = await project.sync(
      [resource("first", '[{"id":null}]', merge), resource("second", '[{"id":2}]', merge)],
      { fullRefresh: true },
    );
    expect(report.resources.map(({ status }) => status)).toEqual(["failed", "failed"]);
    expect(await project.rows("SELECT id FROM raw_shop.both ORDER BY id")).toEqual([[1n], [2n]]);
  });

  test.each([
    ["replaced", REPLACE, false],
    ["rebuilt", { tableName: "both" }, true],
  ] as const)("must all be chosen for the table to be %s (M9)", async (_, options, fullRefresh) => {
    await using project = await createMemoryProject();
    const both = [resource("first", '[{"id":1}]', options), resource("second", '[{"id":2}]', options)];
    await expect(project.sync(both, { resources: ["second"], fullRefresh })).rejects.toMatchObject({
      exitCode: 2,
      message: '"second" would empty the table both, which "first" fills too and is not chosen',
      hint: "add --resource first",
    });
  });

  test("keep what one adds while another replaces (M9)", async () => {
    await using project = await createMemoryProject();
    await project.sync([resource("adds", '[{"id":1}]'), resource("replaces", '[{"id":2}]', REPLACE)]);
    await project.sync([resource("adds", '[{"id":3}]'), resource("replaces", '[{"id":4}]', REPLACE)]);
    expect(await project.rows("SELECT id FROM raw_shop.both ORDER BY id")).toEqual([[3n], [4n]]);
  });
});

describe("the table of a list", () => {
  test("leaves the name of another resource's table free, on the first load too (N1)", async () => {
    await using project = await createMemoryProject();
    const report = await project.sync([
      { name: "users", pages: ['[{"id":1,"pets":[{"name":"Rex"}]}]'] },
      { name: "users__pets", pages: ['[{"name":"Tom"}]'] },
    ]);
    expect(report.status).toBe("ok");
    expect(await project.rows("SELECT name FROM raw_shop.users__pets")).toEqual([["Tom"]]);
    expect(await project.rows("SELECT name FROM raw_shop.users__pets_2")).toEqual([["Rex"]]);
  });

  test("leaves it alone when its own resource is rebuilt (M6)", async () => {
    await using project = await createMemoryProject();
    const pets: MemoryResource = { name: "users__pets", pages: ['[{"name":"Tom"}]'] };
    await project.sync([{ name: "users", pages: ['[{"id":1}]'] }, pets]);
    const report = await project.sync(
      [{ name: "users", pages: ['[{"id":1,"pets":[{"name":"Rex"}]}]'] }, pets],
      {
        resources: ["users"],
        fullRefresh: true,
      },
    );
    expect(report.status).toBe("ok");
    expect(await project.rows("SELECT name FROM raw_shop.users__pets")).toEqual([["Tom"]]);
  });

  test("is not taken over by a resource that comes later (N1)", async () => {
    await using project = await createMemoryProject();
    const users: MemoryResource = { name: "users", pages: ['[{"id":1,"pets":[{"name":"Rex"}]}]'] };
    await project.sync([users]);
    const report = await project.sync([users, { name: "users__pets", pages: ['[{"name":"Tom"}]'] }]);
    expect(report.resources[1]?.error).toMatchObject({
      type: "data",
      message: "users__pets: its table users__pets is already that of a list of users",
    });
    expect(await project.rows("SELECT name FROM raw_shop.users__pets")).toEqual([["Rex"], ["Rex"]]);
  });
});
