/** One resource, as both tools are told, and what the API answers in each of three runs. */
export interface ComparedCase {
  readonly name: string;
  readonly about: string;
  /** Everything of the resource's configuration but its name. */
  readonly resource: Readonly<Record<string, unknown>>;
  /** Records, or JSON text where JavaScript would change a value. */
  readonly runs: readonly [Records, Records, Records];
}

type Records = readonly unknown[] | string;

const append = { write_disposition: "append" };
const replace = { write_disposition: "replace" };
const mergeById = { primary_key: "id", write_disposition: "merge" };

/** What the API answers to requests for children, by run and path. */
export const CHILDREN: readonly Readonly<Record<string, Records>>[] = [
  { "owners/1/pets": [{ kind: "cat", toys: ["ball"] }], "owners/2/pets": [] },
  { "owners/1/pets": [{ kind: "dog", toys: [] }] },
  {},
];

/** What both tools load, in three runs. */
export const CASES: readonly ComparedCase[] = [
  {
    name: "flat",
    about: "flat records",
    resource: append,
    runs: [
      `[
        {"id": 1, "name": "Ada", "score": 1.5, "ok": true, "at": "2024-01-01T00:00:00Z", "none": null, "empty": ""},
        {"id": 2, "name": "Bob \\u00e9 \\ud83d\\ude00", "score": 2.0, "ok": false, "at": "2024-01-02T03:04:05+02:00", "none": null},
        {"id": 9223372036854775807, "name": null, "score": -1e-7, "at": "2024-01-02 10:00:00"}
      ]`,
      [{ id: 4, name: "4" }, {}],
      [],
    ],
  },
  {
    name: "late",
    about: "a key that only the last record of a load has",
    resource: append,
    runs: [[{ id: 1 }, { id: 2, late: "x" }], [], []],
  },
  {
    name: "dates",
    about: "strings that look like dates, times and numbers",
    resource: append,
    runs: [
      [
        {
          day: "2024-01-31",
          month: "2024-01",
          year: "2024",
          week: "2024-W01",
          time: "12:30:00",
          span: "P1D",
          unix: "1700000000",
          rfc: "Wed, 29 Jun 2022 13:56:34 +0000",
          minutes: "2024-01-01T00:00",
          basic: "20240101T000000Z",
          slashes: "2024/01/15 10:00:00",
          offset: "2024-01-01T00:00:00+0530",
          micros: "2024-01-01T00:00:00.123456Z",
          nanos: "2024-01-01T00:00:00.123456789Z",
        },
      ],
      [],
      [],
    ],
  },
  {
    name: "nested",
    about: "three levels of objects and lists",
    resource: append,
    runs: [
      [
        {
          id: 1,
          customer: { name: "Ada", address: { city: "Oslo", geo: { lat: 59.9 } } },
          items: [
            {
              sku: "A",
              tags: ["x", "y"],
              parts: [
                { no: 1, screws: [{ m: 3 }, { m: 4 }] },
                { no: 2, screws: [] },
              ],
            },
            { sku: "B", tags: [], parts: [] },
          ],
          matrix: [
            [1, 2],
            [3, 4],
          ],
        },
        { id: 2, items: [], customer: {}, odd: [null, {}, []] },
      ],
      [{ id: 3, items: [{ sku: "C", parts: [{ no: 3, screws: [{ m: 5, long: true }] }] }] }],
      [],
    ],
  },
  {
    name: "mixed",
    about: "mixed types in one load",
    resource: append,
    runs: [
      `[
        {"id": 1, "number": 1, "either": 1, "scalar": 1, "flag": true},
        {"id": 2, "number": 1.5, "either": "one", "scalar": {"k": 1}, "flag": 1},
        {"id": 3, "number": 2, "either": true, "scalar": [1], "flag": false}
      ]`,
      [],
      [],
    ],
  },
  {
    name: "elements",
    about: "a list of everything",
    resource: append,
    runs: [[{ id: 1, list: [1, "x", { k: 1 }, [2, 3], null] }], [], []],
  },
  {
    name: "colliding",
    about: "two keys of one name",
    resource: append,
    runs: [[{ userID: 1, user_id: 2 }], [], []],
  },
  {
    name: "evolving",
    about: "columns that come and change from run to run",
    resource: append,
    runs: [
      [{ id: 1, count: 1, code: 1, price: 1, flag: true, note: "a", at: "2024-01-01T00:00:00Z" }],
      [
        {
          id: 2,
          count: 1.5,
          code: "7",
          price: "2.5",
          flag: "true",
          note: 5,
          at: "2024-01-02T00:00:00Z",
          fresh: "f",
        },
        { id: 3, count: 2, code: "007", price: 3, flag: 2, note: true, at: 1704326400, list: [{ a: 1 }] },
      ],
      [
        {
          id: 4,
          count: true,
          code: "x",
          price: "n/a",
          flag: "maybe",
          note: 1.5,
          at: "soon",
          list: [{ a: 2, b: "n" }],
        },
        { id: 5, code: 1.0, nested: { deep: { er: 1 } } },
      ],
    ],
  },
  {
    name: "merged",
    about: "merge with changes, lists in them",
    resource: mergeById,
    runs: [
      [
        { id: 1, v: "a", items: [{ sku: "A", parts: [1, 2] }] },
        { id: 2, v: "b", items: [{ sku: "B", parts: [] }] },
        { id: 3, v: "c", items: [] },
      ],
      [
        { id: 2, v: "b", items: [{ sku: "B", parts: [] }] },
        { id: 3, v: "C", items: [{ sku: "C", parts: [3] }] },
        { id: 4, v: "d", items: [] },
      ],
      [
        { id: 1, v: "a", items: [] },
        { id: 4, v: null, extra: 1, items: [{ sku: "D", parts: [4] }] },
      ],
    ],
  },
  {
    name: "slices",
    about: "merge by merge_key alone, and hard_delete",
    resource: { merge_key: "day", write_disposition: "merge" },
    runs: [
      [
        { day: "mon", n: 1 },
        { day: "mon", n: 2 },
        { day: "tue", n: 3 },
      ],
      [
        { day: "mon", n: 4 },
        { day: "wed", n: 5 },
        { day: "wed", n: 5 },
      ],
      [],
    ],
  },
  {
    name: "deleted",
    about: "merge with hard_delete and dedup_sort",
    resource: {
      ...mergeById,
      columns: {
        gone: { hard_delete: true, data_type: "bool" },
        rank: { dedup_sort: "desc", data_type: "bigint" },
      },
    },
    runs: [
      [
        { id: 1, gone: false, rank: 1, tags: ["a"] },
        { id: 2, gone: false, rank: 1, tags: ["b"] },
      ],
      [
        { id: 1, gone: true, rank: 2 },
        { id: 3, gone: false, rank: 9, tags: ["c"] },
        { id: 3, gone: false, rank: 5, tags: ["d"] },
      ],
      [],
    ],
  },
  {
    name: "upserted",
    about: "merge by upsert",
    resource: { primary_key: "id", write_disposition: { disposition: "merge", strategy: "upsert" } },
    runs: [
      [
        { id: 1, v: "a", tags: ["x"] },
        { id: 2, v: "b", tags: [] },
      ],
      [
        { id: 1, v: "A", tags: ["x", "y"] },
        { id: 3, v: "c", tags: ["z"] },
      ],
      [{ id: 1, v: "A", tags: ["y"] }],
    ],
  },
  {
    name: "upserted_twice",
    about: "upsert of two records of one key",
    resource: { primary_key: "id", write_disposition: { disposition: "merge", strategy: "upsert" } },
    runs: [
      [
        { id: 1, v: "a" },
        { id: 1, v: "b" },
      ],
      [],
      [],
    ],
  },
  {
    name: "added",
    about: "merge by insert-only",
    resource: { primary_key: "id", write_disposition: { disposition: "merge", strategy: "insert-only" } },
    runs: [
      [{ id: 1, v: "a", tags: ["x"] }],
      [
        { id: 1, v: "A", tags: ["X", "leak"] },
        { id: 2, v: "b", tags: ["y"] },
      ],
      [],
    ],
  },
  {
    name: "incremental",
    about: "incremental over three runs, records on the boundary twice",
    resource: {
      ...append,
      endpoint: {
        incremental: { cursor_path: "at", initial_value: "2024-01-02T00:00:00Z", start_param: "since" },
      },
    },
    runs: [
      [
        { n: 1, at: "2024-01-01T00:00:00Z" },
        { n: 2, at: "2024-01-02T00:00:00Z" },
        { n: 3, at: "2024-01-03T00:00:00Z" },
      ],
      [
        { n: 2, at: "2024-01-02T00:00:00Z" },
        { n: 3, at: "2024-01-03T00:00:00Z" },
        { n: 4, at: "2024-01-03T00:00:00Z" },
        { n: 5, at: "2024-01-04T00:00:00Z", tags: ["a"] },
      ],
      [
        { n: 5, at: "2024-01-04T00:00:00Z", tags: ["a"] },
        { n: 6, at: "2024-01-04T00:00:00Z", tags: ["b"] },
        { n: 7, at: "2024-01-03T12:00:00Z" },
      ],
    ],
  },
  {
    name: "boundary_change",
    about: "incremental with a primary key, a record on the boundary changed",
    resource: { ...append, primary_key: "id", endpoint: { incremental: { cursor_path: "seq" } } },
    runs: [[{ id: 1, seq: 5, v: "a" }], [{ id: 1, seq: 5, v: "A" }], []],
  },
  {
    name: "without_cursor",
    about: "incremental, records without a cursor included",
    resource: {
      ...append,
      primary_key: "id",
      endpoint: { incremental: { cursor_path: "seq", on_cursor_value_missing: "include" } },
    },
    runs: [[{ id: 1, seq: 5 }, { id: 2 }], [{ id: 2 }, { id: 3, seq: 6 }], []],
  },
  {
    name: "counted",
    about: "incremental by a number, merged",
    resource: {
      ...mergeById,
      endpoint: { incremental: { cursor_path: "seq", initial_value: 2 } },
    },
    runs: [
      [
        { id: 1, seq: 1, v: "a" },
        { id: 2, seq: 9, v: "b" },
      ],
      [
        { id: 1, seq: 10, v: "A" },
        { id: 3, seq: 3, v: "c" },
      ],
      [
        { id: 1, seq: 10, v: "A" },
        { id: 4, seq: 11, v: "d" },
      ],
    ],
  },
  {
    name: "replaced",
    about: "replace, fewer rows and columns than before",
    resource: replace,
    runs: [
      [
        { id: 1, v: "a", tags: ["x", "y"] },
        { id: 2, v: "b", tags: ["z"] },
      ],
      [{ id: 3, v: "c" }],
      [
        { id: 3, v: "c", w: 1 },
        { id: 4, tags: ["t"] },
      ],
    ],
  },
  {
    name: "history",
    about: "scd2, with lists",
    resource: { write_disposition: { disposition: "merge", strategy: "scd2" } },
    runs: [
      [
        { id: 1, v: "a", tags: ["x"] },
        { id: 2, v: "b", tags: [] },
      ],
      [
        { id: 1, v: "A", tags: ["x"] },
        { id: 2, v: "b", tags: [] },
      ],
      [
        { id: 1, v: "A", tags: ["x", "y"] },
        { id: 3, v: "c", tags: ["z"] },
      ],
    ],
  },
  {
    name: "keyed_history",
    about: "scd2 with a merge_key: what a run does not bring is left alone",
    resource: { merge_key: "id", write_disposition: { disposition: "merge", strategy: "scd2" } },
    runs: [
      [
        { id: 1, v: "a" },
        { id: 2, v: "b" },
      ],
      [{ id: 1, v: "A" }],
      [
        { id: 1, v: "A" },
        { id: 2, v: "B" },
      ],
    ],
  },
  {
    name: "owners",
    about: "a parent",
    resource: mergeById,
    runs: [
      [
        { id: 1, name: "Ada" },
        { id: 2, name: "Bob" },
      ],
      [{ id: 1, name: "Ada" }],
      [],
    ],
  },
  {
    name: "pets",
    about: "children, with fields of their parent",
    resource: {
      ...append,
      endpoint: { path: "owners/{resources.owners.id}/pets" },
      include_from_parent: ["id", "name"],
    },
    runs: [[], [], []],
  },
  {
    name: "shallow",
    about: "max_table_nesting",
    resource: { ...append, max_table_nesting: 1 },
    runs: [[{ id: 1, a: { b: { c: { d: 1 } } }, l: [{ m: [{ n: [1, 2] }], s: "t" }] }], [], []],
  },
  {
    name: "hinted",
    about: "hints of columns",
    resource: {
      ...append,
      columns: {
        small: { data_type: "bigint", precision: 32 },
        epoch: { data_type: "timestamp" },
        whole: { data_type: "json" },
        money: { data_type: "decimal", precision: 10, scale: 2 },
        bytes: { data_type: "binary" },
        never: { data_type: "text" },
      },
    },
    runs: [
      [{ id: 1, small: "1", epoch: 1700000000, whole: { a: [1, { b: 2 }] }, money: "12.30", bytes: "aGk=" }],
      [],
      [],
    ],
  },
  {
    name: "names",
    about: "names of keys",
    resource: append,
    runs: [
      [
        {
          HTTPServer: 1,
          userID: 2,
          iPhone5S: 3,
          ABc: 4,
          OAuth2Token: 5,
          "X-Request-ID": 6,
          "@odata.nextLink": "n",
          $ref: 7,
          __v: 8,
          a___b: 9,
          "1.5": 10,
          "50%": 11,
          naïve: 12,
          日本語name: 13,
          BANANA_: 14,
          "event-.!:*<>value": 15,
          select: 16,
          "with space": 17,
          "nested-Key": { innerKey: 18 },
          someList: [{ deepKey: 19 }],
        },
      ],
      [],
      [],
    ],
  },
];
