import { describe, expect, test } from "vitest";
import { startApi } from "./start-api.js";

/** One resource of a table: what its records have as cursor, and what is asked for in both runs. */
interface Case {
  readonly name: string;
  readonly incremental: string;
  readonly values: readonly (string | number)[];
  /** What `since` is in each run. */
  readonly sent: readonly (string | null)[];
}

/** Syncs all cases in one project, as often as the first has values sent, and gives what `since` was for each. */
async function sendAll(cases: readonly Case[]): Promise<Record<string, readonly (string | null)[]>> {
  const api = await startApi(
    cases
      .map(
        ({ name, incremental }) =>
          `- {name: ${name}, primary_key: id, incremental: {cursor_path: at, start_param: since, ${incremental}}}`,
      )
      .join("\n"),
    ({ pathname }) =>
      cases.find(({ name }) => pathname === `/${name}`)?.values.map((at, id) => ({ id, at })) ?? 404,
  );
  const runs = cases[0]?.sent.length ?? 0;
  for (let run = 0; run < runs; run += 1) await api.syncAsked();
  return Object.fromEntries(
    cases.map(({ name }) => [
      name,
      api.requests
        .map(({ url }) => new URL(url, "http://api.test"))
        .filter(({ pathname }) => pathname === `/${name}`)
        .map(({ searchParams }) => searchParams.get("since")),
    ]),
  );
}

const expected = (cases: readonly Case[]): unknown =>
  Object.fromEntries(cases.map(({ name, sent }) => [name, sent]));

const START = 'initial_value: "2024-01-01T00:00:00Z"';
const LAST = "2024-05-06T07:08:09.567Z";

describe("format (I1)", () => {
  test("makes what is sent; the API's own spelling is sent without it, and is stored in any case", async () => {
    const cases: Case[] = [
      { name: "plain", incremental: START, values: [LAST], sent: ["2024-01-01T00:00:00Z", LAST] },
      {
        name: "offset",
        incremental: START,
        values: ["2024-05-06T09:08:09+02:00"],
        sent: ["2024-01-01T00:00:00Z", "2024-05-06T09:08:09+02:00"],
      },
      {
        name: "space",
        incremental: 'initial_value: "2024-01-01 00:00:00"',
        values: ["2024-05-06 07:08:09.5"],
        sent: ["2024-01-01 00:00:00", "2024-05-06 07:08:09.5"],
      },
      {
        name: "iso",
        incremental: `${START}, format: iso`,
        values: [LAST],
        sent: ["2024-01-01T00:00:00Z", LAST],
      },
      {
        name: "iso_offset",
        incremental: 'initial_value: "2024-01-01", format: iso',
        values: ["2024-05-06T09:08:09.123456+02:00"],
        sent: ["2024-01-01T00:00:00Z", "2024-05-06T07:08:09.123456Z"],
      },
      {
        name: "date",
        incremental: `${START}, format: date`,
        values: ["2024-05-06T23:30:00-02:00"],
        sent: ["2024-01-01", "2024-05-07"],
      },
      {
        name: "unix",
        incremental: `${START}, format: unix`,
        values: [LAST],
        sent: ["1704067200", "1714979289"],
      },
      {
        name: "unix_ms",
        incremental: `${START}, format: unix_ms`,
        values: [LAST],
        sent: ["1704067200000", "1714979289567"],
      },
      {
        name: "epoch",
        incremental: "initial_value: 1704067200, format: unix",
        values: [1714979289],
        sent: ["1704067200", "1714979289"],
      },
      {
        name: "pattern",
        incremental: `${START}, format: "%d.%m.%Y %H:%M"`,
        values: [LAST],
        sent: ["01.01.2024 00:00", "06.05.2024 07:08"],
      },
      {
        name: "rfc",
        incremental: `${START}, format: "%a, %d %b %Y %H:%M:%S GMT"`,
        values: [LAST],
        sent: ["Mon, 01 Jan 2024 00:00:00 GMT", "Mon, 06 May 2024 07:08:09 GMT"],
      },
      {
        name: "salesforce",
        incremental: `${START}, format: "%Y-%m-%dT%H:%M:%S.%L%z"`,
        values: [LAST],
        sent: ["2024-01-01T00:00:00.000+0000", "2024-05-06T07:08:09.567+0000"],
      },
    ];
    expect(await sendAll(cases)).toEqual(expected(cases));
  });

  test("cuts a start off downwards and an end upwards, so that no row between is missed", async () => {
    const api = await startApi(
      `- name: orders
  primary_key: id
  incremental: {cursor_path: at, initial_value: "2024-05-06T07:08:09Z", end_value: "2024-05-08T01:00:00Z",
                format: date, start_param: from, end_param: to}
- name: reports
  primary_key: id
  path: "reports/{incremental.start_value}"
  headers: {X-Until: "{incremental.end_value}"}
  incremental: {cursor_path: at, initial_value: "2024-05-06T07:08:09.9Z", end_value: "2024-05-08T01:00:00.1Z", format: unix}`,
      () => [
        { id: 1, at: "2024-05-06T01:00:00Z" },
        { id: 2, at: "2024-05-08T00:59:59Z" },
      ],
    );
    expect((await api.syncAsked()).sort()).toEqual([
      "/orders?from=2024-05-06&to=2024-05-09",
      "/reports/1714979289",
    ]);
    expect(api.requests.find(({ url }) => url.startsWith("/reports"))?.headers["x-until"]).toBe("1715130001");
    expect(await api.rows("SELECT id FROM raw_api.orders")).toEqual([[2n]]);
  });

  test("is an error where the stored value is no time, naming the value", async () => {
    const api = await startApi(
      "- {name: orders, primary_key: id, incremental: {cursor_path: at, start_param: since, format: iso}}",
      () => [{ id: 1, at: "v17" }],
    );
    await api.sync();
    const { error, exitCode } = (await api.sync()).resource("orders");
    expect(exitCode).toBe(1);
    expect(error).toMatchObject({
      type: "data",
      message: 'api.orders: format iso needs a cursor of timestamps, but its value is "v17"',
    });
  });
});

