import { describe, expect, test } from "vitest";
import {
  linesOf,
  recordsOf,
  splitError,
  splitText,
  type SplitSettings,
} from "../../../test/support/split-text.js";

const PAGE = "page 1 (https://api.example.com/users)";

function xml(selector?: string): SplitSettings {
  return { contentType: "application/xml", ...(selector === undefined ? {} : { selector }) };
}

function lines(body: string, selector?: string): string {
  return linesOf(splitText(body, xml(selector)));
}

describe("records of XML (D6)", () => {
  test("attributes are _name, text beside them _text, repeated elements lists; values are typed as in CSV", () => {
    const item = `<item id="7" code="007"><name>Ann &amp; Bo</name><price cur="EUR">1.50</price><tag>a</tag><tag>b</tag><ok>true</ok><none/></item>`;
    expect(lines(`<items>${item}</items>`, "items.item")).toBe(
      '{"_id":7,"_code":"007","name":"Ann & Bo","price":{"_cur":"EUR","_text":1.50},"tag":["a","b"],"ok":true,"none":null}\n',
    );
  });

  test("integers keep all digits", () => {
    expect(lines("<r><i><n>12345678901234567890</n></i></r>", "r.i")).toBe('{"n":12345678901234567890}\n');
  });

  test("a dotted selector takes one element as well as many", () => {
    const page = (items: string): string => `<response><items n="9">${items}</items></response>`;
    expect(recordsOf(splitText(page("<item><id>1</id></item>"), xml("response.items.item")))).toEqual([
      { id: 1 },
    ]);
    expect(
      recordsOf(
        splitText(page("<item><id>1</id></item><item><id>2</id></item>"), xml("response.items.item")),
      ),
    ).toEqual([{ id: 1 }, { id: 2 }]);
    expect(recordsOf(splitText(page("<item><id>1</id></item>"), xml("response.items.item[*]")))).toEqual([
      { id: 1 },
    ]);
  });

  test("an element without children is a list of none, one with others is an error that names them", () => {
    expect(splitText('<response><items n="0"/></response>', xml("response.items.item")).rows).toBe(0);
    expect(splitText("<response><items>\n</items></response>", xml("response.items.item")).rows).toBe(0);
    expect(splitText("<o><order><lines/></order></o>", xml("o.order[*].lines.line[*]")).rows).toBe(0);
    expect(
      splitError("<response><items><row/></items></response>", xml("response.items.item"))["message"],
    ).toBe(
      `${PAGE}: data_selector "response.items.item" matches nothing: "response.items" has no key "item", only: row`,
    );
  });

  test("a JSONPath takes single elements on its way as lists of one", () => {
    const body = `<o><order id="1"><lines><line sku="a"/></lines></order></o>`;
    expect(lines(body, "o.order[*].lines.line[*]")).toBe('{"_sku":"a"}\n');
  });

  test("a record of bare text becomes the column value", () => {
    expect(lines("<ids><id>1</id><id>x</id></ids>", "ids.id")).toBe('{"value":1}\n{"value":"x"}\n');
  });

  test("without a selector the one element that repeats is taken, and later pages may have one or none of it", () => {
    const first = splitText("<r><i><a>1</a></i><i><a>2</a></i></r>", xml());
    expect(first).toMatchObject({ rows: 2, chosen: "r.i" });
    const later = { ...xml(), chosen: first.chosen, page: 2 };
    expect(recordsOf(splitText("<r><i><a>3</a></i></r>", later))).toEqual([{ a: 3 }]);
    expect(splitText("<r/>", later).rows).toBe(0);
  });

  test("without a selector a document in which nothing repeats is an error, an empty one zero records", () => {
    expect(splitError("<r><i><a>1</a></i></r>", xml())).toEqual({
      name: "GuardError",
      message: `${PAGE}: no element of the XML occurs twice in one parent, so it cannot be told which one is a record`,
      hint: "set `data_selector` to the path of the elements that are records, such as `data_selector: r.item`",
    });
    expect(splitText("<r/>", xml()).rows).toBe(0);
  });

  test("the envelope keeps everything but the records", () => {
    const body = `<r><items><item/><item/></items><next href="u">more</next></r>`;
    expect(splitText(body, xml("r.items.item")).envelope).toEqual({
      r: { items: { item: [] }, next: { _href: "u", _text: "more" } },
    });
  });

  test("namespaces are kept as spelled, xsi:nil is null", () => {
    const body = `<a:r xmlns:a="urn:x" xmlns:xsi="urn:y"><a:i><a:v>1</a:v><w xsi:nil="true"/></a:i></a:r>`;
    expect(lines(body, "a:r.a:i")).toBe('{"a:v":1,"w":null}\n');
  });

  test("names that are JavaScript's own are names like others", () => {
    const body = `<r><__proto__ constructor="1">x</__proto__><toString>y</toString></r>`;
    expect(lines(body, "r")).toBe('{"__proto__":{"_constructor":1,"_text":"x"},"toString":"y"}\n');
  });

  test("CDATA is kept whole, indentation around text goes, blanks within stay", () => {
    const body =
      "<r><a><![CDATA[ <x> &amp; ]]></a><b>\n    two  words\n  </b><c> x </c><d><![CDATA[]]></d></r>";
    expect(lines(body, "r")).toBe('{"a":" <x> &amp; ","b":"two  words","c":" x ","d":""}\n');
  });

  test("characters by number and the five entities are resolved", () => {
    expect(lines("<r><a>&#233;&#x1F600;&lt;&gt;&amp;&apos;&quot;</a></r>", "r")).toBe(`{"a":"é😀<>&'\\""}\n`);
  });
});

