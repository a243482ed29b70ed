import { classifyNumber, classifyString, SHORT_DIGITS } from "../json/classify.js";
import { JsonFault } from "../json/json-fault.js";
import {
  skipDigits,
  skipLiteral,
  skipNumber,
  skipString,
  skipStringRest,
  tooDeep,
  unexpected,
} from "../json/skip-value.js";
import { skipBlank } from "../json/skip-blank.js";
import { skipPlainWords } from "../json/skip-plain-words.js";
import { findLoneSurrogate, readStringValue } from "../json/string-value.js";
import { rewriteCanonical } from "../json/write-lossless.js";
import { Kind, STRINGS, type FieldNode } from "../model/field.js";
import { MAX_DEPTH } from "../model/record-limits.js";
import { clearStamps, LearnedField, UNSPELLABLE } from "./learned-field.js";
import type { LearnerMark, LearnerOptions } from "./learner-options.js";

/**
 * Learns the fields of a resource's records from their bytes, in the pass that also validates them. It walks the
 * field tree in lockstep with the bytes: each member remembers which one followed it last, so a key is usually found
 * by comparing it with one guess. The caller has checked that the bytes are UTF-8.
 */
export class FieldLearner {
  private readonly tree = new LearnedField("", UNSPELLABLE);
  private readonly maxColumns: number;
  private readonly maxDepth: number;
  private readonly nameOf: ((key: string) => string) | undefined;
  /** How to take back every change of the tree, oldest first; no longer than the tree is large. */
  private readonly changes: (() => void)[] = [];
  private readonly hashSeed = Math.floor(Math.random() * 0x7fffffff);
  private buffer: Buffer = Buffer.alloc(0);
  private view = new DataView(this.buffer.buffer);
  private end = 0;
  private fields = 0;
  private learned = 0;
  private objects = 0;
  private hasDuplicates = false;
  private hasLoneSurrogates = false;

  constructor({ maxColumns = 10_000, maxDepth = MAX_DEPTH, nameOf }: LearnerOptions = {}) {
    this.maxColumns = maxColumns;
    this.maxDepth = maxDepth;
    this.nameOf = nameOf;
  }

  /** What was learned so far; live, its kinds and members grow with every record. */
  get root(): FieldNode {
    return this.tree;
  }

  /** Records learned so far. */
  get rows(): number {
    return this.learned;
  }

  /** True if the record just learned has duplicate keys or lone surrogates: DuckDB needs it through rewriteCanonical. */
  get needsRewrite(): boolean {
    return this.hasDuplicates || this.hasLoneSurrogates;
  }

  /**
   * Validates and learns the record (any JSON value) that begins at `at`, and returns the offset after it. Line
   * breaks between its tokens are overwritten in place by blanks. Of duplicate keys only the last counts. Throws a
   * JsonFault, after which the tree may hold a part of the record: see {@link rollback}.
   */
  learn(buffer: Buffer, at: number, end: number): number {
    const before = this.changes.length;
    if (this.objects > LAST_STAMP) {
      clearStamps(this.tree);
      this.objects = 0;
    }
    const after = this.scan(buffer, at, end);
    if (this.hasDuplicates) {
      this.undo(before);
      const canonical = rewriteCanonical(buffer, at, after);
      this.scan(canonical, 0, canonical.length);
      this.hasDuplicates = true;
    }
    this.learned += 1;
    return after;
  }

  /** Marks this moment, so that a page that proves unreadable halfway leaves no trace. */
  mark(): LearnerMark {
    return { changes: this.changes.length, rows: this.learned };
  }

  /** Forgets everything learned since `mark`. Marks made after it are void. */
  rollback(mark: LearnerMark): void {
    this.undo(mark.changes);
    this.learned = mark.rows;
  }

