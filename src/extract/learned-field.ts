import type { FieldNode } from "../model/field.js";

/** A growing {@link FieldNode}, with what makes finding the next member of an object quick. */
export class LearnedField implements FieldNode {
  readonly key: string;
  kinds = 0;
  readonly members = new Map<string, LearnedField>();
  element: LearnedField | undefined = undefined;
  /** The object that this member was last seen in, to find duplicate keys. */
  stamp = 0;
  /** The member that came first in the last object, and the one that followed this one: the next guess. */
  first: LearnedField | undefined = undefined;
  next: LearnedField | undefined = undefined;
  /** Members of the same object that fall on the same name (rule N1); undefined as long as there is none. */
  rivals: LearnedField[] | undefined = undefined;
  met: Set<string> | undefined = undefined;
  /** Bytes of the key as it was first spelled, the closing quote and the colon included. */
  readonly guessLength: number;
  /** The same bytes as little-endian words; of the last one only the bits of `tailMask` count. */
  private words: Int32Array;
  private readonly tailMask: number;
  /** The key as it was first spelled, with its closing quote: equal bytes are the same key, escapes or not. */
  private spelling: Uint8Array;
  private readonly buckets = new Map<number, LearnedField>();
  private readonly byName = new Map<string, LearnedField[]>();
  private chained: LearnedField | undefined = undefined;

  constructor(key: string, spelling: Uint8Array) {
    this.key = key;
    this.spelling = spelling;
    this.guessLength = spelling.length + 1;
    const padded = new Uint8Array(Math.ceil(this.guessLength / 4) * 4);
    padded.set(spelling);
    padded[spelling.length] = 0x3a;
    this.words = readWords(padded);
    this.tailMask = -1 >>> ((padded.length - this.guessLength) * 8);
  }

  /** True if the key at `at`, behind its opening quote, is spelled like this member's, its colon close behind it. */
  isGuessedAt(view: DataView, at: number, end: number): boolean {
    const words = this.words;
    const last = words.length - 1;
    if (at + 4 * last + 4 > end) return false;
    for (let index = 0; index < last; index += 1) {
      if (view.getInt32(at, true) !== words[index]) return false;
      at += 4;
    }
    return ((view.getInt32(at, true) ^ (words[last] as number)) & this.tailMask) === 0;
  }

  /** True if the key whose bytes, with its closing quote, begin at `at` is spelled like this member's. */
  isSpelledAt(bytes: Uint8Array, at: number, end: number): boolean {
    const spelling = this.spelling;
    if (at + spelling.length > end) return false;
    for (let index = 0; index < spelling.length; index += 1)
      if (bytes[at + index] !== spelling[index]) return false;
    return true;
  }

  /** The member spelled like the key at `[at, end)`, if its hash leads there at once; undefined does not mean unknown. */
  findSpelled(hash: number, bytes: Uint8Array, at: number, end: number): LearnedField | undefined {
    let candidate = this.buckets.get(hash);
    // Keys made to collide must not make this walk long; the map by text stands behind it.
    for (let steps = 0; candidate !== undefined && steps < LONGEST_CHAIN; steps += 1) {
      if (candidate.isSpelledAt(bytes, at, end)) return candidate;
      candidate = candidate.chained;
    }
    return undefined;
  }

  /** Adds a member and returns what takes it away again; members must be taken away in the reverse order. */
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
      // Guesses may still lead here.
      member.spelling = UNSPELLABLE;
      member.words = readWords(Uint8Array.of(0xff, 0xff, 0xff, 0xff));
    };
  }

  /** Tells members that fall on one name of each other, and returns what takes that back. */
  addRival(member: LearnedField, name: string): () => void {
    const sameName = this.byName.get(name) ?? [];
    this.byName.set(name, sameName);
    sameName.push(member);
    if (sameName.length > 1) {
      for (const rival of sameName) {
        rival.rivals = sameName;
        rival.met ??= new Set();
      }
    }
    return () => {
      sameName.pop();
      if (sameName.length > 1) return;
      for (const rival of sameName) rival.rivals = rival.met = undefined;
    };
  }

  /** Notes which rivals stand in the same object as this one, and adds to `changes` what takes that back. */
  meetRivals(rivals: readonly LearnedField[], changes: (() => void)[]): void {
    for (const rival of rivals) {
      if (rival === this || rival.stamp !== this.stamp || this.met?.has(rival.key) === true) continue;
      this.met?.add(rival.key);
      rival.met?.add(this.key);
      changes.push(() => {
        this.met?.delete(rival.key);
        rival.met?.delete(this.key);
      });
    }
  }
}

/** Makes every field of a tree one that no object was seen with. */
export function clearStamps(tree: LearnedField): void {
  const nodes = [tree];
  for (let node = nodes.pop(); node !== undefined; node = nodes.pop()) {
    node.stamp = 0;
    nodes.push(...node.members.values());
    if (node.element !== undefined) nodes.push(node.element);
  }
}

/** A spelling that no key has: the byte never occurs in UTF-8. */
export const UNSPELLABLE: Uint8Array = Uint8Array.of(0xff);

const LONGEST_CHAIN = 8;

/** Little-endian whatever the machine, as `DataView` reads them. */
function readWords(bytes: Uint8Array): Int32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Int32Array.from({ length: bytes.length / 4 }, (_, index) => view.getInt32(index * 4, true));
}
