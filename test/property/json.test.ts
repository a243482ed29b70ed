import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FieldLearner } from "../../src/extract/field-learner.js";
import { classifyNumber, classifyString } from "../../src/json/classify.js";
import { JsonFault } from "../../src/json/json-fault.js";
import { parseLossless } from "../../src/json/parse-lossless.js";
import { skipValue, skipWhitespace } from "../../src/json/skip-value.js";
import { rewriteCanonical, stringifyRecord } from "../../src/json/write-lossless.js";
import { Kind, type FieldNode } from "../../src/model/field.js";

const RUNS = { numRuns: 2_000 };

/** JSON values with keys and strings that collide, need escapes, look like times, or are no valid UTF-16. */
const text = fc.oneof(
  fc.constantFrom(
    "",
    "a",
    "b",
    "id",
    "__proto__",
    "\ud800",
    "\udc00x",
    "\u0000",
    '"\\/\n',
    "é日😀",
    "2024-02-29",
  ),
  fc.constantFrom(
    "2024-01-01T00:00:00Z",
    "2024-01-01T00",
    "20240101T000000Z",
    "2024/01/15 10:00:00",
    "2024-02-30",
  ),
  fc.string({ maxLength: 12, unit: "binary" }),
);
const number = fc.oneof(
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom(-0, 2 ** 53),
);
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(null, true, false),
    number,
    text,
    fc.array(tie("value"), { maxLength: 4 }),
    fc.array(fc.tuple(text, tie("value")), { maxLength: 5 }).map((members) => new Members(members)),
  ),
}));

/** An object as spelled: members in order, keys as often as they come. */
class Members {
  readonly list: readonly (readonly [string, unknown])[];
  constructor(list: readonly (readonly [string, unknown])[]) {
    this.list = list;
  }
}

/** Spells a value with whitespace and escapes chosen by `noise`. */
function spell(node: unknown, noise: () => number): string {
  const blank = () => [" ", "\n", "\r\n", "\t", "", "", "", ""][noise() % 8] ?? "";
  const quote = (string: string) =>
    `"${Array.from(string)
      .map((char) => spellChar(char, noise()))
      .join("")}"`;
  const go = (inner: unknown): string => {
    if (inner instanceof Members) {
      return `{${blank()}${inner.list.map(([key, member]) => `${quote(key)}${blank()}:${go(member)}`).join(`,${blank()}`)}}`;
    }
    if (Array.isArray(inner)) return `[${blank()}${inner.map(go).join(",")}]`;
    if (typeof inner === "string") return `${blank()}${quote(inner)}${blank()}`;
    return `${blank()}${Object.is(inner, -0) ? "-0" : JSON.stringify(inner)}${blank()}`;
  };
  return go(node);
}

