import type { Discard, LostRows } from "../model/load-plan.js";
import type { DataType } from "../model/schema.js";
import type { ColumnType } from "./column-type.js";

/**
 * How the members of one object, or the elements of one list, are respelled for staging. A list's elements are
 * written as objects too: a scalar as the member `value`, a list as the member `listKey`.
 */
export interface RowSpelling {
  readonly members: ReadonlyMap<string, MemberSpelling>;
  /** The member of {@link members} that a row which is itself a list goes to. */
  readonly listKey: string;
}

/** How the values of one member are respelled. Values of a kind that nothing takes create nothing and are left out. */
export interface MemberSpelling {
  /** Takes values of every kind, null excepted. */
  readonly whole?: WholeOutlet;
  /** Columns that scalars can go to; the first that takes a value as it is gets it. */
  readonly scalars: readonly ScalarOutlet[];
  /** Also get each scalar as dlt would have stored it: the first that takes it, its own column before variants. */
  readonly asDlt?: readonly DltHome[];
  /** Also gets every string as it was spelled. */
  readonly spelledKey?: Buffer;
  /** What becomes of a scalar that no column takes. */
  readonly refusedScalar?: Discard;
  /** What becomes of objects, or of lists with elements, that nothing takes. */
  readonly refusedObject?: Discard;
  readonly refusedList?: Discard;
  readonly object?: NestedOutlet;
  readonly list?: ListOutlet;
}

/** The staged member that nested values go to. */
export interface NestedOutlet {
  /** `"key":` as bytes. */
  readonly key: Buffer;
  /** How the object, or the list's elements, are respelled; undefined: copied. */
  readonly row: RowSpelling | undefined;
  /** What is below, also where it is copied. */
  readonly below: RowSpelling;
}

/** The staged member that a list goes to, whose elements are rows of a table. */
export interface ListOutlet extends NestedOutlet {
  readonly lost: LostRows;
}

/** The staged member that whole subtrees go to. */
export interface WholeOutlet {
  readonly key: Buffer;
  /** `copy`: the bytes; `text`: a JSON string of them, which keeps their spelling; `unwrap`: so, but of a string that holds an object or list its contents. */
  readonly as: "copy" | "text" | "unwrap";
  /** Only objects and lists go there. */
  readonly nestedOnly: boolean;
}

/** The staged member of one column. */
export interface ScalarOutlet {
  readonly key: Buffer;
  readonly type: ColumnType;
  /** Kinds whose bytes are copied. */
  readonly copied: number;
  /** Kinds that are offered to this outlet. */
  readonly offered: number;
  /** Set once a value went there: a new variant column that stays unused is not created. */
  isUsed: boolean;
}

/** The staged member of one column for values as dlt would have stored them. */
export interface DltHome {
  readonly key: Buffer;
  readonly type: ColumnType;
  /** Of a variant: what the values are in Python that dlt puts there. */
  readonly takes: DataType | "any";
}

/** `"key":` as bytes. */
export function spellKey(key: string): Buffer {
  return Buffer.from(`${JSON.stringify(key)}:`);
}
