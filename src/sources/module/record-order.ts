import { watchRowOrder, type RowOrderWatch } from "../../cursor/row-order.js";
import type { ResourceOptions } from "../../model/resource.js";
import type { ReadContext } from "../../model/source.js";

/** A watch on the records that a module yields; undefined without `rowOrder`. */
export function watchOrder(
  { name, incremental }: ResourceOptions,
  { incremental: bounds }: Pick<ReadContext, "incremental">,
): RowOrderWatch | undefined {
  return watchRowOrder(name, incremental, {
    start: bounds?.startValue ?? null,
    end: bounds?.endValue ?? null,
    rangeEnd: incremental?.rangeEnd ?? "open",
  });
}

/** The cursors of yielded records, spelled as they will be loaded. */
export function* cursorsOf(records: readonly unknown[], keys: readonly string[]): Generator {
  for (const record of records) {
    const value = keys.reduce<unknown>(memberOf, record);
    yield value instanceof Date ? value.toISOString() : value;
  }
}

function memberOf(value: unknown, key: string): unknown {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
  return (value as Readonly<Record<string, unknown>>)[key];
}