function spellChar(char: string, noise: number): string {
  if (noise % 8 === 0) {
    return char.replace(/[^]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
  }
  return char === "/" && noise % 8 === 1 ? "\\/" : JSON.stringify(char).slice(1, -1);
}

const spelled = fc
  .tuple(value, fc.infiniteStream(fc.nat({ max: 255 })))
  .map(([node, stream]) => spell(node, () => stream.next().value as number));

/** Texts near JSON: a few characters changed, taken out, or put in. */
const mutated = fc
  .tuple(
    spelled,
    fc.array(
      fc.tuple(
        fc.nat(),
        fc.nat({ max: 2 }),
        fc.constantFrom(
          ...Array.from('{}[]",:\\u0eE+-.1 \n\t\u0001tfnNI/dx'),
          "NaN",
          "-Infinity",
          "00",
          "\\ud800",
          "\ufeff",
          "\u00a0",
        ),
      ),
      { maxLength: 3 },
    ),
  )
  .map(([json, edits]) =>
    edits.reduce((text, [place, removed, inserted]) => {
      const at = place % (text.length + 1);
      return text.slice(0, at) + inserted + text.slice(at + removed);
    }, json),
  )
  // A text cut within a pair would not survive UTF-8.
  .map((json) => Buffer.from(json).toString());

function parses(json: string): boolean {
  try {
    JSON.parse(json);
    return true;
  } catch {
    return false;
  }
}

/** Whether `scan`, given the offsets of a value among other bytes, takes all of it. */
function accepts(json: string, scan: (buffer: Buffer, at: number, end: number) => number): boolean {
  // What stands behind `end` must not matter: digits would lengthen a number, quotes would close a string.
  for (const behind of ["", '1"}]']) {
    const buffer = Buffer.from(`7,${json}${behind}`);
    const end = buffer.length - behind.length;
    try {
      const at = skipWhitespace(buffer, 2, end);
      if (skipWhitespace(buffer, scan(buffer, at, end), end) !== end) return false;
    } catch (error) {
      if (error instanceof JsonFault) return false;
      throw error;
    }
  }
  return true;
}

function wellFormed(node: unknown): unknown {
  if (typeof node === "string") return node.replace(/\p{Surrogate}/gu, "\ufffd");
  if (Array.isArray(node)) return node.map(wellFormed);
  if (node === null || typeof node !== "object") return node;
  const copy: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  for (const [key, member] of Object.entries(node)) copy[wellFormed(key) as string] = wellFormed(member);
  return copy;
}

/** Null prototypes everywhere, so that an own `__proto__` compares like any key. */
function bare(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(bare);
  if (node === null || typeof node !== "object") return node;
  const copy = Object.create(null) as Record<string, unknown>;
  for (const [key, member] of Object.entries(node)) copy[key] = bare(member);
  return copy;
}

/** The value that must remain of a spelled one: the last of duplicate keys, where keys count after B1's replacement. */
function lastWins(node: unknown): unknown {
  if (node instanceof Members) {
    const object = Object.create(null) as Record<string, unknown>;
    for (const [key, member] of node.list) object[wellFormed(key) as string] = lastWins(member);
    return object;
  }
  if (Array.isArray(node)) return node.map(lastWins);
  return wellFormed(node);
}

/** Large doubles are spelled as integers, which are exact. */
function withBigInts(node: unknown): unknown {
  if (typeof node === "number" && Math.abs(node) > 2 ** 53 && /^-?\d+$/.test(String(node)))
    return BigInt(String(node));
  if (Array.isArray(node)) return node.map(withBigInts);
  if (node === null || typeof node !== "object") return node;
  const copy = Object.create(null) as Record<string, unknown>;
  for (const [key, member] of Object.entries(node)) copy[key] = withBigInts(member);
  return copy;
}

describe("JSON as bytes", () => {
  it("is accepted by skipValue exactly where JSON.parse accepts it", () => {
    fc.assert(
      fc.property(mutated, (json) => {
        expect(accepts(json, skipValue)).toBe(parses(json));
      }),
      { numRuns: 6_000 },
    );
  });

  it("is accepted by the learner exactly where JSON.parse accepts it", () => {
    const learner = new FieldLearner({ maxColumns: 1_000_000 });
    fc.assert(
      fc.property(mutated, (json) => {
        expect(accepts(json, (buffer, at, end) => learner.learn(buffer, at, end))).toBe(parses(json));
      }),
      { numRuns: 6_000 },
    );
  });

  it("parses losslessly to what JSON.parse gives, lone surrogates replaced and the last duplicate kept (B1)", () => {
    fc.assert(
      fc.property(value, fc.infiniteStream(fc.nat({ max: 255 })), (node, stream) => {
        const json = spell(node, () => stream.next().value as number);
        const buffer = Buffer.from(`9${json}9`);
        expect(bare(parseLossless(buffer, 1, buffer.length - 1))).toStrictEqual(withBigInts(lastWins(node)));
      }),
      RUNS,
    );
  });

  it("parses integers of any size to their exact value", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 45n), max: 10n ** 45n }), (integer) => {
        const buffer = Buffer.from(`{"n":[${String(integer)}]}`);
        const parsed = (parseLossless(buffer, 0, buffer.length) as { n: [number | bigint] }).n[0];
        expect(BigInt(parsed)).toBe(integer);
        expect(typeof parsed).toBe(integer <= 2n ** 53n && integer >= -(2n ** 53n) ? "number" : "bigint");
      }),
      RUNS,
    );
  });

  it("is rewritten to one line that parses to the same value with the last duplicate kept (B1)", () => {
    fc.assert(
      fc.property(value, fc.infiniteStream(fc.nat({ max: 255 })), (node, stream) => {
        const json = spell(node, () => stream.next().value as number).trim();
        const buffer = Buffer.from(`9${json}9`);
        const canonical = rewriteCanonical(buffer, 1, buffer.length - 1).toString();
        expect(canonical).not.toMatch(/[\r\n]/);
        expect(bare(JSON.parse(canonical))).toStrictEqual(lastWins(node));
        expect(buffer.toString()).toBe(`9${json}9`);
      }),
      RUNS,
    );
  });

  it("has no two equal keys in one object once it is rewritten (B1)", () => {
    fc.assert(
      fc.property(spelled, (json) => {
        const canonical = rewriteCanonical(Buffer.from(json.trim()), 0, Buffer.byteLength(json.trim()));
        const learner = new FieldLearner();
        learner.learn(canonical, 0, canonical.length);
        expect(learner.needsRewrite).toBe(false);
      }),
      RUNS,
    );
  });

  it("of a JavaScript value parses to what JSON.stringify's does, lone surrogates replaced (B1)", () => {
    fc.assert(
      fc.property(value.map(lastWins), (node) => {
        expect(bare(JSON.parse(stringifyRecord(node)))).toStrictEqual(
          bare(JSON.parse(JSON.stringify(wellFormed(node)))),
        );
      }),
      RUNS,
    );
  });
});

