const STATUSES = ["pending", "paid", "shipped", "completed", "refunded"] as const;
const FIRST_NAMES = ["Ada", "Grace", "Edsger", "Barbara", "Łukasz", "Zoë", "Donald", "Margaret"] as const;
const CITIES = ["London", "Kraków", "São Paulo", "Nairobi", "Tokyo", "Oslo"] as const;
const EVENT_KINDS = ["page_view", "add_to_cart", "checkout", "login"] as const;
const FIRST_INSTANT_MS = Date.UTC(2024, 0, 1);
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** Which state of an order is asked for: how often it was changed, and when last. */
export interface OrderVersion {
  readonly id: number;
  /** 0: as created. */
  readonly version: number;
  /** Position in the order of updates; one minute apart, counted from 2024-01-01. */
  readonly updateTick: number;
}

/** The `updated_at` of the given tick, as the API spells it. */
export function instantOfTick(tick: number): string {
  return `${new Date(FIRST_INSTANT_MS + tick * MINUTE_MS).toISOString().slice(0, 19)}Z`;
}

/** One user as JSON text. Every value follows from the id. */
export function userJson(id: number): string {
  const name = pick(FIRST_NAMES, id);
  const signedUp = new Date(FIRST_INSTANT_MS + (id % 365) * DAY_MS).toISOString().slice(0, 10);
  return (
    `{"id":${String(id)},"name":"${name} ${String(id)}","email":"user${String(id)}@example.com",` +
    `"active":${String(id % 7 !== 0)},"signed_up_on":"${signedUp}","credit":${money(id * 37)},` +
    `"address":{"city":"${pick(CITIES, id)}","country":${id % 5 === 0 ? "null" : '"XX"'}},` +
    `"tags":${id % 3 === 0 ? "[]" : `["t${String(id % 4)}","vip"]`}}`
  );
}

/** One order as JSON text: nested customer, one to three items. A changed order has another status and total. */
export function orderJson(order: OrderVersion): string {
  const { id, version } = order;
  const customer = 1 + ((id * 7919) % 1000);
  return (
    `{"id":${String(id)},"status":"${pick(STATUSES, id + version)}",` +
    `"customer":{"id":${String(customer)},"name":"${pick(FIRST_NAMES, customer)} ${String(customer)}",` +
    `"email":"user${String(customer)}@example.com","address":{"city":"${pick(CITIES, customer)}","zip":"${String(10000 + customer)}"}},` +
    `"items":[${itemsJson(id)}],"total":${money(1999 + ((id * 31) % 90000) + version * 100)},"currency":"EUR",` +
    `"created_at":"${instantOfTick(id - 1)}","updated_at":"${instantOfTick(order.updateTick)}"}`
  );
}

/** One event as JSON text; events never change. */
export function eventJson(id: number): string {
  return (
    `{"id":"evt_${String(id).padStart(8, "0")}","kind":"${pick(EVENT_KINDS, id)}","user_id":${String(1 + (id % 500))},` +
    `"at":"${instantOfTick(id)}","properties":{"path":"/p/${String(id % 40)}","ms":${String((id * 13) % 1700)}}}`
  );
}

function itemsJson(orderId: number): string {
  const items: string[] = [];
  // 1, 2 or 3 items, two on average.
  for (let index = 0; index <= orderId % 3; index += 1) {
    const sku = String((orderId * 17 + index * 101) % 5000).padStart(4, "0");
    items.push(
      `{"sku":"SKU-${sku}","quantity":${String(1 + ((orderId + index) % 4))},"price":${money(499 + ((orderId + index) % 5000))}}`,
    );
  }
  return items.join(",");
}

function money(cents: number): string {
  return `${String(Math.trunc(cents / 100))}.${String(cents % 100).padStart(2, "0")}`;
}

function pick(list: readonly string[], index: number): string {
  return list[index % list.length] ?? "";
}
