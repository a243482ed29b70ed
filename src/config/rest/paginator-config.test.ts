import { describe, expect, it } from "vitest";
import { COMMON, NUMBERED } from "../../../test/support/paginator-configs.js";
import type { PaginatorConfig } from "../../model/rest-config.js";
import { createIssueList } from "../issue-list.js";
import { resolvePaginator } from "./paginator-config.js";
import type { PaginatorInput } from "../schema/schema-paginator.js";
import { parseYaml } from "../files/yaml.js";

function resolve(
  input: PaginatorInput | string | undefined,
  placeholders: readonly string[] = [],
): PaginatorConfig {
  const issues = createIssueList(parseYaml("", "sources.yml"));
  const paginator = resolvePaginator(input, { path: [], issues, placeholders: new Set(placeholders) });
  expect(issues.issues).toEqual([]);
  return paginator;
}

describe("resolvePaginator", () => {
  it("takes auto when nothing is configured", () => {
    expect(resolve(undefined)).toEqual({ type: "auto" });
  });

  it("begins page numbers at 1, and assumes no total (P1)", () => {
    expect(resolve("page_number")).toEqual({
      type: "page_number",
      target: { in: "query", name: "page" },
      start: 1,
      maximumPage: undefined,
      size: undefined,
      sizeTarget: undefined,
      ...NUMBERED,
    });
  });

  it("takes dlt's names of a page_number for the short ones", () => {
    const short = { type: "page_number", param: "p", start: 0, size: 50, size_param: "n" } as const;
    const long = {
      type: "page_number",
      page_param: "p",
      base_page: 0,
      page: 0,
      size: 50,
      size_param: "n",
    } as const;
    expect(resolve(long)).toEqual(resolve(short));
    expect(resolve(short)).toMatchObject({ start: 0, size: 50, sizeTarget: { in: "query", name: "n" } });
  });

  it("begins offsets at 0 and advances by rows (P3)", () => {
    expect(resolve("offset")).toEqual({
      type: "offset",
      target: { in: "query", name: "offset" },
      start: 0,
      limit: undefined,
      limitTarget: { in: "query", name: "limit" },
      maximumOffset: undefined,
      advance: "rows",
      ...NUMBERED,
    });
  });

  it("takes dlt's names of an offset for the short ones", () => {
    const short = { type: "offset", param: "skip", start: 5, size: 10, size_param: "take" } as const;
    const long = { type: "offset", offset_param: "skip", offset: 5, limit: 10, limit_param: "take" } as const;
    expect(resolve(long)).toEqual(resolve(short));
  });

  it("sends tokens in the body by a dotted path", () => {
    const input = {
      type: "offset",
      limit: 10,
      offset_body_path: "page.from",
      limit_body_path: "page.size",
    } as const;
    expect(resolve(input)).toMatchObject({
      target: { in: "body", path: "page.from" },
      limitTarget: { in: "body", path: "page.size" },
    });
  });

  it("reads a cursor from dlt's default path, a header, or the last record", () => {
    expect(resolve("cursor")).toEqual({
      type: "cursor",
      target: { in: "query", name: "cursor" },
      cursorPath: "cursors.next",
      cursorHeader: undefined,
      lastRecord: undefined,
      start: undefined,
      size: undefined,
      sizeTarget: undefined,
      hasMorePath: undefined,
      stopAfterEmptyPage: false,
      stopOnShortPage: false,
      onMissingPath: "error",
      ...COMMON,
    });
    expect(resolve({ type: "cursor", cursor_header: "X-Next" })).toMatchObject({
      cursorPath: undefined,
      cursorHeader: "X-Next",
    });
    expect(resolve({ type: "cursor", last_record: "id", param: "after" })).toMatchObject({
      cursorPath: undefined,
      lastRecord: "id",
    });
  });

  it("has dlt's defaults for links, and takes json_response for json_link", () => {
    expect(resolve("json_response")).toEqual({
      type: "json_link",
      nextUrlPath: "next",
      hasMorePath: undefined,
      onMissingPath: "error",
      ...COMMON,
    });
    expect(resolve({ type: "header_link", on_repeat: "end", max_empty_pages: 3 })).toEqual({
      type: "header_link",
      linksNextKey: "next",
      onMissingPath: "error",
      onRepeat: "end",
      maxEmptyPages: 3,
    });
  });

  it("sends nothing by itself where a placeholder stands (P9)", () => {
    expect(resolve("page_number", ["page"])).toMatchObject({ target: { in: "placeholder" } });
    expect(resolve({ type: "offset", limit: 5 }, ["offset", "size"])).toMatchObject({
      target: { in: "placeholder" },
      limitTarget: { in: "placeholder" },
    });
  });

  it("takes one status or several for the end (P6)", () => {
    expect(resolve({ type: "page_number", end_on_status: 404 })).toMatchObject({ endOnStatus: [404] });
    expect(resolve({ type: "page_number", end_on_status: [400, 404] })).toMatchObject({
      endOnStatus: [400, 404],
    });
  });
});