interface Model {
  kinds: number;
  members: Map<string, Model>;
  element: Model | undefined;
}

const newModel = (): Model => ({ kinds: 0, members: new Map(), element: undefined });

/** What the learner must know after a value, computed from the value itself. */
function learnNaively(model: Model, node: unknown): void {
  if (Array.isArray(node)) {
    model.kinds |= Kind.list;
    for (const element of node) learnNaively((model.element ??= newModel()), element);
  } else if (node !== null && typeof node === "object") {
    model.kinds |= Kind.object;
    for (const [key, member] of Object.entries(node)) {
      const known = model.members.get(key) ?? newModel();
      model.members.set(key, known);
      learnNaively(known, member);
    }
  } else model.kinds |= scalarKind(node);
}

function scalarKind(node: unknown): number {
  if (node === null) return Kind.null;
  if (typeof node === "boolean") return Kind.bool;
  if (typeof node === "number") return numberKind(JSON.stringify(node));
  return stringKind(node as string);
}

const ZONE = String.raw`(Z|[+-](0\d|1[0-5])(:?[0-5]\d)?)?`;
const DAY = String.raw`\d{4}-\d\d-\d\d`;
const HOUR = String.raw`([01]\d|2[0-3])`;
const SIXTY = String.raw`[0-5]\d`;
const PLAIN = new RegExp(`^${DAY}[T ]${HOUR}:${SIXTY}(:${SIXTY}(\\.\\d+)?${ZONE})?$`);
const OTHERS = [
  new RegExp(`^${DAY}[T ]${HOUR}(:${SIXTY}(:${SIXTY}([.,]\\d+)?)?)?${ZONE}$`),
  new RegExp(`^\\d{8}[T ]${HOUR}(${SIXTY}(${SIXTY}([.,]\\d+)?)?)?${ZONE}$`),
  new RegExp(
    String.raw`^\d{4}(\/\d\d\/|:\d\d:|\d\d)\d\d ([01]?\d|2[0-3]):([0-5]?\d)(:([0-5]?\d)([.,]\d+)?)?$`,
  ),
];

function stringKind(string: string): number {
  const [, year = "", month = "", day = ""] = /^(\d{4})[-/:]?(\d\d)[-/:]?(\d\d)/.exec(string) ?? [];
  const date = new Date(`${year}-${month}-${day}T00:00:00Z`);
  const isReal =
    year > "0000" &&
    !Number.isNaN(date.getTime()) &&
    date.toISOString().startsWith(`${year}-${month}-${day}`);
  if (!isReal) return Kind.text;
  if (new RegExp(`^${DAY}$`).test(string)) return Kind.date;
  if (PLAIN.test(string)) return Kind.timestamp;
  return OTHERS.some((spelling) => spelling.test(string)) ? Kind.timestampOther : Kind.text;
}