  private scan(buffer: Buffer, at: number, end: number): number {
    if (this.buffer !== buffer) {
      this.buffer = buffer;
      this.view = new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength);
    }
    this.end = end;
    this.hasDuplicates = false;
    this.hasLoneSurrogates = false;
    return this.learnValue(this.tree, at, 0);
  }

  private learnValue(node: LearnedField, at: number, depth: number): number {
    const { buffer, end } = this;
    if (at < end && (buffer[at] as number) <= 0x20) at = skipBlank(buffer, at, end);
    if (at >= end) throw unexpected(buffer, at, end, "a value");
    const byte = buffer[at] as number;
    if (byte === 0x22) return this.learnString(node, at);
    if (byte === 0x2d || (byte >= 0x30 && byte <= 0x39)) return this.learnNumber(node, at);
    if (byte === 0x7b) return this.learnObject(node, at, depth + 1);
    if (byte === 0x5b) return this.learnList(node, at, depth + 1);
    const after = skipLiteral(buffer, at, end);
    this.note(node, byte === 0x6e ? Kind.null : Kind.bool);
    return after;
  }

  private learnString(node: LearnedField, at: number): number {
    const { buffer, end } = this;
    const start = at + 1;
    const stop = skipPlainWords(this.buffer, this.view, start, end);
    if (stop < end && buffer[stop] === 0x22) {
      if ((node.kinds & STRINGS) !== STRINGS) this.note(node, classifyString(buffer, start, stop, false));
      return stop + 1;
    }
    const after = skipStringRest(buffer, stop, end);
    if (findLoneSurrogate(buffer, stop, after - 1) >= 0) this.hasLoneSurrogates = true;
    if ((node.kinds & STRINGS) !== STRINGS) this.note(node, classifyString(buffer, start, after - 1, true));
    return after;
  }

  /** Numbers of few digits, without sign and exponent, are classified while they are read. */
  private learnNumber(node: LearnedField, start: number): number {
    const { buffer, end } = this;
    const at = buffer[start] === 0x30 ? start + 1 : skipDigits(buffer, start, end);
    const byte = at < end && at - start < 16 ? (buffer[at] as number) : 0;
    if (at > start && (byte === 0x2c || byte === 0x7d || byte === 0x5d)) {
      this.note(node, at - start <= SHORT_DIGITS ? Kind.int34 : Kind.int53);
      return at;
    }
    if (at > start && byte === 0x2e) {
      let after = at + 1;
      let digits = 0;
      while (after < end && isDigit(buffer[after] as number)) {
        digits |= buffer[after] as number;
        after += 1;
      }
      if (after < end && after > at + 1 && ((buffer[after] as number) | 0x20) !== 0x65) {
        this.note(node, digits === 0x30 ? Kind.floatWhole : Kind.float);
        return after;
      }
    }
    const after = skipNumber(buffer, start, end);
    this.note(node, classifyNumber(buffer, start, after));
    return after;
  }

  private learnObject(node: LearnedField, at: number, depth: number): number {
    const { buffer, view, end } = this;
    if (depth > this.maxDepth) throw tooDeep(at, this.maxDepth);
    this.note(node, Kind.object);
    this.objects += 1;
    const stamp = this.objects;
    at = skipBlank(buffer, at + 1, end);
    if (at < end && buffer[at] === 0x7d) return at + 1;
    let previous: LearnedField | undefined;
    let member = node.first;
    for (;;) {
      if (at >= end || buffer[at] !== 0x22) throw unexpected(buffer, at, end, "a key");
      if (member?.isGuessedAt(view, at + 1, end) === true) {
        at += 1 + member.guessLength;
      } else {
        const after = skipString(buffer, at, end);
        member = this.findMember(node, previous, at + 1, after);
        at = skipBlank(buffer, after, end);
        if (at >= end || buffer[at] !== 0x3a) throw unexpected(buffer, at, end, "a colon");
        at += 1;
      }
      if (member.stamp === stamp) this.hasDuplicates = true;
      member.stamp = stamp;
      if (member.rivals !== undefined) member.meetRivals(member.rivals, this.changes);
      at = this.learnValue(member, at, depth);
      if (at < end && (buffer[at] as number) <= 0x20) at = skipBlank(buffer, at, end);
      const byte = at < end ? buffer[at] : 0;
      if (byte === 0x7d) return at + 1;
      if (byte !== 0x2c) throw unexpected(buffer, at, end, "a comma or }");
      at += 1;
      if (at < end && (buffer[at] as number) <= 0x20) at = skipBlank(buffer, at, end);
      previous = member;
      member = member.next;
    }
  }

  private learnList(node: LearnedField, at: number, depth: number): number {
    const { buffer, end } = this;
    if (depth > this.maxDepth) throw tooDeep(at, this.maxDepth);
    this.note(node, Kind.list);
    at = skipBlank(buffer, at + 1, end);
    if (at < end && buffer[at] === 0x5d) return at + 1;
    const element = node.element ?? this.addElement(node);
    for (;;) {
      at = this.learnValue(element, at, depth);
      if (at < end && (buffer[at] as number) <= 0x20) at = skipBlank(buffer, at, end);
      const byte = at < end ? buffer[at] : 0;
      if (byte === 0x5d) return at + 1;
      if (byte !== 0x2c) throw unexpected(buffer, at, end, "a comma or ]");
      at += 1;
    }
  }

  /** Finds or adds the member whose key, with its closing quote, is at `[at, after)`, and makes it the next guess. */
  private findMember(
    node: LearnedField,
    previous: LearnedField | undefined,
    at: number,
    after: number,
  ): LearnedField {
    const { buffer } = this;
    // A member left out is more likely than another order, and then the guess stays right.
    let skipped = previous === undefined ? node.first?.next : previous.next?.next;
    for (let hops = 0; skipped !== undefined && hops < 2; hops += 1) {
      if (skipped.isSpelledAt(buffer, at, after)) return skipped;
      skipped = skipped.next;
    }
    let hash = this.hashSeed;
    for (let index = at; index < after; index += 1)
      hash = Math.imul(hash ^ (buffer[index] as number), 0x01000193);
    const member = node.findSpelled(hash, buffer, at, after) ?? this.findByText(node, hash, at, after);
    if (previous === undefined) node.first = member;
    else previous.next = member;
    return member;
  }

  private findByText(node: LearnedField, hash: number, at: number, after: number): LearnedField {
    const { buffer } = this;
    const key = readStringValue(buffer, at, after - 1);
    const isLone = findLoneSurrogate(buffer, at, after - 1) >= 0;
    if (isLone) this.hasLoneSurrogates = true;
    const known = node.members.get(key);
    if (known !== undefined) return known;
    if (this.fields >= this.maxColumns) {
      const limit = this.maxColumns.toLocaleString("en");
      throw new JsonFault(`more than max_columns (${limit}) distinct fields`, at - 1, "columns");
    }
    this.fields += 1;
    // Without a spelling it is never guessed, so that each lone surrogate is noticed.
    const member = new LearnedField(key, isLone ? UNSPELLABLE : Uint8Array.from(buffer.subarray(at, after)));
    const remove = node.addMember(member, hash);
    const part = this.nameOf === undefined ? undefined : node.addRival(member, this.nameOf(key));
    this.changes.push(() => {
      part?.();
      remove();
      this.fields -= 1;
    });
    return member;
  }

  private addElement(node: LearnedField): LearnedField {
    const element = new LearnedField("", UNSPELLABLE);
    node.element = element;
    this.changes.push(() => {
      node.element = undefined;
    });
    return element;
  }

  private note(node: LearnedField, kind: number): void {
    if ((node.kinds & kind) === 0) this.grow(node, kind);
  }

  /** Apart from {@link note}, which would otherwise allocate the closure's context for each value. */
  private grow(node: LearnedField, kind: number): void {
    node.kinds |= kind;
    this.changes.push(() => {
      node.kinds &= ~kind;
    });
  }

  private undo(length: number): void {
    while (this.changes.length > length) this.changes.pop()?.();
  }
}

/** Stamps stay small integers in V8, also through a record of the largest size. */
const LAST_STAMP = 0x2000_0000;

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}
