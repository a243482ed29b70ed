import type { FieldNode } from "../model/field.js";

/** A growing {@link FieldNode}, with what makes finding the next member of an object quick. */
export class LearnedField implements FieldNode {
  readonly key: string;
  kinds = 0;
  readonly members = new Map<string, LearnedField>();
  element: LearnedField | undefined = undefined;
  /** The key as it was first spelled, with its closing quote: equal bytes are the same key, escapes or not. */
  spelling: Uint8Array;
  /** The object that this member was last seen in, to find duplicate keys. */
  stamp = 0;
  /** The member that came first in the last object, and the one that followed this one: the next guess. */
  first: LearnedField | undefined = undefined;
  next: LearnedField | undefined = undefined;
  private readonly buckets = new Map<number, LearnedField>();
  private chained: LearnedField | undefined = undefined;

  constructor(key: string, spelling: Uint8Array) {
    this.key = key;
    this.spelling = spelling;
  }

  /** True if the key at `at`, behind its opening quote, is spelled like this member's. */
  isSpelledAt(bytes: Uint8Array, at: number, end: number): boolean {
    const spelling = this.spelling;
    const length = spelling.length;
    if (at + length > end) return false;
    for (let index = 0; index < length; index += 1) if (bytes[at + index] !== spelling[index]) return false;
    return true;
  }

  /** The member spelled like the key at `at`, if its hash leads there at once; undefined does not mean unknown. */
  findSpelled(hash: number, bytes: Uint8Array, at: number): LearnedField | undefined {
    let candidate = this.buckets.get(hash);
    // Keys made to collide must not make this walk long; the map by text stands behind it.
    for (let steps = 0; candidate !== undefined && steps < LONGEST_CHAIN; steps += 1) {
      if (candidate.isSpelledAt(bytes, at, bytes.length)) return candidate;
      candidate = candidate.chained;
    }
    return undefined;
  }

  /** Adds a member and returns what takes it away again, to be called before what took an earlier one away. */
  addMember(member: LearnedField, hash: number): () => void {
    const { members, buckets } = this;
    const chained = buckets.get(hash);
    member.chained = chained;
    members.set(member.key, member);
    buckets.set(hash, member);
    return () => {
      members.delete(member.key);
      if (chained === undefined) buckets.delete(hash);
      else buckets.set(hash, chained);
      member.spelling = UNSPELLABLE;
    };
  }
}

/** A spelling that no key has: the byte never occurs in UTF-8. */
export const UNSPELLABLE: Uint8Array = Uint8Array.of(0xff);

const LONGEST_CHAIN = 8;
