import { expect, test } from "vitest";
import { issuesOfResource, issuesOfRest, readResource, readRest } from "./support.js";

test("every kind of step, in its short and its function form", async () => {
  const { processingSteps } = await readResource(`- name: orders
  processing_steps:
    - filter: "status <> 'draft'"
    - filter: {function: "custom_sources.clean:isReal"}
    - map: {email: "lower(customer.email)", one: 1, yes: true, none: null}
    - map: {function: "custom_sources.clean:normalise"}
    - rename: {old: new}
    - exclude: [a.b]
    - exclude: c
    - yield_map: {function: "custom_sources.clean:explode"}`);
  expect(processingSteps).toMatchObject([
    { kind: "filter", expression: { sql: "status <> 'draft'", location: { line: 9, column: 23 } } },
    { kind: "function", role: "filter", function: { module: "custom_sources.clean", export: "isReal" } },
    {
      kind: "map",
      columns: [
        { path: "email", expression: { sql: "lower(customer.email)" } },
        { path: "one", expression: { sql: "1" } },
        { path: "yes", expression: { sql: "true" } },
        { path: "none", expression: { sql: "null" } },
      ],
    },
    { kind: "function", role: "map", function: { export: "normalise" } },
    { kind: "rename", names: [{ from: "old", to: "new" }] },
    { kind: "exclude", paths: ["a.b"] },
    { kind: "exclude", paths: ["c"] },
    { kind: "function", role: "yield_map", function: { export: "explode" } },
  ]);
});

test("functions of steps are among those that are loaded before anything is requested", async () => {
  const { functions } = await readRest(`base_url: https://api.example.com
resources:
  - name: orders
    processing_steps: [{map: {function: "custom_sources.clean:normalise"}}]`);
  expect(functions).toMatchObject([{ module: "custom_sources.clean", export: "normalise" }]);
});

test("what is no step is told with its place", async () => {
  const block = `base_url: https://api.example.com
resources:
  - name: orders
    processing_steps:
      - {filter: "a", map: {b: "c"}}
      - {}
      - {filtr: "a"}`;
  expect(await issuesOfRest(block)).toMatchInlineSnapshot(`
    ".dango/sources.yml:9:15 sources[0].rest_api.resources[0].processing_steps[0]: several steps in one → write one list entry for each of filter, map, yield_map, rename, exclude: their order counts
    .dango/sources.yml:10:15 sources[0].rest_api.resources[0].processing_steps[1]: a step without a kind → write one list entry for each of filter, map, yield_map, rename, exclude: their order counts
    .dango/sources.yml:11:15 sources[0].rest_api.resources[0].processing_steps[2]: a step without a kind → write one list entry for each of filter, map, yield_map, rename, exclude: their order counts
    .dango/sources.yml:11:16 sources[0].rest_api.resources[0].processing_steps[2].filtr: unknown key \`filtr\` → did you mean \`filter\`?"
  `);
});

test("a cursor is not made behind a filter (I5), and a function is named with its module", async () => {
  const block = `base_url: https://api.example.com
resources:
  - name: orders
    incremental: {cursor_path: changed}
    processing_steps:
      - map: {changed: "a", function: "upper(b)"}
      - map: {function: "custom_sources.clean.normalise"}
      - {filter: "a"}
      - map: {changed: "coalesce(a, b)"}`;
  expect(await issuesOfRest(block)).toMatchInlineSnapshot(`
    ".dango/sources.yml:11:31 sources[0].rest_api.resources[0].processing_steps[1].map.function: not a function → name a module and its export, such as custom_sources.my_api:sign
    .dango/sources.yml:13:15 sources[0].rest_api.resources[0].processing_steps[3].map: the cursor \`changed\` is made behind a filter → put this step before the filter: records that the filter drops move the cursor too, so they need it"
  `);
});

test.each(["$.changed.at", "['changed'].at"])("the cursor may be spelled %s", async (cursor) => {
  const resource = `- name: orders
  incremental: {cursor_path: "${cursor}"}
  processing_steps: [{filter: "a"}, {rename: {a: changed}}]`;
  expect(await issuesOfResource(resource)).toContain(`the cursor \`${cursor}\` is made behind a filter`);
});

test("a sync token is no field of a record, so a step behind a filter may make one of its name", async () => {
  const { options } = await readResource(`- name: orders
  params: {since: "{incremental.start_value}"}
  incremental: {token_path: meta.token}
  processing_steps:
    - {filter: "a"}
    - map: {meta: "upper(b)"}`);
  expect(options.incremental?.isToken).toBe(true);
});
