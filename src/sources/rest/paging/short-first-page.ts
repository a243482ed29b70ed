import { ROUND_ROWS } from "./auto-detection.js";
import type { PageNotice, PageView } from "./paginator.js";

/** A warning where `stop_on_short_page` ends a list at a first page that a server may have cut to its own limit. */
export function tellShortFirstPage(page: PageView, asked: number | undefined): PageNotice[] {
  const { rows } = page.records;
  if (page.number > 1 || asked === undefined || !ROUND_ROWS.has(rows)) return [];
  const message = `the first page has ${String(rows)} of the ${String(asked)} records asked for, which stop_on_short_page takes for the end; if the API gives no more a page than that, ask for ${String(rows)}`;
  return [{ level: "warning", message }];
}
