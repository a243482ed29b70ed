import { describe, expect, it } from "vitest";
import type { ResourceOptions } from "../model/resource.js";
import { ConfigError } from "../shared/errors.js";
import { checkTables } from "./check-tables.js";

function resource(name: string, tableName?: string): ResourceOptions {
  return {
    name,
    tableName: tableName ?? name,
    isTableNamed: tableName !== undefined,
    writeDisposition: { kind: "append" },
    primaryKey: [],
    mergeKey: [],
    columns: {},
    allowEmpty: false,
    onNullKey: "error",
  };
}

describe("resources that fall on one table (N1)", () => {
  it("are an error that names both and the table", () => {
    const issue = {
      message: 'the resources "userEvents" and "user_events" both fall on the table user_events',
      hint: "rename one of them; if they are meant to share the table, give both the same table_name",
    };
    expect(() => {
      checkTables([resource("userEvents"), resource("orders"), resource("user_events")]);
    }).toThrow(new ConfigError([issue]));
    expect(() => {
      checkTables([resource("a", "events"), resource("events")]);
    }).toThrow('the resources "a" and "events" both fall on the table events');
  });

  it("may share it when both say so", () => {
    checkTables([resource("a", "events"), resource("b", "events"), resource("c")]);
  });
});
