import type { RequestedPage } from "./client.js";

/** `page 3 (cursor "abc"): ` before the words of a failure, the token as `show` gives it; nothing for a first page. */
export function describePage(page: RequestedPage | undefined, show: (token: string) => string): string {
  if (page === undefined) return "";
  const token = page.token === undefined ? "" : ` (${show(page.token)})`;
  return `page ${String(page.number)}${token}: `;
}
