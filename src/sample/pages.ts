import type { Collection, Query } from "./collections.js";

/** The ways in which the sample API pages; the first segment of a path chooses one. */
export const PAGE_STYLES = ["page", "offset", "cursor", "link", "next", "all"] as const;

/** One way of paging. */
export type PageStyle = (typeof PAGE_STYLES)[number];

/** An answer of the sample API. */
export interface Page {
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

const DEFAULT_SIZE = 100;
const LARGEST_SIZE = 10_000;

/**
 * Renders one page.
 * `page`: `?page=1&per_page=100`, body `{data, page, per_page, total_pages, total}`.
 * `offset`: `?offset=0&limit=100`, body `{items, offset, limit, total}`.
 * `cursor`: `?cursor=…&limit=100`, body `{results, next_cursor, has_more}`.
 * `link`: `?page=1&per_page=100`, a list, with a `Link` header.
 * `next`: `?limit=100&after=0`, body `{data, next_page_url}`.
 * `all`: a list of everything.
 */
export function renderPage(style: PageStyle, collection: Collection, query: Query, url: URL): Page {
  const params = url.searchParams;
  switch (style) {
    case "page":
      return numberedPage(collection, query, params);
    case "offset":
      return offsetPage(collection, query, params);
    case "cursor":
      return cursorPage(collection, query, params);
    case "link":
      return linkedPage(collection, query, url);
    case "next":
      return nextUrlPage(collection, query, url);
    case "all":
      return page(`[${collection.slice(query, 0, Infinity).join(",")}]`);
  }
}

function numberedPage(collection: Collection, query: Query, params: URLSearchParams): Page {
  const size = sizeOf(params, "per_page");
  const number = positive(params.get("page"), 1);
  const total = collection.count(query);
  const records = collection.slice(query, (number - 1) * size, number * size);
  const pages = Math.ceil(total / size);
  return page(
    `{"data":[${records.join(",")}],"page":${String(number)},"per_page":${String(size)},` +
      `"total_pages":${String(pages)},"total":${String(total)}}`,
  );
}

function offsetPage(collection: Collection, query: Query, params: URLSearchParams): Page {
  const size = sizeOf(params, "limit");
  const offset = positive(params.get("offset"), 0);
  const records = collection.slice(query, offset, offset + size);
  return page(
    `{"items":[${records.join(",")}],"offset":${String(offset)},"limit":${String(size)},` +
      `"total":${String(collection.count(query))}}`,
  );
}

function cursorPage(collection: Collection, query: Query, params: URLSearchParams): Page {
  const size = sizeOf(params, "limit");
  const from = fromCursor(params.get("cursor"));
  const records = collection.slice(query, from, from + size);
  const hasMore = from + size < collection.count(query);
  const next = hasMore ? `"${toCursor(from + size)}"` : "null";
  return page(`{"results":[${records.join(",")}],"next_cursor":${next},"has_more":${String(hasMore)}}`);
}

function linkedPage(collection: Collection, query: Query, url: URL): Page {
  const size = sizeOf(url.searchParams, "per_page");
  const number = positive(url.searchParams.get("page"), 1);
  const records = collection.slice(query, (number - 1) * size, number * size);
  const last = Math.max(1, Math.ceil(collection.count(query) / size));
  const links: string[] = [];
  if (number < last) links.push(link(url, number + 1, "next"), link(url, last, "last"));
  if (number > 1) links.push(link(url, 1, "first"));
  return page(`[${records.join(",")}]`, links.length === 0 ? {} : { link: links.join(", ") });
}

function nextUrlPage(collection: Collection, query: Query, url: URL): Page {
  const size = sizeOf(url.searchParams, "limit");
  const from = positive(url.searchParams.get("after"), 0);
  const records = collection.slice(query, from, from + size);
  const next = new URL(url);
  next.searchParams.set("after", String(from + size));
  const hasMore = from + size < collection.count(query);
  return page(
    `{"data":[${records.join(",")}],"next_page_url":${hasMore ? JSON.stringify(next.href) : "null"}}`,
  );
}

function page(body: string, headers: Readonly<Record<string, string>> = {}): Page {
  return { body, headers };
}

function link(url: URL, number: number, relation: string): string {
  const target = new URL(url);
  target.searchParams.set("page", String(number));
  return `<${target.href}>; rel="${relation}"`;
}

function sizeOf(params: URLSearchParams, name: string): number {
  return Math.min(Math.max(1, positive(params.get(name), DEFAULT_SIZE)), LARGEST_SIZE);
}

function positive(text: string | null, fallback: number): number {
  return text !== null && /^\d+$/.test(text) ? Number(text) : fallback;
}

function toCursor(from: number): string {
  return Buffer.from(`from:${String(from)}`).toString("base64url");
}

function fromCursor(cursor: string | null): number {
  if (cursor === null) return 0;
  return positive(Buffer.from(cursor, "base64url").toString().replace("from:", ""), 0);
}
