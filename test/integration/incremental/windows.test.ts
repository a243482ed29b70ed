import { describe, expect, test } from "vitest";
import { startApi } from "./start-api.js";

const rowsBetween =
  (rows: readonly { at: string; id: number }[]) =>
  ({ searchParams }: URL) =>
    rows.filter(
      ({ at }) => at >= (searchParams.get("from") ?? "") && at < (searchParams.get("to") ?? "9999-12-31"),
    );

describe("step (I6)", () => {
  test("cuts the interval up to now into windows, and begins the next run at the last value", async () => {
    const api = await startApi(
      `- name: events
  primary_key: id
  concurrency: 1
  incremental: {cursor_path: at, initial_value: "2024-01-01", start_param: from, end_param: to, step: 7d}`,
      rowsBetween([
        { id: 1, at: "2024-01-01" },
        { id: 2, at: "2024-01-08" },
        { id: 3, at: "2024-01-19" },
      ]),
      { nowMs: Date.UTC(2024, 0, 20, 15) },
    );
    expect(await api.syncAsked()).toEqual([
      "/events?from=2024-01-01&to=2024-01-08",
      "/events?from=2024-01-08&to=2024-01-15",
      "/events?from=2024-01-15&to=2024-01-21",
    ]);
    expect(await api.syncAsked()).toEqual(["/events?from=2024-01-19&to=2024-01-21"]);
    expect(await api.rows("SELECT id FROM raw_api.events ORDER BY id")).toEqual([[1n], [2n], [3n]]);
  });

  test("leaves rows from now on to the next run, so that none is skipped", async () => {
    const api = await startApi(
      `- name: events
  primary_key: id
  incremental: {cursor_path: at, initial_value: "2024-01-01T00:00:00Z", start_param: from, step: 1d}`,
      () => [
        { id: 1, at: "2024-01-01T09:00:00Z" },
        { id: 2, at: "2024-01-01T10:00:00Z" },
        { id: 3, at: "2024-01-01T11:00:00Z" },
      ],
      { nowMs: Date.UTC(2024, 0, 1, 10) },
    );
    const report = await api.sync();
    expect(api.asked()).toEqual(["/events?from=2024-01-01T00:00:00Z"]);
    expect(report.resource("events").leftOut).toEqual([
      { reason: "after_sync_began", rows: 2, range: "not before 2024-01-01T10:00:00Z" },
    ]);
    expect(await api.rows("SELECT id FROM raw_api.events ORDER BY id")).toEqual([[1n]]);
    api.clock.advance(3_600_000);
    expect(await api.syncAsked()).toEqual(["/events?from=2024-01-01T09:00:00Z"]);
    expect(await api.rows("SELECT id FROM raw_api.events ORDER BY id")).toEqual([[1n], [2n], [3n]]);
  });

  test("sends a granule less than the end to an API whose end is inclusive", async () => {
    const api = await startApi(
      `- name: months
  concurrency: 1
  incremental: {cursor_path: at, initial_value: "2024-01-31", end_value: "2024-04-15", start_param: from, end_param: to,
                step: P1M, granularity: P1D, format: date, primary_key: []}
- name: documented
  concurrency: 1
  primary_key: id
  incremental: {cursor_path: at, initial_value: "2024-01-01", end_value: "2024-03-01", start_param: from, end_param: to,
                step: P1M, granularity: P1D, format: date}
- name: seconds
  concurrency: 1
  primary_key: id
  incremental: {cursor_path: at, initial_value: 1704067200, start_param: from, end_param: to, step: 1h, granularity: 1s, format: unix}`,
      () => [],
      { nowMs: Date.UTC(2024, 0, 1, 1, 30) },
    );
    const urls = await api.syncAsked();
    expect(urls.filter((url) => url.startsWith("/months"))).toEqual([
      "/months?from=2024-01-31&to=2024-02-28",
      "/months?from=2024-02-29&to=2024-03-30",
      "/months?from=2024-03-31&to=2024-04-14",
    ]);
    expect(urls.filter((url) => url.startsWith("/documented"))).toEqual([
      "/documented?from=2024-01-01&to=2024-01-31",
      "/documented?from=2024-02-01&to=2024-02-29",
    ]);
    expect(urls.filter((url) => url.startsWith("/seconds"))).toEqual([
      "/seconds?from=1704067200&to=1704070799",
      "/seconds?from=1704070800&to=1704072599",
    ]);
  });

  test("goes on through every window's pages, and reads numbers up to their end_value (001-13)", async () => {
    const api = await startApi(
      `- name: blocks
  primary_key: n
  concurrency: 1
  path: "blocks/{incremental.start_value}/{incremental.end_value}"
  paginator: {type: page_number, start: 1, stop_on_short_page: true, size: 2, size_param: size}
  incremental: {cursor_path: n, initial_value: 0, end_value: 5, step: 3}`,
      ({ pathname, searchParams }) => {
        const [from = 0, to = 0] = pathname.split("/").slice(2).map(Number);
        const all = Array.from({ length: to - from }, (_, index) => ({ n: from + index }));
        const page = Number(searchParams.get("page")) - 1;
        return all.slice(page * 2, page * 2 + 2);
      },
    );
    expect(await api.syncAsked()).toEqual([
      "/blocks/0/3?page=1&size=2",
      "/blocks/0/3?page=2&size=2",
      "/blocks/3/5?page=1&size=2",
      "/blocks/3/5?page=2&size=2",
    ]);
    expect(await api.rows("SELECT n FROM raw_api.blocks ORDER BY n")).toEqual([[0n], [1n], [2n], [3n], [4n]]);
  });

  test("fails the resource where one window fails: nothing is committed, and the next run asks for all again", async () => {
    let isBroken = true;
    const api = await startApi(
      `- name: events
  primary_key: id
  concurrency: 1
  incremental: {cursor_path: at, initial_value: "2024-01-01", end_value: "2024-01-04", start_param: from, end_param: to, step: 1d}
- other`,
      (url) => {
        if (url.pathname === "/other") return [{ x: 1 }];
        const from = url.searchParams.get("from") ?? "";
        return isBroken && from === "2024-01-02" ? 404 : [{ id: Number(from.slice(-2)), at: from }];
      },
    );
    const report = await api.sync();
    expect(report.exitCode).toBe(3);
    expect(report.resource("events")).toMatchObject({ exitCode: 1, tables: [] });
    expect(report.resource("events").error?.message).toMatch(/\(for at 2024-01-02 to 2024-01-03\)$/);
    expect(
      await api.rows("SELECT table_name FROM information_schema.tables WHERE table_name = 'events'"),
    ).toEqual([]);
    isBroken = false;
    api.asked();
    expect((await api.syncAsked()).filter((url) => url.startsWith("/events"))).toEqual([
      "/events?from=2024-01-01&to=2024-01-02",
      "/events?from=2024-01-02&to=2024-01-03",
      "/events?from=2024-01-03&to=2024-01-04",
    ]);
    expect(await api.rows("SELECT id FROM raw_api.events ORDER BY id")).toEqual([[1n], [2n], [3n]]);
  });

  test("under append adds a row that two windows bring once", async () => {
    const api = await startApi(
      `- name: events
  primary_key: id
  write_disposition: append
  incremental: {cursor_path: at, initial_value: "2024-01-01", end_value: "2024-01-03", start_param: from, end_param: to, step: 1d}`,
      ({ searchParams }) =>
        [
          { id: 1, at: "2024-01-01" },
          { id: 2, at: "2024-01-02" },
        ].filter(({ at }) => at >= (searchParams.get("from") ?? "") && at <= (searchParams.get("to") ?? "")),
    );
    const told = async (): Promise<unknown> => (await api.sync()).resource("events").leftOut;
    expect(await told()).toEqual([{ reason: "repeated", rows: 1 }]);
    expect(await told()).toEqual([
      { reason: "repeated", rows: 1 },
      { reason: "already_loaded", rows: 2 },
    ]);
    expect(await api.rows("SELECT id FROM raw_api.events ORDER BY id")).toEqual([[1n], [2n]]);
  });

  test("asks for nothing where the interval has not begun, and says so", async () => {
    const api = await startApi(
      `- {name: events, primary_key: id, incremental: {cursor_path: at, initial_value: "2030-01-01", start_param: from, step: 1d}}`,
      () => [],
      { nowMs: Date.UTC(2024, 0, 1) },
    );
    const { exitCode, notices } = await api.sync();
    expect([exitCode, api.asked()]).toEqual([0, []]);
    expect(notices).toEqual([
      "events info: nothing was requested: the interval from 2030-01-01 has not begun",
    ]);
  });

  test("reads a report by the day whose start stands in the path, lag included", async () => {
    const api = await startApi(
      `- name: rates
  primary_key: day
  concurrency: 1
  path: "rates/{incremental.start_value}"
  incremental: {cursor_path: day, initial_value: "2024-01-01", step: 1d, lag: 1}`,
      ({ pathname }) => [{ day: pathname.slice(-10), rate: 1.5 }],
      { nowMs: Date.UTC(2024, 0, 3, 1) },
    );
    expect(await api.syncAsked()).toEqual(["/rates/2024-01-01", "/rates/2024-01-02", "/rates/2024-01-03"]);
    expect(await api.syncAsked()).toEqual(["/rates/2024-01-02", "/rates/2024-01-03"]);
  });
});
