import type { RestResourceConfig } from "../../../model/rest-config.js";
import type { PageRecords } from "../../../model/source.js";
import type { FunctionLookup } from "../../../model/user-function.js";
import { DataError } from "../../../shared/errors.js";
import { createPaginator } from "../paging/create-paginator.js";
import { createLinkStep } from "../paging/link-step.js";
import type { Paginator } from "../paging/paginator.js";
import type { Slice } from "./slices.js";
import { isObject, readPath } from "../value-path.js";

/** What reading a token looks at. */
export interface TokenSource {
  /** For messages: `my_api.orders`. */
  readonly name: string;
  /** `token_path`. */
  readonly path: string;
  readonly last: PageRecords | undefined;
  /** Rows that were read: without any, a missing token leaves the stored one in place. */
  readonly rows: number;
}

/** The sync token of a resource's last page (rule I3); undefined if there is none and nothing was read. */
export function readToken({ name, path, last, rows }: TokenSource): string | number | bigint | undefined {
  const envelope = last?.envelope;
  const value = readPath(envelope, path);
  if (typeof value === "number" || typeof value === "bigint" || (typeof value === "string" && value !== ""))
    return value;
  if (rows === 0) return undefined;
  const keys = isObject(envelope) ? ` (keys there: ${Object.keys(envelope).slice(0, 20).join(", ")})` : "";
  throw new DataError(
    `${name}: the last page has no sync token at "${path}"${keys}: the next run would not know where to go on`,
    {
      hint: "correct token_path; the paginator must read to the page that has the token",
    },
  );
}

/** The paginator of one chain; one that goes on from a stored token has it as its first cursor or first link. */
export function createChainPaginator(
  { endpoint, options }: RestResourceConfig,
  slice: Slice,
  functions: FunctionLookup,
): Paginator {
  const config = endpoint.paginator;
  const token = options.incremental?.isPaginatorStart === true ? slice.sent?.["start_value"] : undefined;
  if (token === null || token === undefined)
    return createPaginator(config, functions, endpoint.isSingleEntity);
  if (config.type === "cursor") return createPaginator({ ...config, start: String(token) }, functions);
  const paginator = createPaginator(config, functions, endpoint.isSingleEntity);
  return {
    describe: () => paginator.describe(),
    first: () => createLinkStep(String(token)),
    next: (page) => paginator.next(page),
    rules: paginator.rules,
  };
}