/** By exact fractions: mantissa digits as a bigint over a power of ten. */
function numberKind(spelling: string): number {
  const [, digits = "", fraction, exponent] = /^-?(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(spelling) ?? [];
  const negative = spelling.startsWith("-");
  if (fraction === undefined && exponent === undefined) {
    const integer = BigInt(digits);
    if (integer < 10n ** 10n) return Kind.int34;
    if (integer <= 2n ** 53n) return Kind.int53;
    if (integer < 2n ** 63n + (negative ? 1n : 0n)) return Kind.int64;
    return integer < 2n ** 127n + (negative ? 1n : 0n) ? Kind.int128 : Kind.intWide;
  }
  if (!Number.isFinite(Number(spelling))) return Kind.floatWide;
  let numerator = BigInt(digits + (fraction ?? ""));
  let denominator = 10n ** BigInt(fraction?.length ?? 0);
  const power = Number(exponent ?? 0);
  if (numerator !== 0n && power > 0) numerator *= 10n ** BigInt(power);
  if (numerator !== 0n && power < 0) denominator *= 10n ** BigInt(-power);
  return numerator % denominator === 0n && numerator / denominator <= 2n ** 53n
    ? Kind.floatWhole
    : Kind.float;
}

function snapshot(node: FieldNode | Model): unknown {
  return {
    kinds: node.kinds,
    members: [...node.members].map(([key, member]): unknown => [key, snapshot(member)]),
    element: node.element === undefined ? undefined : snapshot(node.element),
  };
}

/** Keys in an order of their own: of duplicates the learner's order is that of the last ones. */
function sorted(node: FieldNode | Model): unknown {
  return {
    kinds: node.kinds,
    members: [...node.members]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, member]): unknown => [key, sorted(member)]),
    element: node.element === undefined ? undefined : sorted(node.element),
  };
}

describe("the field learner", () => {
  it("knows after any records exactly the fields and kinds of their values (B1, B3)", () => {
    fc.assert(
      fc.property(
        fc.array(value, { maxLength: 6 }),
        fc.infiniteStream(fc.nat({ max: 255 })),
        (records, stream) => {
          const learner = new FieldLearner();
          const model = newModel();
          const buffer = Buffer.from(
            records.map((record) => spell(record, () => stream.next().value as number)).join("\n"),
          );
          let at = 0;
          for (const record of records) {
            at = learner.learn(buffer, skipWhitespace(buffer, at, buffer.length), buffer.length);
            learnNaively(model, lastWins(record));
          }
          expect(sorted(learner.root)).toStrictEqual(sorted(model));
          expect(learner.rows).toBe(records.length);
        },
      ),
      { numRuns: 3_000 },
    );
  });

  it("leaves each record on one line, and worth the same", () => {
    fc.assert(
      fc.property(spelled, (json) => {
        const buffer = Buffer.from(json);
        const start = skipWhitespace(buffer, 0, buffer.length);
        const after = new FieldLearner().learn(buffer, start, buffer.length);
        expect(buffer.toString("utf8", start, after)).not.toMatch(/[\r\n]/);
        expect(JSON.parse(buffer.toString())).toStrictEqual(JSON.parse(json));
      }),
      RUNS,
    );
  });

  it("asks for a rewrite exactly when a record has duplicate keys or lone surrogates (B1)", () => {
    const learner = new FieldLearner({ maxColumns: 1_000_000 });
    const isOdd = (node: unknown): boolean => {
      if (typeof node === "string") return node !== wellFormed(node);
      if (Array.isArray(node)) return node.some(isOdd);
      if (!(node instanceof Members)) return false;
      const keys = node.list.map(([key]) => key);
      return new Set(keys.map(wellFormed)).size < keys.length || node.list.flat().some(isOdd);
    };
    fc.assert(
      fc.property(value, fc.infiniteStream(fc.nat({ max: 255 })), (node, stream) => {
        const buffer = Buffer.from(spell(node, () => stream.next().value as number));
        learner.learn(buffer, 0, buffer.length);
        expect(learner.needsRewrite).toBe(isOdd(node));
      }),
      RUNS,
    );
  });

  it("is after a rollback as it was at the mark, and learns on as if nothing had been", () => {
    fc.assert(
      fc.property(fc.array(value), fc.array(mutated), fc.array(value), (before, between, after) => {
        const learner = new FieldLearner();
        const expected = new FieldLearner();
        const learnAll = (target: FieldLearner, nodes: readonly unknown[]) => {
          for (const node of nodes) {
            const buffer = Buffer.from(spell(node, () => 4));
            target.learn(buffer, 0, buffer.length);
          }
        };
        learnAll(learner, before);
        learnAll(expected, before);
        const mark = learner.mark();
        for (const json of between) accepts(json, (buffer, at, end) => learner.learn(buffer, at, end));
        learner.rollback(mark);
        expect(snapshot(learner.root)).toStrictEqual(snapshot(expected.root));
        learnAll(learner, after);
        learnAll(expected, after);
        expect(snapshot(learner.root)).toStrictEqual(snapshot(expected.root));
        expect(learner.rows).toBe(expected.rows);
      }),
      RUNS,
    );
  });
});