describe("lag (§3.4)", () => {
  test("is taken from the stored value, spelled alike, and never goes below initial_value", async () => {
    const cases: Case[] = [
      {
        name: "seconds",
        incremental: 'initial_value: "2023-01-01T00:00:00Z", lag: 3600',
        values: ["2023-03-03T02:00:00Z"],
        sent: ["2023-01-01T00:00:00Z", "2023-03-03T01:00:00Z"],
      },
      {
        name: "days_of_dates",
        incremental: 'initial_value: "2023-01-01", lag: 2',
        values: ["2023-03-03"],
        sent: ["2023-01-01", "2023-03-01"],
      },
      { name: "units", incremental: "initial_value: 0, lag: 10", values: [100], sent: ["0", "90"] },
      { name: "halves", incremental: "initial_value: 0.5, lag: 0.25", values: [1.5], sent: ["0.5", "1.25"] },
      { name: "digits", incremental: 'initial_value: "000", lag: 10', values: ["105"], sent: ["000", "095"] },
      {
        name: "duration",
        incremental: `${START}, lag: 3d`,
        values: ["2024-03-02T00:00:00+02:00"],
        sent: ["2024-01-01T00:00:00Z", "2024-02-28T00:00:00+02:00"],
      },
      {
        name: "iso_duration",
        incremental: `${START}, lag: PT36H`,
        values: ["2024-03-02T12:00:00.250Z"],
        sent: ["2024-01-01T00:00:00Z", "2024-03-01T00:00:00.250Z"],
      },
      {
        name: "months",
        incremental: 'initial_value: "2023-01-01", lag: P1M',
        values: ["2024-03-31"],
        sent: ["2023-01-01", "2024-02-29"],
      },
      {
        name: "hours_of_dates",
        incremental: 'initial_value: "2023-01-01", lag: 36h',
        values: ["2024-03-31"],
        sent: ["2023-01-01", "2024-03-29"],
      },
      {
        name: "epoch",
        incremental: "initial_value: 1704067200, lag: 1h, format: unix",
        values: [1714979289],
        sent: ["1704067200", "1714975689"],
      },
      {
        name: "formatted",
        incremental: `${START}, lag: 1d, format: date`,
        values: [LAST],
        sent: ["2024-01-01", "2024-05-05"],
      },
      {
        name: "floor",
        incremental: `${START}, lag: 30d`,
        values: ["2024-01-02T00:00:00Z"],
        sent: ["2024-01-01T00:00:00Z", "2024-01-01T00:00:00Z"],
      },
      {
        name: "backwards",
        incremental: "initial_value: 100, lag: 5, last_value_func: min",
        values: [70],
        sent: ["100", "75"],
      },
    ];
    expect(await sendAll(cases)).toEqual(expected(cases));
  });

  test("brings late rows under append once each, and the stored value never goes back (I2)", async () => {
    let rows = [
      { at: "2024-01-10", v: 1 },
      { at: "2024-01-12", v: 2 },
    ];
    const api = await startApi(
      `- {name: log, incremental: {cursor_path: at, initial_value: "2024-01-01", start_param: since, lag: 3}}`,
      ({ searchParams }) => rows.filter((row) => row.at >= (searchParams.get("since") ?? "")),
    );
    await api.syncAsked();
    rows = [...rows, { at: "2024-01-10", v: 3 }, { at: "2024-01-09", v: 4 }, { at: "2024-01-08", v: 5 }];
    expect(await api.syncAsked()).toEqual(["/log?since=2024-01-09"]);
    rows = [...rows, { at: "2024-01-13", v: 6 }];
    expect(await api.syncAsked()).toEqual(["/log?since=2024-01-09"]);
    expect(await api.syncAsked()).toEqual(["/log?since=2024-01-10"]);
    // A row below the lag stays unseen: that is what the size of a lag decides.
    expect(await api.rows("SELECT v FROM raw_api.log ORDER BY v")).toEqual([[1n], [2n], [3n], [4n], [6n]]);
    expect((await api.cursors("log"))?.["at"]?.lastValue).toBe("2024-01-13");
  });

  test("that does not fit the stored value is an error that says what to do", async () => {
    const api = await startApi(
      `- {name: log, primary_key: id, incremental: {cursor_path: at, start_param: since, lag: 1h}}`,
      () => [{ id: 1, at: 1714979289 }],
    );
    await api.sync();
    const { error } = (await api.sync()).resource("log");
    expect(error?.message).toBe('log: lag 1h cannot be taken from the stored value "1714979289" of at');
    expect(error?.hint).toContain("format: unix or unix_ms");
  });
});

