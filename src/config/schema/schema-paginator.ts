import { z } from "zod";
import { functionName } from "../custom-function.js";
import { count, positive, strict, text } from "./schema-kit.js";

const common = {
  on_repeat: z.enum(["error", "end", "accept"]).nullish(),
  max_empty_pages: positive.nullish(),
};

const more = {
  has_more_path: text.nullish(),
  on_missing_path: z.enum(["error", "end"]).nullish(),
};

const numbered = {
  size: positive.nullish(),
  size_param: text.nullish(),
  size_body_path: text.nullish(),
  total_path: text.nullish(),
  total_items_path: text.nullish(),
  total_items_header: text.nullish(),
  total_pages_path: text.nullish(),
  total_pages_header: text.nullish(),
  stop_after_empty_page: z.boolean().nullish(),
  stop_on_short_page: z.boolean().nullish(),
  end_on_status: z.union([z.int(), z.array(z.int())]).nullish(),
};

const pageNumber = strict({
  type: z.literal("page_number"),
  param: text.nullish(),
  page_param: text.nullish(),
  page_body_path: text.nullish(),
  start: count.nullish(),
  base_page: count.nullish(),
  page: count.nullish(),
  maximum_page: count.nullish(),
  ...numbered,
  ...more,
  ...common,
});

const offset = strict({
  type: z.literal("offset"),
  param: text.nullish(),
  offset_param: text.nullish(),
  offset_body_path: text.nullish(),
  start: count.nullish(),
  offset: count.nullish(),
  limit: positive.nullish(),
  limit_param: text.nullish(),
  limit_body_path: text.nullish(),
  maximum_offset: count.nullish(),
  advance: z.enum(["rows", "size"]).nullish(),
  ...numbered,
  ...more,
  ...common,
});

const cursorTarget = {
  param: text.nullish(),
  cursor_param: text.nullish(),
  cursor_body_path: text.nullish(),
  start: z.union([z.string(), z.number()]).nullish(),
};

const anyCursor = {
  ...cursorTarget,
  header: text.nullish(),
  cursor_header: text.nullish(),
  size: positive.nullish(),
  size_param: text.nullish(),
  size_body_path: text.nullish(),
  stop_after_empty_page: z.boolean().nullish(),
  stop_on_short_page: z.boolean().nullish(),
  ...more,
  ...common,
};

const cursorPart = strict({
  path: text.nullish(),
  header: text.nullish(),
  param: text.nullish(),
  cursor_body_path: text.nullish(),
});

const cursor = strict({
  type: z.literal("cursor"),
  path: text.nullish(),
  cursor_path: text.nullish(),
  last_record: text.nullish(),
  merge: z.boolean().nullish(),
  parts: z.array(cursorPart).min(1).nullish(),
  ...anyCursor,
});

const headerCursor = strict({
  type: z.literal("header_cursor"),
  cursor_key: text.nullish(),
  ...anyCursor,
});

const custom = strict({
  type: z.literal("custom"),
  function: functionName,
  ...cursorTarget,
  ...common,
});

const jsonLink = strict({
  type: z.enum(["json_link", "json_response"]),
  path: text.nullish(),
  next_url_path: text.nullish(),
  ...more,
  ...common,
});

const headerLink = strict({
  type: z.literal("header_link"),
  links_next_key: text.nullish(),
  on_missing_path: z.enum(["error", "end"]).nullish(),
  ...common,
});

const plain = strict({ type: z.enum(["single_page", "auto"]) });

/** A `paginator`: one of the types alone, or a mapping with `type`. */
export const paginatorSchema = z.union([
  z.enum([
    "page_number",
    "offset",
    "cursor",
    "header_cursor",
    "json_link",
    "json_response",
    "header_link",
    "single_page",
    "auto",
  ]),
  pageNumber,
  offset,
  cursor,
  headerCursor,
  jsonLink,
  headerLink,
  plain,
  custom,
]);

/** A paginator mapping of a type that is carried out. */
export type PaginatorInput =
  | z.infer<typeof pageNumber>
  | z.infer<typeof offset>
  | z.infer<typeof cursor>
  | z.infer<typeof headerCursor>
  | z.infer<typeof custom>
  | z.infer<typeof jsonLink>
  | z.infer<typeof headerLink>
  | z.infer<typeof plain>;