const digits = (max: number) =>
  fc.oneof(
    fc.string({ unit: fc.constantFrom(...Array.from("0123456789")), minLength: 1, maxLength: max }),
    fc.constantFrom("0", "00", "5"),
  );
const whole = fc.oneof(
  digits(45).map((string) => string.replace(/^0+(?=.)/, "")),
  fc
    .tuple(
      fc.constantFrom(2n ** 53n, 2n ** 63n, 2n ** 127n, 10n ** 15n, 10n ** 16n),
      fc.bigInt({ min: -3n, max: 3n }),
    )
    .map(([limit, delta]) => String(limit + delta)),
);
const numberSpelling = fc
  .tuple(
    fc.constantFrom("", "-"),
    whole,
    fc.option(digits(30), { nil: undefined }),
    fc.option(
      fc.tuple(
        fc.constantFrom("e", "E", "e+", "e-", "E-0"),
        fc.oneof(fc.nat({ max: 40 }), fc.nat({ max: 400 })),
      ),
      {
        nil: undefined,
      },
    ),
  )
  .map(([sign, integer, fraction, exponent]) => {
    return `${sign}${integer}${fraction === undefined ? "" : `.${fraction}`}${exponent === undefined ? "" : exponent.join("")}`;
  });

/** Strings at the edge of being a time, part by part. */
const timeLike = fc
  .tuple(
    fc.constantFrom("2024", "0001", "0000", "9999", "1900", "2000", "24"),
    fc.constantFrom("-", "-", "-", "/", "", ":"),
    fc.constantFrom("01", "02", "12", "00", "13", "1", "04"),
    fc.constantFrom("-", "-", "-", "/", "", ":"),
    fc.constantFrom("01", "28", "29", "30", "31", "32", "00", "1"),
    fc.constantFrom("T", " ", "T", " ", "t", "", "  "),
    fc.constantFrom(
      "",
      "00",
      "23",
      "24",
      "9",
      "00:00",
      "23:59",
      "24:00",
      "12:60",
      "1:2",
      "0000",
      "235959",
      "00:00:00",
      "23:59:59",
      "23:59:60",
      "1:2:3",
    ),
    fc.constantFrom("", "", ".", ".5", ",5", ".123456789", ",123456", `.${"1".repeat(40)}`, ".x"),
    fc.constantFrom(
      "",
      "",
      "Z",
      "z",
      "+02",
      "-05:30",
      "+0530",
      "+15:59",
      "+16:00",
      "-00:00",
      "+5",
      "+02:3",
      "+023",
      "+14:60",
      " Z",
      "Z ",
      "é",
    ),
  )
  .map((parts) => parts.join(""));

describe("classification", () => {
  it("of a number is by its exact decimal value (B3, B4)", () => {
    fc.assert(
      fc.property(numberSpelling, (spelling) => {
        const buffer = Buffer.from(`5${spelling}5`);
        expect(classifyNumber(buffer, 1, buffer.length - 1)).toBe(numberKind(spelling));
        const learner = new FieldLearner();
        learner.learn(Buffer.from(`[${spelling}]`), 0, spelling.length + 2);
        expect(learner.root.element?.kinds).toBe(numberKind(spelling));
      }),
      { numRuns: 8_000 },
    );
  });

  it("of a string knows times and dates by their parts, escaped or not (B3)", () => {
    fc.assert(
      fc.property(fc.oneof(timeLike, text), (string) => {
        const wanted = stringKind(string);
        const buffer = Buffer.from(`2${string}2`);
        expect(classifyString(buffer, 1, buffer.length - 1, false)).toBe(wanted);
        const escapes = Array.from(string)
          .map((char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`)
          .join("");
        if (/^[ -~]*$/.test(string))
          expect(classifyString(Buffer.from(escapes), 0, escapes.length, true)).toBe(wanted);
      }),
      { numRuns: 20_000 },
    );
  });
});
