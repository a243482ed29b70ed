import { readHeader } from "../../../http/merge-headers.js";
import type { NumberedEnd } from "../../../model/rest-config.js";
import type { PageNotice, PageStuck, PageView } from "./paginator.js";
import { refuseMissing } from "./missing-path.js";
import { showValue } from "../show-value.js";
import { readPath } from "../value-path.js";

/** One declared total as last read. */
export interface KnownTotal {
  readonly counts: "rows" | "pages";
  /** In words: `total_items_path "total"`. */
  readonly label: string;
  readonly value: number;
}

/** The totals that a numbered paginator declares, read again on every page (rule P1). */
export interface NumberedTotals {
  /** Reads a page; keeps the last value of what it lacks. */
  read(page: PageView): { readonly stuck: PageStuck } | { readonly notices: readonly PageNotice[] };
  readonly known: readonly KnownTotal[];
}

/** `totalPathCounts` is what dlt's `total_path` means for the kind of paginator. */
export function createNumberedTotals(end: NumberedEnd, totalPathCounts: "rows" | "pages"): NumberedTotals {
  const declared = declare(end, totalPathCounts);
  const values = new Map<Declared, number>();
  return {
    get known() {
      return declared.flatMap((total) => {
        const value = values.get(total);
        return value === undefined ? [] : [{ counts: total.counts, label: total.label, value }];
      });
    },
    read(page) {
      const notices: PageNotice[] = [];
      for (const total of declared) {
        const raw = total.read(page);
        const value = parseTotal(raw);
        if (value === "unreadable") return { stuck: refuseUnreadable(total, raw) };
        if (value === undefined) {
          if (page.number > 1) continue;
          const stuck = end.onMissingPath === "end" ? undefined : refuseMissing(page, total.label, total.key);
          if (stuck !== undefined) return { stuck };
          notices.push({ level: "info", message: `${total.label} is missing: paging goes on without it` });
          continue;
        }
        const before = values.get(total);
        if (before !== undefined && before !== value) {
          notices.push({
            level: "info",
            message: `${total.label} changed from ${String(before)} to ${String(value)} on page ${String(page.number)}`,
          });
        }
        values.set(total, value);
      }
      return { notices };
    },
  };
}

interface Declared {
  readonly counts: "rows" | "pages";
  readonly key: string;
  readonly label: string;
  read(page: PageView): unknown;
}

function declare(end: NumberedEnd, totalPathCounts: "rows" | "pages"): Declared[] {
  const paths = [
    ["total_path", end.totalPath, totalPathCounts],
    ["total_items_path", end.totalItemsPath, "rows"],
    ["total_pages_path", end.totalPagesPath, "pages"],
  ] as const;
  const headers = [
    ["total_items_header", end.totalItemsHeader, "rows"],
    ["total_pages_header", end.totalPagesHeader, "pages"],
  ] as const;
  return [
    ...paths.flatMap(([key, path, counts]) =>
      path === undefined
        ? []
        : [
            {
              counts,
              key,
              label: `${key} "${path}"`,
              read: (page: PageView) => readPath(page.records.envelope, path),
            },
          ],
    ),
    ...headers.flatMap(([key, name, counts]) =>
      name === undefined
        ? []
        : [
            {
              counts,
              key,
              label: `${key} "${name}"`,
              read: (page: PageView) => withoutRange(readHeader(page.headers, name.toLowerCase())),
            },
          ],
    ),
  ];
}

/** The total of a `Content-Range` such as `items 0-24/319`; `*` is one that the server did not count. */
function withoutRange(value: string | undefined): string | undefined {
  const range = value === undefined ? null : /^\s*(?:[\w-]+\s+)?(?:\d+-\d+|\*)\/(\d+|\*)\s*$/.exec(value);
  return range === null ? value : range[1]?.replace("*", "");
}

function parseTotal(value: unknown): number | undefined | "unreadable" {
  if (value === undefined || value === null || value === "") return undefined;
  const isText = typeof value === "string" && /^\s*-?\d+\s*$/.test(value);
  if (!isText && typeof value !== "number" && typeof value !== "bigint") return "unreadable";
  const total = Number(value);
  if (!Number.isInteger(total)) return "unreadable";
  // Servers that do not count say -1.
  return total < 0 ? undefined : total;
}

function refuseUnreadable(total: Declared, value: unknown): PageStuck {
  return {
    kind: "stuck",
    problem: `${total.label} holds ${showValue(value)}, which is not a whole number`,
    hint: `Let ${total.key} name the number of ${total.counts}.`,
  };
}
