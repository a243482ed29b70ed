import type { PageRecords } from "../../../model/source.js";
import { readHeader } from "../../../http/merge-headers.js";
import { parseLinkHeader } from "./link-header.js";
import { showValue } from "../show-value.js";
import { formatPath, isObject, parsePath, readPath, type PathSegment } from "../value-path.js";

/** One scalar of an envelope, with its place. */
export interface EnvelopeFact {
  readonly path: readonly PathSegment[];
  readonly key: string;
  /** The key in lower case, letters and digits only. */
  readonly name: string;
  readonly value: string | number | bigint | boolean;
}

/** What a page says about pages to come. */
export interface SignsSource {
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly records: PageRecords;
}

/**
 * Every explicit sign, in words, that more pages follow (rules P10, P13): Link rel=next, a non-empty `next…`, a
 * has-more flag that is true, pages above the page, a total above the rows. `rows` is how many were received so far.
 */
export function findSignsOfMore(page: SignsSource, rows: number): string[] {
  return listSigns(page, readEnvelope(page.records), rows);
}

/** As {@link findSignsOfMore}, also where the body is itself the record. */
export function findSignsInObject(page: SignsSource): string[] {
  const facts: EnvelopeFact[] = [];
  collect(page.records.envelope, [], facts);
  return listSigns(page, facts, page.records.rows);
}

function listSigns(page: SignsSource, facts: readonly EnvelopeFact[], rows: number): string[] {
  const signs: string[] = [];
  const link = parseLinkHeader(page.headers["link"]).get("next");
  if (link !== undefined) signs.push(`Link header rel=next is ${showValue(link)}`);
  for (const fact of facts) if (isNextFact(fact) || isMoreFlag(fact) === true) signs.push(describeFact(fact));
  const pages = findPages(facts);
  const current = findPage(facts);
  if (pages !== undefined && current !== undefined && toCount(pages) > toCount(current)) {
    signs.push(`${describeFact(pages)}, above ${describeFact(current)}`);
  }
  const total = findTotal(facts, rows);
  if (total !== undefined && toCount(total) > rows) {
    signs.push(`${describeFact(total)}, above the ${String(rows)} rows received`);
  }
  const header = findTotalHeader(page.headers);
  if (header !== undefined && header.total > rows) {
    signs.push(`header ${header.name} is ${String(header.total)}, above the ${String(rows)} rows received`);
  }
  return signs;
}

/** A fact in words: `meta.total is 250`. */
export function describeFact(fact: EnvelopeFact): string {
  return `${formatPath(fact.path)} is ${showValue(fact.value)}`;
}

/** The scalars of an envelope, lists not entered; none where the body is itself the record or the list. */
export function readEnvelope(records: PageRecords): EnvelopeFact[] {
  const facts: EnvelopeFact[] = [];
  if (isSingleRecord(records)) return facts;
  collect(records.envelope, [], facts);
  return facts;
}

/** True if what was taken from the body is one object, not a list of them: signs in it are its own data. */
export function isSingleRecord({ chosen, envelope }: PageRecords): boolean {
  // A path with wildcards (`data.edges[*].node`) takes records out of lists, which are never the body's own object.
  return chosen !== "" && parsePath(chosen) !== undefined && isObject(readPath(envelope, chosen));
}

/** A non-empty scalar under a `next…` key, or under a key within an object of that name. */
export function isNextFact(fact: EnvelopeFact): boolean {
  if (typeof fact.value === "boolean" || fact.value === "" || fact.value === 0) return false;
  return !isBackward(fact) && fact.path.some((segment) => isNextName(normalize(String(segment))));
}

/** The value of a has-more flag (`has_more`, `hasNextPage`, …; `is_last` the other way round); undefined: it is none. */
export function isMoreFlag({ name, value }: EnvelopeFact): boolean | undefined {
  const flag =
    value === true || value === "true" ? true : value === false || value === "false" ? false : undefined;
  if (flag === undefined) return undefined;
  if (/^(?:has|is)?more|^hasnext|^next/.test(name)) return flag;
  return /^(?:is)?last(?:page)?$/.test(name) ? !flag : undefined;
}

/** True for places that lead back or stay: self, first, last, prev, current, newer, latest. */
export function isBackward(fact: EnvelopeFact): boolean {
  return fact.path.some((segment) =>
    /^(?:self|first|last|prev|current|newer|latest|start)/.test(normalize(String(segment))),
  );
}

/** The number of the page that the body is. */
export function findPage(facts: readonly EnvelopeFact[]): EnvelopeFact | undefined {
  const spring = facts.some((fact) => fact.name === "totalpages") ? "|number" : "";
  return findCount(
    facts,
    new RegExp(`^(?:page|currentpage|pagenumber|pageno|pagenum|pageindex|current${spring})$`),
  );
}

/** The number of pages. */
export function findPages(facts: readonly EnvelopeFact[]): EnvelopeFact | undefined {
  return findCount(
    facts,
    /^(?:pages|totalpages|pagestotal|pagetotal|pagecount|totalpagecount|numpages|lastpage|maxpages?)$/,
  );
}

/** The number of rows in all; `count` only if it is above the rows of the page (else it may be just these). */
export function findTotal(facts: readonly EnvelopeFact[], rows: number): EnvelopeFact | undefined {
  const total = findCount(
    facts,
    /^(?:total|totalcount|totalitems|totalresults|totalrecords|totalelements|totalrows|totalhits|totalsize|itemcount|recordcount)$/,
  );
  if (total !== undefined) return total;
  const count = findCount(facts, /^count$/);
  return count !== undefined && toCount(count) > rows ? count : undefined;
}

/** The total that a header gives. */
export function findTotalHeader(
  headers: SignsSource["headers"],
): { name: string; total: number } | undefined {
  for (const name of ["x-total-count", "x-total", "total-count", "x-pagination-total-count"]) {
    const value = readHeader(headers, name);
    if (value !== undefined && /^\d+$/.test(value)) return { name, total: Number(value) };
  }
  return undefined;
}

/** The first fact of such a name whose value is a whole number, or digits. */
export function findCount(facts: readonly EnvelopeFact[], names: RegExp): EnvelopeFact | undefined {
  return facts.find((fact) => names.test(fact.name) && Number.isSafeInteger(toCount(fact)));
}

/** The whole number a fact holds; NaN if it holds none. */
export function toCount({ value }: EnvelopeFact): number {
  if (typeof value === "boolean") return Number.NaN;
  return typeof value === "string" && !/^\d+$/.test(value) ? Number.NaN : Number(value);
}

const MAX_DEPTH = 5;
const MAX_FACTS = 1000;

function collect(value: unknown, path: readonly PathSegment[], facts: EnvelopeFact[]): void {
  if (!isObject(value) || path.length >= MAX_DEPTH || facts.length >= MAX_FACTS) return;
  for (const [key, item] of Object.entries(value)) {
    const place = [...path, key];
    if (isScalar(item)) facts.push({ path: place, key, name: normalize(key), value: item });
    else collect(item, place, facts);
  }
}

function isScalar(value: unknown): value is EnvelopeFact["value"] {
  return ["string", "number", "bigint", "boolean"].includes(typeof value);
}

function isNextName(name: string): boolean {
  return name.startsWith("next") || name.endsWith("nextlink");
}

function normalize(key: string): string {
  return key.toLowerCase().replace(/[^a-z0-9]/g, "");
}
