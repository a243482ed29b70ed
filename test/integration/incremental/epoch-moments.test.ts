import { expect, test } from "vitest";
import { startApi } from "./start-api.js";

const TYPES =
  "SELECT column_name, data_type FROM information_schema.columns WHERE table_schema = 'raw_api' AND column_name IN ('at', 'id') ORDER BY ALL";
const HINT = "columns: {at: {data_type: timestamp}}";

test("a cursor of seconds in a column of moments is stored as moments, sent and kept as seconds (B3, I1, I2)", async () => {
  let records: unknown[] = [
    { id: 1, at: 1704067200 },
    { id: 2, at: 1704067260 },
  ];
  const api = await startApi(
    `- {name: charges, write_disposition: append, ${HINT}, incremental: {cursor_path: at, initial_value: 1704067200, start_param: since}}`,
    () => records,
  );
  expect(await api.syncAsked()).toEqual(["/charges?since=1704067200"]);
  expect(await api.rows(TYPES)).toEqual([
    ["at", "TIMESTAMP WITH TIME ZONE"],
    ["id", "BIGINT"],
  ]);
  expect((await api.cursors("charges"))?.["at"]?.lastValue).toBe(1704067260);

  records = [
    { id: 1, at: 1704067200 },
    { id: 2, at: 1704067260 },
    { id: 3, at: 1704067260 },
    { id: 4, at: 1704067320 },
  ];
  expect(await api.syncAsked()).toEqual(["/charges?since=1704067260"]);
  expect(await api.rows('SELECT id, epoch("at") FROM raw_api.charges ORDER BY id')).toEqual([
    [1n, 1704067200],
    [2n, 1704067260],
    [3n, 1704067260],
    [4n, 1704067320],
  ]);
  expect((await api.cursors("charges"))?.["at"]?.lastValue).toBe(1704067320);
});

test("end_value, lag and min count in seconds there too", async () => {
  const records = [10, 20, 30, 40].map((seconds, index) => ({ id: index + 1, at: 1704067200 + seconds }));
  const api = await startApi(
    `
- {name: until, primary_key: id, ${HINT}, incremental: {cursor_path: at, initial_value: 1704067220, end_value: 1704067240}}
- {name: lagging, primary_key: id, ${HINT}, incremental: {cursor_path: at, initial_value: 1704067200, lag: 15, start_param: since}}
- {name: least, primary_key: id, ${HINT}, incremental: {cursor_path: at, initial_value: 1704067235, last_value_func: min, start_param: since}}`,
    () => records,
  );
  await api.syncAsked();
  const ids = (table: string) => api.rows(`SELECT list(id ORDER BY id) FROM raw_api.${table}`);
  expect(await ids("until")).toEqual([[[2n, 3n]]]);
  expect(await ids("lagging")).toEqual([[[1n, 2n, 3n, 4n]]]);
  expect(await ids("least")).toEqual([[[1n, 2n, 3n]]]);
  expect(await api.syncAsked()).toEqual(
    expect.arrayContaining(["/lagging?since=1704067225", "/least?since=1704067210"]),
  );
});

test("a key of seconds stays a column of moments, and is found again", async () => {
  const record = { at: 1704067200, name: "a" };
  const api = await startApi(`- {name: slots, primary_key: at, ${HINT}}`, () => [record]);
  await api.syncAsked();
  record.name = "b";
  await api.syncAsked();
  expect(await api.rows('SELECT epoch("at"), name FROM raw_api.slots')).toEqual([[1704067200, "b"]]);
});

test.each([
  [
    "moments beside them",
    "1704067200",
    [
      { id: 1, at: 1704067200 },
      { id: 2, at: "2024-01-01T00:01:00Z" },
    ],
    'record 1 of page 1 has "1704067200", record 2 of page 1 has "2024-01-01T00:01:00Z"',
  ],
  [
    "a moment to begin from",
    '"2023-12-31T00:00:00Z"',
    [{ id: 1, at: 1704067200 }],
    'record 1 of page 1 has "1704067200", the value it is compared with is "2023-12-31T00:00:00Z"',
  ],
])("seconds compare with seconds only, not with %s (I1)", async (_, initial, records, told) => {
  const api = await startApi(
    `- {name: mixed, primary_key: id, ${HINT}, incremental: {cursor_path: at, initial_value: ${initial}}}`,
    () => records,
  );
  const report = await api.sync();
  expect(report.resource("mixed").error?.message).toBe(
    `mixed: the values of the cursor at do not compare: ${told}`,
  );
});

test("milliseconds are no moments: the cursor becomes text, digits as sent (B4)", async () => {
  const api = await startApi(
    `- {name: late, primary_key: id, ${HINT}, incremental: {cursor_path: at, initial_value: 1704067200000}}`,
    () => [{ id: 1, at: 1704067200001 }],
  );
  await api.syncAsked();
  expect(await api.rows('SELECT "at" FROM raw_api.late')).toEqual([["1704067200001"]]);
});
