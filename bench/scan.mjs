// Megabytes a second of the one pass over a page's bytes, beside JSON.parse of the same page.
// Usage: node bench/scan.mjs [DIST], where DIST is a built tree (default: dist).
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

const dist = pathToFileURL(`${resolve(process.argv[2] ?? "dist")}/`);
const { FieldLearner } = await import(new URL("extract/field-learner.js", dist).href);
const { skipValue } = await import(new URL("json/skip-value.js", dist).href);

const RECORDS = 1_000;
const ROUNDS = 400;
const REPEATS = 5;

function order(id) {
  return {
    id,
    status: ["open", "paid", "shipped", "cancelled"][id % 4],
    customer: { id: id % 977, name: `Customer ${id % 977}`, email: `customer${id % 977}@example.com` },
    items: [
      { sku: `SKU-${id % 313}`, quantity: 1 + (id % 5), price: (id % 10_000) / 100 },
      { sku: `SKU-${id % 211}`, quantity: 1 + (id % 3), price: (id % 7_000) / 100 },
    ],
    updated_at: new Date(1.7e12 + id * 1_000).toISOString(),
    total: (id % 100_000) / 100,
  };
}

/** Every third record lacks a member, and every seventh has its members in another order. */
function unevenOrder(id) {
  const record = order(id);
  if (id % 3 === 0) delete record.status;
  if (id % 5 === 0) delete record.customer.email;
  return id % 7 === 0 ? Object.fromEntries(Object.entries(record).reverse()) : record;
}

function page(make, indent) {
  const records = Array.from({ length: RECORDS }, (_, index) => make(1_000_000 + index));
  return Buffer.from(JSON.stringify(records, null, indent));
}

function learnPage(learner, bytes) {
  const end = bytes.length;
  let at = 1;
  while (bytes[at] !== 0x5d) {
    while (bytes[at] <= 0x20) at += 1;
    at = learner.learn(bytes, at, end);
    while (bytes[at] <= 0x20 || bytes[at] === 0x2c) at += 1;
  }
  return at;
}

function measure(bytes, work) {
  let best = Infinity;
  for (let repeat = 0; repeat < REPEATS; repeat += 1) {
    const started = performance.now();
    for (let round = 0; round < ROUNDS; round += 1) work(bytes);
    best = Math.min(best, performance.now() - started);
  }
  return Math.round((bytes.length * ROUNDS) / best / 1_000);
}

const cases = {
  "orders, compact": page(order),
  "orders, indented": page(order, 2),
  "orders, uneven": page(unevenOrder),
};
for (const [name, bytes] of Object.entries(cases)) {
  const learner = new FieldLearner();
  const learned = measure(bytes, (copy) => learnPage(learner, copy));
  const skipped = measure(bytes, (copy) => skipValue(copy, 0, copy.length));
  const utf8 = measure(bytes, (copy) => copy.toString("utf8"));
  const parsed = measure(bytes, (copy) => JSON.parse(copy.toString("utf8")));
  console.log(
    `${name.padEnd(18)} learn ${learned} MB/s, skip ${skipped} MB/s, JSON.parse ${parsed} MB/s (decoding alone ${utf8})`,
  );
}