describe("XML that is refused", () => {
  test.each([
    [
      "<r><i></r>",
      "Expected closing tag 'i' (opened in line 1, col 4) instead of closing tag 'r' (line 1, column 7)",
    ],
    ["<r>\n<i>", `Invalid '[    "r",    "i"]' found (line 1, column 1)`],
    ["<r a=1/>", "Attribute 'a' is without value (line 1, column 4)"],
    ["<r><i/></r><r/>", 'element "r" follows the root'],
  ])("%j is not well-formed", (body, reason) => {
    const error = splitError(body, xml("r.i"));
    expect(error["name"]).toBe("ResponseError");
    expect(error["message"]).toContain(`${PAGE}: the body is not readable XML: ${reason} (status 200`);
  });

  test("no entity of a DTD is resolved, neither one from elsewhere nor one that grows", () => {
    const reasonOf = (entity: string): unknown =>
      splitError(`<!DOCTYPE r [${entity}]><r><i>&b;</i></r>`, xml("r.i"))["message"];
    expect(reasonOf('<!ENTITY b SYSTEM "file:///etc/passwd">')).toContain(
      "the body is not readable XML: External entities are not supported (status",
    );
    expect(reasonOf('<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">')).toContain(
      "the body is not readable XML: &b; is none of XML's own entities, and declared ones are not resolved (status",
    );
  });

  test("a DOCTYPE without entities is passed over", () => {
    const body = '<!DOCTYPE r SYSTEM "http://127.0.0.1:1/r.dtd"><r><i><a>1</a></i></r>';
    expect(lines(body, "r.i")).toBe('{"a":1}\n');
  });

  test("B2: nesting beyond 1,000 levels is a guard", () => {
    const deep = `${"<a>".repeat(1_200)}${"</a>".repeat(1_200)}`;
    expect(splitError(deep, xml("a"))).toMatchObject({
      name: "GuardError",
      message: `${PAGE}: elements are nested deeper than max_depth (1,000) levels`,
    });
  });

  test.each(["<r><error>no quota</error></r>", "<error><message>no quota</message></error>"])(
    "D3: %s is the server's error",
    (body) => {
      expect(splitError(body, xml())).toMatchObject({
        name: "ResponseError",
        message: `${PAGE}: status 200 with an error in the body: no quota`,
      });
    },
  );
});
