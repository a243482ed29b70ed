/**
 * What is known of one place in a resource's records: the kinds of JSON values seen there, the members of its
 * objects, the element of its lists. A resource's fields form a tree, learned from the bytes while records are
 * split, and the order of `members` is the order in which the API first sent them.
 */
export interface FieldNode {
  /** The member's key as the API spells it; `""` for the root and for list elements. */
  readonly key: string;
  /** Bits of {@link Kind}: every kind of value seen at this place. */
  readonly kinds: number;
  /** Members of the objects seen here, by key, in first-seen order. */
  readonly members: ReadonlyMap<string, FieldNode>;
  /** The one node that all elements of the lists seen here share. */
  readonly element: FieldNode | undefined;
  /**
   * Keys of other members, with the same normalised name, that stood beside this one in some object (rule N1).
   * Undefined: not kept; then all such members count as having met.
   */
  readonly met?: ReadonlySet<string> | undefined;
}

/** Kinds of JSON values, as bits: numbers by what holds them exactly, strings by what they look like. */
export const Kind = {
  null: 1 << 0,
  bool: 1 << 1,
  /** An integer of at most ten digits: as seconds it is a moment that a timestamp holds. */
  int34: 1 << 2,
  /** Any other integer that a double holds exactly: magnitude at most 2^53. */
  int53: 1 << 3,
  /** Fits a BIGINT. */
  int64: 1 << 4,
  /** Fits a HUGEINT. */
  int128: 1 << 5,
  /** An integer beyond HUGEINT: its digits are kept as text. */
  intWide: 1 << 6,
  /** A number spelled with a fraction or exponent whose value is an integer of at most 2^53, such as `1.0`. */
  floatWhole: 1 << 7,
  /** Any other finite double. */
  float: 1 << 8,
  /** A number beyond DOUBLE, such as `1e400`: its digits are kept as text. */
  floatWide: 1 << 9,
  /** A timestamp that DuckDB reads without help: `YYYY-MM-DD[T ]HH:MM[:SS[.f][Z|±HH[:MM]|±HHMM]]`, all parts in range. */
  timestamp: 1 << 10,
  /** A timestamp in another of the spellings that dlt detects; it needs respelling. */
  timestampOther: 1 << 11,
  /** `YYYY-MM-DD`, a real date. */
  date: 1 << 12,
  /** Any other string, the empty one included. */
  text: 1 << 13,
  object: 1 << 14,
  list: 1 << 15,
} as const;

/** All integers that a double holds exactly. */
export const INT53 = Kind.int34 | Kind.int53;
/** All kinds that are numbers. */
export const NUMBERS =
  INT53 | Kind.int64 | Kind.int128 | Kind.intWide | Kind.floatWhole | Kind.float | Kind.floatWide;
/** All kinds that are strings. */
export const STRINGS = Kind.timestamp | Kind.timestampOther | Kind.date | Kind.text;
/** All kinds that are neither null nor nested. */
export const SCALARS = Kind.bool | NUMBERS | STRINGS;
