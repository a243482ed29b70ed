import { describe, expect, test } from "vitest";
import { startApi } from "./start-api.js";

describe("token_path (I3)", () => {
  test("begins at the stored link, in the place of the paginator's first one, over three runs", async () => {
    let answers: Record<string, unknown> = {
      "/contacts/delta": { value: [{ id: 1 }], "@odata.nextLink": "/contacts/delta?skip=1" },
      "/contacts/delta?skip=1": { value: [{ id: 2 }], "@odata.deltaLink": "/contacts/delta?token=A" },
    };
    const api = await startApi(
      `- name: contacts
  path: /contacts/delta
  primary_key: id
  data_selector: value
  paginator: {type: json_link, next_url_path: "['@odata.nextLink']"}
  incremental: {token_path: "['@odata.deltaLink']"}`,
      ({ pathname, search }) => answers[pathname + search],
    );
    expect(await api.syncAsked()).toEqual(["/contacts/delta", "/contacts/delta?skip=1"]);
    answers = {
      "/contacts/delta?token=A": { value: [{ id: 3 }], "@odata.nextLink": "/contacts/delta?skip=9" },
      "/contacts/delta?skip=9": { value: [], "@odata.deltaLink": "/contacts/delta?token=B" },
    };
    expect(await api.syncAsked()).toEqual(["/contacts/delta?token=A", "/contacts/delta?skip=9"]);
    answers = { "/contacts/delta?token=B": { value: [] } };
    // Nothing came, so that the stored token stays.
    expect(await api.syncAsked()).toEqual(["/contacts/delta?token=B"]);
    expect(await api.syncAsked()).toEqual(["/contacts/delta?token=B"]);
    expect(await api.rows("SELECT id FROM raw_api.contacts ORDER BY id")).toEqual([[1n], [2n], [3n]]);
  });

  test("goes into start_param where one is named, and the paginator pages on beside it", async () => {
    let run = 0;
    const api = await startApi(
      `- name: calendar
  path: /events
  primary_key: id
  paginator: {type: cursor, cursor_path: nextPageToken, cursor_param: pageToken}
  incremental: {token_path: nextSyncToken, start_param: syncToken}`,
      ({ searchParams }) => {
        if (searchParams.get("pageToken") === null) {
          run += 1;
          return { items: [{ id: run * 10 }], nextPageToken: `p${String(run)}` };
        }
        return { items: [{ id: run * 10 + 1 }], nextSyncToken: `s${String(run)}` };
      },
    );
    expect(await api.syncAsked()).toEqual(["/events", "/events?pageToken=p1"]);
    expect(await api.syncAsked()).toEqual(["/events?syncToken=s1", "/events?syncToken=s1&pageToken=p2"]);
    expect((await api.cursors("calendar"))?.["nextSyncToken"]?.lastValue).toBe("s2");
  });

  test("is the first cursor of a cursor paginator, initial_value that of the first run; numbers stay exact", async () => {
    let after = "9007199254740993";
    const api = await startApi(
      `- name: changes
  primary_key: id
  paginator: {type: cursor, cursor_path: next, cursor_param: since}
  incremental: {token_path: last_seq, initial_value: 5}`,
      () => Buffer.from(`{"results":[{"id":1}],"next":null,"last_seq":${after}}`),
    );
    expect(await api.syncAsked()).toEqual(["/changes?since=5"]);
    after = "9007199254740995";
    expect(await api.syncAsked()).toEqual(["/changes?since=9007199254740993"]);
    expect(await api.syncAsked()).toEqual(["/changes?since=9007199254740995"]);
  });

  test("that is missing where rows came is an error, and neither rows nor token are stored", async () => {
    const api = await startApi(
      `- {name: changes, primary_key: id, incremental: {token_path: meta.token, start_param: t}}`,
      () => ({ data: [{ id: 1 }], meta: {} }),
    );
    const { error } = (await api.sync()).resource("changes");
    expect(error?.message).toBe(
      'api.changes: the last page has no sync token at "meta.token" (keys there: data, meta): the next run would not know where to go on',
    );
    expect(await api.cursors("changes")).toBeUndefined();
  });

  test("that the API no longer knows is begun anew by --full-refresh", async () => {
    let token = "old";
    const api = await startApi(
      `- {name: changes, primary_key: id, incremental: {token_path: token, start_param: t}}`,
      ({ searchParams }) =>
        searchParams.get("t") === "old" ? 410 : { data: [{ id: searchParams.get("t") ?? "first" }], token },
    );
    await api.syncAsked();
    token = "new";
    expect((await api.sync()).resource("changes")).toMatchObject({ exitCode: 1 });
    expect((await api.sync({ fullRefresh: true })).exitCode).toBe(0);
    expect(api.asked()).toEqual(["/changes?t=old", "/changes"]);
    expect((await api.cursors("changes"))?.["token"]?.lastValue).toBe("new");
  });

  test("is not missed where reading stops early: it stands on the last page", async () => {
    const api = await startApi(
      `- {name: changes, primary_key: id, paginator: {type: cursor, cursor_path: next, cursor_param: p}, incremental: {token_path: token, start_param: t}}`,
      ({ searchParams }) =>
        searchParams.get("p") === null
          ? { data: [{ id: 1 }, { id: 2 }], next: "b" }
          : { data: [{ id: 3 }], token: "T" },
    );
    expect((await api.sync({ limit: 1 })).resource("changes")).toMatchObject({ exitCode: 0 });
    expect((await api.sync({ dryRun: true })).resource("changes")).toMatchObject({ exitCode: 0 });
  });
});
