import { eventJson, instantOfTick, orderJson, userJson, type OrderVersion } from "./records.js";

/** How many records each collection starts with. */
export interface SampleSizes {
  readonly users: number;
  readonly orders: number;
  readonly events: number;
}

/** What a client asks of a collection. */
export interface Query {
  /** Only orders updated at this instant or later, ISO 8601. */
  readonly updatedAfter?: string | undefined;
  readonly status?: string | undefined;
}

/** One collection as a sequence of JSON texts; rendered on demand. */
export interface Collection {
  /** Number of records that match. */
  count(query: Query): number;
  /** The records `from` (inclusive) to `to` (exclusive) of those that match, as JSON texts. */
  slice(query: Query, from: number, to: number): string[];
}

/** The data behind the sample API. */
export interface SampleData {
  readonly users: Collection;
  readonly orders: Collection;
  readonly events: Collection;
  /** Changes the first `changed` orders and adds `added` new ones, all with a later `updated_at`. */
  changeOrders(change: { readonly changed: number; readonly added: number }): void;
}

/** Deterministic data: the same sizes and changes give the same bytes. */
export function createSampleData(sizes: SampleSizes): SampleData {
  let orders: OrderVersion[] = Array.from({ length: sizes.orders }, (_, index) => ({
    id: index + 1,
    version: 0,
    updateTick: index,
  }));
  let nextTick = sizes.orders;
  let nextId = sizes.orders + 1;
  return {
    users: fixedCollection(sizes.users, (index) => userJson(index + 1)),
    events: fixedCollection(sizes.events, (index) => eventJson(index + 1)),
    orders: orderCollection(() => orders),
    changeOrders({ changed, added }) {
      const isChanged = (order: OrderVersion): boolean => order.id <= changed;
      const touched = orders
        .filter(isChanged)
        .sort((a, b) => a.id - b.id)
        .map((order) => ({ id: order.id, version: order.version + 1, updateTick: nextTick++ }));
      const created = Array.from({ length: added }, () => ({
        id: nextId++,
        version: 0,
        updateTick: nextTick++,
      }));
      orders = [...orders.filter((order) => !isChanged(order)), ...touched, ...created];
    },
  };
}

function fixedCollection(size: number, render: (index: number) => string): Collection {
  return {
    count: () => size,
    slice: (_, from, to) =>
      Array.from({ length: Math.max(0, Math.min(to, size) - from) }, (_unused, index) =>
        render(from + index),
      ),
  };
}

/** Orders stand in the order of their updates, so `updated_after` is a suffix. */
function orderCollection(current: () => readonly OrderVersion[]): Collection {
  const matching = (query: Query): readonly OrderVersion[] => {
    const all = current();
    const { updatedAfter, status } = query;
    const recent =
      updatedAfter === undefined ? all : all.slice(firstAtOrAfter(all, Date.parse(updatedAfter)));
    if (status === undefined) return recent;
    return recent.filter((order) => orderJson(order).includes(`"status":"${status}"`));
  };
  return {
    count: (query) => matching(query).length,
    slice: (query, from, to) => matching(query).slice(from, to).map(orderJson),
  };
}

function firstAtOrAfter(orders: readonly OrderVersion[], instantMs: number): number {
  let low = 0;
  let high = orders.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const order = orders[middle];
    if (order !== undefined && Date.parse(instantOfTick(order.updateTick)) < instantMs) low = middle + 1;
    else high = middle;
  }
  return low;
}
