/** What of a case remains different, and is meant to. */
export interface Difference {
  /** Rows of docs/dlt-differences.md, by their first cell. */
  readonly reasons: readonly string[];
  /** Columns, their order, and rows that only one of the two has. */
  readonly found: Readonly<Record<string, unknown>>;
}

/** By case; those that are not here load alike. */
export const DIFFERENCES: Readonly<Record<string, Difference>> = {
  late: {
    reasons: ["order of columns"],
    found: {
      order: {
        dlt: ["late: id, _dlt_load_id, _dlt_id, late"],
        dango: ["late: id, late, _dlt_load_id, _dlt_id"],
      },
    },
  },
  dates: {
    reasons: ["`YYYY-MM-DD` strings"],
    found: { columns: { dlt: ["dates.day VARCHAR"], dango: ["dates.day DATE"] } },
  },
  mixed: {
    reasons: ["type of a new column"],
    found: {
      columns: {
        dlt: [
          "mixed.number BIGINT",
          "mixed.either BIGINT",
          "mixed.flag BOOLEAN",
          "mixed.number__v_double DOUBLE",
          "mixed.either__v_text VARCHAR",
          "mixed.either__v_bool BOOLEAN",
        ],
        dango: [
          "mixed.number DOUBLE",
          "mixed.either VARCHAR",
          "mixed.flag BIGINT",
          "mixed.flag__v_bool BOOLEAN",
        ],
      },
      rows: {
        dlt: [
          {
            "[mixed__scalar]": [{ _dlt_list_idx: "0", value: "1" }],
            either__v_bool: "true",
            flag: "false",
            id: "3",
            number: "2",
          },
          { either: "1", flag: "true", id: "1", number: "1", scalar: "1" },
          { either__v_text: "one", flag: "true", id: "2", number__v_double: "1.5", scalar__k: "1" },
        ],
        dango: [
          {
            "[mixed__scalar]": [{ _dlt_list_idx: "0", value: "1" }],
            either: "true",
            flag__v_bool: "false",
            id: "3",
            number: "2.0",
          },
          { either: "1", flag__v_bool: "true", id: "1", number: "1.0", scalar: "1" },
          { either: "one", flag: "1", id: "2", number: "1.5", scalar__k: "1" },
        ],
      },
    },
  },
  elements: {
    reasons: ["type of a new column"],
    found: {
      columns: {
        dlt: ["elements__list.value BIGINT", "elements__list.value__v_text VARCHAR"],
        dango: ["elements__list.value VARCHAR"],
      },
      rows: {
        dlt: [
          {
            "[elements__list]": [
              { _dlt_list_idx: "0", value: "1" },
              { _dlt_list_idx: "1", value__v_text: "x" },
              { _dlt_list_idx: "2", k: "1" },
              {
                "[elements__list__list]": [
                  { _dlt_list_idx: "0", value: "2" },
                  { _dlt_list_idx: "1", value: "3" },
                ],
                _dlt_list_idx: "3",
              },
              { _dlt_list_idx: "4" },
            ],
            id: "1",
          },
        ],
        dango: [
          {
            "[elements__list]": [
              { _dlt_list_idx: "0", value: "1" },
              { _dlt_list_idx: "1", value: "x" },
              { _dlt_list_idx: "2", k: "1" },
              {
                "[elements__list__list]": [
                  { _dlt_list_idx: "0", value: "2" },
                  { _dlt_list_idx: "1", value: "3" },
                ],
                _dlt_list_idx: "3",
              },
              { _dlt_list_idx: "4" },
            ],
            id: "1",
          },
        ],
      },
    },
  },
  colliding: {
    reasons: ["keys with the same name (`userID`, `user_id`)"],
    found: {
      columns: { dlt: [], dango: ["colliding.user_id_2 BIGINT"] },
      rows: { dlt: [{ user_id: "2" }], dango: [{ user_id: "1", user_id_2: "2" }] },
    },
  },
  evolving: {
    reasons: [
      "integer column gets a fraction",
      '`"007"`, `"0x10"` into an integer column',
      "2 into a boolean column",
      "a boolean into a text column",
    ],
    found: {
      columns: {
        dlt: ["evolving.count BIGINT", "evolving.count__v_double DOUBLE"],
        dango: ["evolving.count DOUBLE", "evolving.flag__v_bigint BIGINT"],
      },
      rows: {
        dlt: [
          {
            "[evolving__list]": [{ _dlt_list_idx: "0", a: "1" }],
            at: "2024-01-04 00:00:00+00",
            code: "7",
            count: "2",
            flag: "true",
            id: "3",
            note: "True",
            price: "3",
          },
          {
            at: "2024-01-01 00:00:00+00",
            code: "1",
            count: "1",
            flag: "true",
            id: "1",
            note: "a",
            price: "1",
          },
          {
            at: "2024-01-02 00:00:00+00",
            code: "7",
            count__v_double: "1.5",
            flag: "true",
            fresh: "f",
            id: "2",
            note: "5",
            price__v_text: "2.5",
          },
        ],
        dango: [
          {
            "[evolving__list]": [{ _dlt_list_idx: "0", a: "1" }],
            at: "2024-01-04 00:00:00+00",
            code__v_text: "007",
            count: "2.0",
            flag__v_bigint: "2",
            id: "3",
            note: "true",
            price: "3",
          },
          {
            at: "2024-01-01 00:00:00+00",
            code: "1",
            count: "1.0",
            flag: "true",
            id: "1",
            note: "a",
            price: "1",
          },
          {
            at: "2024-01-02 00:00:00+00",
            code: "7",
            count: "1.5",
            flag: "true",
            fresh: "f",
            id: "2",
            note: "5",
            price__v_text: "2.5",
          },
        ],
      },
    },
  },
  upserted_twice: {
    reasons: ["several records of one key"],
    found: { rows: { dlt: [{ id: "1", v: "a" }], dango: [] } },
  },
  added: {
    reasons: ["`insert-only`, `scd2` with lists"],
    found: {
      rows: {
        dlt: [
          {
            "[added__tags]": [
              { _dlt_list_idx: "0", value: "x" },
              { _dlt_list_idx: "1", value: "leak" },
            ],
            id: "1",
            v: "a",
          },
        ],
        dango: [{ "[added__tags]": [{ _dlt_list_idx: "0", value: "x" }], id: "1", v: "a" }],
      },
    },
  },
  boundary_change: {
    reasons: ["records on the boundary of a cursor"],
    found: { rows: { dlt: [], dango: [{ id: "1", seq: "5", v: "A" }] } },
  },
  without_cursor: {
    reasons: ["records without a cursor, included"],
    found: { rows: { dlt: [{ id: "2" }], dango: [] } },
  },
};
