import fc from "fast-check";

/** A JSON document that knows how its numbers are spelled and in which order its members stand. */
export type Json = null | boolean | string | Spelled | readonly Json[] | Members;

/** A number as it is written. */
export class Spelled {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** An object, its members in order. */
export class Members {
  readonly list: readonly (readonly [key: string, value: Json])[];
  constructor(list: readonly (readonly [string, Json])[]) {
    this.list = list;
  }

  /** The object with members before its own. */
  behind(...members: readonly (readonly [string, Json])[]): Members {
    return new Members([...members, ...this.list]);
  }
}

/** Timestamps in many spellings, with the microseconds since the epoch that they are. */
export const TIMES: ReadonlyMap<string, bigint> = new Map([
  ["2024-01-01T00:00:00Z", 1_704_067_200_000_000n],
  ["2024-01-01 00:00:00", 1_704_067_200_000_000n],
  ["2024-01-01T02:00:00+02:00", 1_704_067_200_000_000n],
  ["2023-12-31T19:00:00-0500", 1_704_067_200_000_000n],
  ["2024-01-01T00:00", 1_704_067_200_000_000n],
  ["20240101T000000Z", 1_704_067_200_000_000n],
  ["2024/01/01 10:00:00", 1_704_103_200_000_000n],
  ["2024-01-01T00:00:00.123456Z", 1_704_067_200_123_456n],
  ["1969-12-31T23:59:59.5Z", -500_000n],
  ["0001-01-01T00:00:00Z", -62_135_596_800_000_000n],
  ["2024-01-01T01:00:00+01:00", 1_704_067_200_000_000n],
  ["2024-01-01 00:00:01", 1_704_067_201_000_000n],
  ["2024-01-02T00:00:00.5Z", 1_704_153_600_500_000n],
  ["2024-01-02T00:00:00", 1_704_153_600_000_000n],
  ["20240103T000000Z", 1_704_240_000_000_000n],
]);

/** Dates, which are also moments: their midnight. */
export const DATES: ReadonlyMap<string, bigint> = new Map([
  ["2024-01-01", 1_704_067_200_000_000n],
  ["2024-01-02", 1_704_153_600_000_000n],
  ["1970-01-02", 86_400_000_000n],
]);

/** The JSON text of a document, without blanks. */
export function spellJson(value: Json): string {
  if (value instanceof Spelled) return value.text;
  if (value instanceof Members) {
    return `{${value.list.map(([key, member]) => `${JSON.stringify(key)}:${spellJson(member)}`).join(",")}}`;
  }
  if (Array.isArray(value)) return `[${(value as readonly Json[]).map(spellJson).join(",")}]`;
  return JSON.stringify(value);
}

const KEYS = ["a", "b", "aB", "A", "a_b", "a__b", "value", "list", "c d", "é", "", "x.y", 'q"', "__proto__"];
const RARE_KEYS = [
  "_dlt_id",
  "_dlt_load_id",
  "_dlt_parent_id",
  "_dlt_list_idx",
  "_dlt_root_id",
  "_none",
  "rowid",
];

const NUMBERS = [
  ["0", "1", "-1", "7", "2147483648", "1700000000"],
  ["9007199254740992", "9007199254740993", "-9223372036854775808", "9223372036854775808"],
  ["170141183460469231731687303715884105728", "1.0", "1.10", "0.1", "1e3", "-0.0", "1e400", "1700000000.25"],
].flat();

const STRINGS = [
  "",
  "1",
  "007",
  "0x10",
  "1.5",
  "true",
  "abc",
  "é😀",
  "a\u0000b",
  'say "x"\n',
  "null",
  "{}",
  "2024-02-30",
];

const scalar: fc.Arbitrary<Json> = fc.oneof(
  { arbitrary: fc.constantFrom(...NUMBERS).map((text) => new Spelled(text)), weight: 4 },
  { arbitrary: fc.constantFrom(...STRINGS), weight: 3 },
  { arbitrary: fc.constantFrom(...TIMES.keys(), ...DATES.keys()), weight: 3 },
  { arbitrary: fc.constantFrom(null, true, false), weight: 2 },
);

const key = fc.oneof(
  { arbitrary: fc.constantFrom(...KEYS.slice(0, 3)), weight: 6 },
  { arbitrary: fc.constantFrom(...KEYS), weight: 4 },
  { arbitrary: fc.constantFrom(...RARE_KEYS), weight: 1 },
);

/** Objects whose keys collide and whose values are of every kind, nested in each other. */
const nested: fc.Arbitrary<Members> = fc.letrec<{ value: Json; object: Members }>((tie) => ({
  object: fc
    .uniqueArray(fc.tuple(key, tie("value")), { maxLength: 4, selector: ([name]) => name })
    .map((list) => new Members(list)),
  value: fc.oneof(
    { maxDepth: 3, depthSize: "small" },
    { arbitrary: scalar, weight: 5 },
    { arbitrary: tie("object"), weight: 2 },
    { arbitrary: fc.array(tie("value"), { maxLength: 3 }), weight: 2 },
  ),
})).object;

/** Objects that differ in the kind of one value only. */
const flat: fc.Arbitrary<Members> = scalar.map((value) => new Members([["a", value]]));

/** The documents of a resource: of all shapes, or of one shape with values of different kinds. */
export const documents: fc.Arbitrary<readonly Members[]> = fc.oneof(
  { arbitrary: fc.array(nested, { minLength: 4, maxLength: 4 }), weight: 3 },
  { arbitrary: fc.array(flat, { minLength: 4, maxLength: 4 }), weight: 1 },
);
