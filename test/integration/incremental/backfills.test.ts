import { describe, expect, test } from "vitest";
import { startApi } from "./start-api.js";

describe("end_value (§3.1)", () => {
  const EVENTS = (range: string): string =>
    `- {name: events, primary_key: id, incremental: {cursor_path: at, start_param: from, end_param: to, ${range}}}`;

  test("leaves the stored cursor alone: it is neither read nor moved", async () => {
    const api = await startApi(EVENTS('initial_value: "2024-03-01"'), ({ searchParams }) =>
      ["2024-01-05", "2024-01-20", "2024-03-10"]
        .map((at, id) => ({ id, at }))
        .filter(({ at }) => at >= (searchParams.get("from") ?? "")),
    );
    await api.syncAsked();
    const block = (range: string): string => `base_url: ${api.url}\nresources:\n${EVENTS(range)}`;
    await api.sync({}, block('initial_value: "2024-01-01", end_value: "2024-02-01"'));
    await api.sync({}, block('initial_value: "2024-03-01"'));
    expect(api.asked()).toEqual(["/events?from=2024-01-01&to=2024-02-01", "/events?from=2024-03-10"]);
    expect(await api.rows("SELECT id FROM raw_api.events ORDER BY id")).toEqual([[0n], [1n], [2n]]);
    expect((await api.cursors("events"))?.["at"]?.lastValue).toBe("2024-03-10");
  });

  test("under append does not add rows again whose key is there (I2)", async () => {
    const api = await startApi(
      `- {name: events, primary_key: id, write_disposition: append,
   incremental: {cursor_path: at, initial_value: 0, end_value: 10, start_param: from, end_param: to}}`,
      () => [
        { id: 1, at: 1 },
        { id: 2, at: 9 },
        { id: 3, at: 10 },
      ],
    );
    expect(await api.syncAsked()).toEqual(["/events?from=0&to=10"]);
    expect(await api.syncAsked()).toEqual(["/events?from=0&to=10"]);
    expect(await api.rows("SELECT id FROM raw_api.events ORDER BY id")).toEqual([[1n], [2n]]);
    expect(await api.cursors("events")).toBeUndefined();
  });
});

describe("allow_external_schedulers", () => {
  const RESOURCE = `- {name: events, primary_key: id,
   incremental: {cursor_path: at, initial_value: "2020-01-01", start_param: from, end_param: to, format: date, allow_external_schedulers: true}}`;

  test("takes both ends from the scheduler's environment, and is incremental as usual without them", async () => {
    const api = await startApi(RESOURCE, () => [
      { id: 1, at: "2024-01-31T23:59:59Z" },
      { id: 2, at: "2024-02-01T00:00:00Z" },
    ]);
    api.env = { DLT_INTERVAL_START: "2024-01-01T00:00:00Z", DLT_INTERVAL_END: "2024-02-01T00:00:00Z" };
    expect(await api.syncAsked()).toEqual(["/events?from=2024-01-01&to=2024-02-01"]);
    expect(await api.rows("SELECT id FROM raw_api.events")).toEqual([[1n]]);
    api.env = {};
    expect(await api.syncAsked()).toEqual(["/events?from=2020-01-01"]);
    expect((await api.cursors("events"))?.["at"]?.lastValue).toBe("2024-02-01T00:00:00Z");
  });

  test("is no `end_value` that somebody wrote inside of a parameter: rows beyond the end are left out", async () => {
    const api = await startApi(
      `- {name: events, primary_key: id, params: {from: {type: incremental, cursor_path: at, initial_value: "2020-01-01", allow_external_schedulers: true}}}`,
      () => [
        { id: 1, at: "2024-01-31" },
        { id: 2, at: "2024-02-01" },
      ],
    );
    api.env = { DLT_INTERVAL_START: "2024-01-01", DLT_INTERVAL_END: "2024-02-01" };
    expect(await api.syncAsked()).toEqual(["/events?from=2024-01-01"]);
    expect(await api.rows("SELECT id FROM raw_api.events")).toEqual([[1n]]);
  });

  test.each([
    [{ DLT_INTERVAL_START: "2024-01-01" }, "DLT_INTERVAL_START is set, but DLT_INTERVAL_END is not"],
    [
      { DLT_INTERVAL_START: "2024-01-01", DLT_INTERVAL_END: "soon" },
      'DLT_INTERVAL_END is no timestamp: "soon"',
    ],
  ])("refuses %j before anything is requested", async (env, message) => {
    const api = await startApi(RESOURCE, () => []);
    api.env = env;
    await expect(api.sync()).rejects.toThrow(message);
    expect(api.asked()).toEqual([]);
  });
});

describe("on_cursor_value_missing under merge (§3.1)", () => {
  test("raises by default and names the record; include loads such rows every time, exclude never", async () => {
    const api = await startApi(
      ["raise", "include", "exclude"]
        .map(
          (what) =>
            `- {name: ${what}s, primary_key: id, incremental: {cursor_path: at, initial_value: 1, start_param: since, on_cursor_value_missing: ${what}}}`,
        )
        .join("\n"),
      () => [{ id: 1, at: 5 }, { id: 2, at: null }, { id: 3 }],
    );
    const report = await api.sync();
    expect(report.exitCode).toBe(3);
    expect(report.resource("raises").error?.message).toBe(
      "raises: the cursor at is missing or null in 2 of 3 records, first in record 2 of page 1 (keys present: id)",
    );
    expect(await api.rows("SELECT id FROM raw_api.includes ORDER BY id")).toEqual([[1n], [2n], [3n]]);
    expect(await api.rows("SELECT id FROM raw_api.excludes")).toEqual([[1n]]);
    api.asked();
    await api.sync();
    expect(api.asked().sort()).toEqual(["/excludes?since=5", "/includes?since=5", "/raises?since=1"]);
    expect(await api.rows("SELECT count(*) FROM raw_api.includes")).toEqual([[3n]]);
  });
});

describe("write_disposition: replace", () => {
  test("reads from initial_value every time, as dlt does", async () => {
    const api = await startApi(
      `- {name: events, write_disposition: replace, incremental: {cursor_path: at, initial_value: 1, start_param: since}}`,
      () => [{ at: 5 }],
    );
    expect(await api.syncAsked()).toEqual(["/events?since=1"]);
    expect(await api.syncAsked()).toEqual(["/events?since=1"]);
  });
});
