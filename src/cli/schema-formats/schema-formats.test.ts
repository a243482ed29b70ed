import { describe, expect, it } from "vitest";
import type { Column, Table } from "../../model/schema.js";
import { renderDbml } from "./dbml.js";
import { renderMermaid } from "./mermaid.js";
import { renderSql } from "./sql.js";

function column(name: string, sqlType: string, facts: Partial<Column> = {}): Column {
  return { name, sqlType, dataType: "text", nullable: true, ...facts };
}
const ID = column("_dlt_id", "VARCHAR", { nullable: false });

const TABLES: readonly Table[] = [
  {
    name: "orders",
    columns: [
      column("id", "BIGINT", { dataType: "bigint", primaryKey: true }),
      column("placed at", "TIMESTAMP WITH TIME ZONE", { dataType: "timestamp" }),
      ID,
    ],
  },
  {
    name: "orders__items",
    parent: "orders",
    columns: [column('sku "x"', "VARCHAR"), column("_dlt_parent_id", "VARCHAR", { nullable: false }), ID],
  },
];

describe("a schema", () => {
  it("as statements that make its tables", () => {
    expect(renderSql("raw_shop", TABLES)).toMatchInlineSnapshot(`
      "CREATE SCHEMA IF NOT EXISTS "raw_shop";

      CREATE TABLE "raw_shop"."orders" (
        "id" BIGINT,
        "placed at" TIMESTAMP WITH TIME ZONE,
        "_dlt_id" VARCHAR NOT NULL
      );

      CREATE TABLE "raw_shop"."orders__items" (
        "sku ""x""" VARCHAR,
        "_dlt_parent_id" VARCHAR NOT NULL,
        "_dlt_id" VARCHAR NOT NULL
      );"
    `);
  });

  it("as a diagram for Mermaid, whose columns have simple names", () => {
    expect(renderMermaid(TABLES)).toMatchInlineSnapshot(`
      "erDiagram
        "orders" {
          bigint id PK
          timestamp placed_at "placed at"
          text _dlt_id UK
        }
        "orders__items" {
          text sku__x_ "sku 'x'"
          text _dlt_parent_id FK
          text _dlt_id UK
        }
        "orders" ||--o{ "orders__items" : "items""
    `);
  });

  it("as DBML", () => {
    expect(renderDbml("raw_shop", TABLES)).toMatchInlineSnapshot(`
      "Table "raw_shop"."orders" {
        "id" "BIGINT" [pk]
        "placed at" "TIMESTAMP WITH TIME ZONE"
        "_dlt_id" "VARCHAR" [not null, unique]
      }

      Table "raw_shop"."orders__items" {
        "sku \\"x\\"" "VARCHAR"
        "_dlt_parent_id" "VARCHAR" [not null]
        "_dlt_id" "VARCHAR" [not null, unique]
      }

      Ref: "raw_shop"."orders__items"."_dlt_parent_id" > "raw_shop"."orders"."_dlt_id""
    `);
  });

  describe("with declared references", () => {
    const key = (name: string) => column(name, "BIGINT", { dataType: "bigint" });
    const references = [
      {
        columns: ["user"],
        referencedTable: "users",
        referencedColumns: ["id"],
        label: "placed by",
        cardinality: "many_to_one",
      },
      { columns: ["shop", "no"], referencedTable: "carts", referencedColumns: ["shop", "no"] },
      { columns: ["user"], referencedTable: "not_loaded", referencedColumns: ["id"] },
    ];
    const tables: readonly Table[] = [
      { name: "carts", columns: [key("shop"), key("no")] },
      { name: "orders", columns: [key("user"), key("shop"), key("no")], references },
      { name: "users", columns: [key("id")] },
    ];

    it("as DBML, those to tables that are there", () => {
      expect(renderDbml("raw", tables).split("\n").slice(-2)).toEqual([
        'Ref: "raw"."orders"."user" > "raw"."users"."id"',
        'Ref: "raw"."orders".("shop", "no") <> "raw"."carts".("shop", "no")',
      ]);
    });

    it("as a diagram for Mermaid, named by label or columns", () => {
      expect(renderMermaid(tables).split("\n").slice(-2)).toEqual([
        '  "orders" }o--|| "users" : "placed by"',
        '  "orders" }o--o{ "carts" : "shop, no"',
      ]);
    });
  });

  it("as DBML, with a key of several columns", () => {
    const key = ["a", "b"].map((name) => column(name, "BIGINT", { primaryKey: true }));
    expect(renderDbml("raw_shop", [{ name: "t", columns: key }])).toMatchInlineSnapshot(`
      "Table "raw_shop"."t" {
        "a" "BIGINT"
        "b" "BIGINT"

        indexes {
          ("a", "b") [pk]
        }
      }"
    `);
  });
});