describe("convert", () => {
  const files = {
    "custom_sources/dates.ts": `
export const toWeek = async (value: string): Promise<string> => \`week-of-\${value.slice(0, 10)}\`;
export const nothingAtZero = (value: number) => (value === 0 ? null : value * 1000);
export const wrong = (value: number) => [value];
`,
  };

  test("makes what is sent, at its old name transform too; what is stored stays the API's", async () => {
    const api = await startApi(
      `- {name: weeks, primary_key: id, params: {w: "{incremental.start_value}"},
   incremental: {cursor_path: at, initial_value: "2024-01-01T00:00:00Z", convert: "custom_sources.dates:toWeek"}}
- {name: scaled, primary_key: id,
   incremental: {cursor_path: at, initial_value: 0, start_param: since, transform: "custom_sources.dates:nothingAtZero"}}`,
      ({ pathname }) => [{ id: 1, at: pathname === "/weeks" ? "2024-02-05T00:00:00Z" : 7 }],
      { files },
    );
    expect((await api.syncAsked()).sort()).toEqual(["/scaled", "/weeks?w=week-of-2024-01-01"]);
    expect((await api.syncAsked()).sort()).toEqual(["/scaled?since=7000", "/weeks?w=week-of-2024-02-05"]);
    expect((await api.cursors("scaled"))?.["at"]?.lastValue).toBe(7);
  });

  test("that returns what cannot be sent is an error that names the function", async () => {
    const api = await startApi(
      `- {name: orders, primary_key: id, incremental: {cursor_path: at, initial_value: 5, start_param: since, convert: "custom_sources.dates:wrong"}}`,
      () => [],
      { files },
    );
    const { error } = (await api.sync()).resource("orders");
    expect(error?.message).toBe(
      "api.orders: custom_sources.dates:wrong returned a list for the cursor value 5",
    );
    expect(api.asked()).toEqual([]);
  });
});
