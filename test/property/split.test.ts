import fc from "fast-check";
import { expect, test } from "vitest";
import { ResponseError } from "../../src/shared/errors.js";
import { linesOf, recordsOf, splitText } from "../support/split-text.js";

/** Blanks as servers put them between tokens. */
const blanks = fc.constantFrom("", "", "", " ", "\n", "\r\n  ", "\t");

const keys = fc.oneof(
  fc.constantFrom("id", "name", "a", "é", "", "a b", 'q"uote', "back\\slash", "__proto__"),
  fc.string({ unit: "grapheme", maxLength: 6 }),
);

const scalars: fc.Arbitrary<unknown> = fc.oneof(
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => (Object.is(value, -0) ? 0 : value)),
  fc.string({ unit: "grapheme" }),
  fc.boolean(),
  fc.constant(null),
);

const { value: values } = fc.letrec((tie) => ({
  value: fc.oneof({ maxDepth: 4, withCrossShrink: true }, scalars, tie("list"), tie("object")),
  list: fc.array(tie("value"), { maxLength: 4 }),
  object: fc.dictionary(keys, tie("value"), { maxKeys: 4 }),
}));

const records = fc.array(fc.oneof(fc.dictionary(keys, values, { maxKeys: 5 }), values), { maxLength: 8 });

/** JSON with random blanks between tokens. */
function spell(value: unknown, blank: () => string): string {
  if (Array.isArray(value)) {
    const elements = value.map((element) => blank() + spell(element, blank) + blank());
    return `[${elements.length === 0 ? blank() : elements.join(",")}]`;
  }
  if (typeof value === "object" && value !== null) {
    const members = Object.entries(value).map(
      ([key, member]) =>
        `${blank()}${JSON.stringify(key)}${blank()}:${blank()}${spell(member, blank)}${blank()}`,
    );
    return `{${members.length === 0 ? blank() : members.join(",")}}`;
  }
  return JSON.stringify(value);
}

const envelopes = fc.record({
  path: fc.array(fc.constantFrom("rows", "wrap", "r.s", "odd 'key'"), { maxLength: 3 }),
  before: fc.dictionary(fc.constantFrom("a", "b", "total"), values, { maxKeys: 2 }),
  after: fc.dictionary(fc.constantFrom("c", "next", "meta"), values, { maxKeys: 2 }),
  records,
  blanks: fc.infiniteStream(blanks),
});

function nextBlank(stream: Iterator<string>): string {
  const next = stream.next();
  return next.done === true ? "" : next.value;
}

function selectorOf(path: readonly string[]): string {
  return `$${path.map((key) => `[${JSON.stringify(key)}]`).join("")}`;
}

function wrap(
  path: readonly string[],
  inner: unknown,
  { before, after }: { before: object; after: object },
): unknown {
  return path.reduceRight((value, key) => ({ ...before, [key]: value, ...after }), inner);
}

/** Big integers as the doubles that JSON.parse makes of them. */
function asDoubles(value: unknown): unknown {
  if (typeof value === "bigint") return Number(value);
  return value === undefined
    ? undefined
    : JSON.parse(
        JSON.stringify(value, (_, inner: unknown) => (typeof inner === "bigint" ? Number(inner) : inner)),
      );
}

/** What the column of a record that is no object is called. */
function asRecord(value: unknown): unknown {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value : { value };
}

test("records of any body, with blanks anywhere, come out as JSON.parse finds them at that path", () => {
  fc.assert(
    fc.property(envelopes, (given) => {
      const body = spell(wrap(given.path, given.records, given), () => nextBlank(given.blanks));
      const expected = JSON.parse(JSON.stringify(given.records)) as unknown[];
      const page = splitText(body, { selector: selectorOf(given.path) });
      expect(recordsOf(page)).toEqual(expected.map(asRecord));
      expect(page.rows).toBe(expected.length);
      expect(asDoubles(page.lastRecord())).toEqual(
        expected.length === 0 ? undefined : asRecord(expected.at(-1)),
      );
      expect(asDoubles(page.envelope)).toEqual(JSON.parse(JSON.stringify(wrap(given.path, [], given))));
    }),
    { numRuns: 500 },
  );
});

test("a full JSONPath finds the same records as the plain path does", () => {
  fc.assert(
    fc.property(envelopes, (given) => {
      const body = spell(wrap(given.path, given.records, given), () => nextBlank(given.blanks));
      const plain = splitText(body, { selector: `${selectorOf(given.path)}[*]` });
      const full = splitText(body, { selector: `${selectorOf(given.path)}[0:]` });
      expect(recordsOf(full)).toEqual(recordsOf(plain));
    }),
    { numRuns: 200 },
  );
});

test("a compact list of plain objects is spooled byte for byte, one record a line", () => {
  fc.assert(
    fc.property(fc.array(fc.dictionary(keys, values, { maxKeys: 5 }), { minLength: 1 }), (objects) => {
      const spelled = objects.map((object) => JSON.stringify(object));
      const page = splitText(`{"data":[${spelled.join(",")}],"total":1}`);
      expect(linesOf(page)).toBe(`${spelled.join("\n")}\n`);
    }),
    { numRuns: 200 },
  );
});

test("any body cut short at any byte is refused, never split", () => {
  fc.assert(
    fc.property(envelopes, fc.nat(), (given, cut) => {
      const body = spell({ data: given.records }, () => "");
      const bytes = Buffer.from(body);
      const short = bytes.subarray(0, 1 + (cut % (bytes.length - 1)));
      expect(() => splitText(short, { selector: "data" })).toThrow(ResponseError);
    }),
    { numRuns: 300 },
  );
});
