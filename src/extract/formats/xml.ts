import { XMLParser, XMLValidator } from "fast-xml-parser";

/** An element with its parts in the order of the document. Names keep their namespace prefix. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: readonly (readonly [name: string, value: string])[];
  readonly children: readonly XmlElement[];
  /** Text between the children, entities resolved; undefined if there is none. */
  readonly text: string | undefined;
}

/** What is wrong with an XML body, and where as far as it is known; both count from 1. */
export class XmlFault extends Error {
  readonly line: number | undefined;
  readonly column: number | undefined;
  readonly reason: "syntax" | "depth";

  constructor(
    message: string,
    place: { line?: number; column?: number } = {},
    reason: XmlFault["reason"] = "syntax",
  ) {
    super(message);
    this.line = place.line;
    this.column = place.column;
    this.reason = reason;
  }
}

/**
 * Reads a document and returns its root. Comments and processing instructions are passed over. Entities that a DTD
 * declares are never resolved, neither from within nor from elsewhere: a reference to one is a fault, as everything
 * is that is not well-formed. Throws an XmlFault.
 */
export function parseXml(text: string): XmlElement {
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- the parser alone takes what is not well-formed
  const checked = XMLValidator.validate(text);
  if (checked !== true) {
    const { msg, line, col } = checked.err;
    throw new XmlFault(msg.replace(/\.$/, ""), { line, column: col });
  }
  let nodes: readonly OrderedNode[];
  try {
    nodes = new XMLParser(OPTIONS).parse(text) as readonly OrderedNode[];
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    if (message.startsWith("Maximum nested tags"))
      throw new XmlFault("elements are nested deeper than max_depth (1,000) levels", {}, "depth");
    throw new XmlFault(message);
  }
  const [root, second] = nodes.map(readElement).filter((element) => element !== undefined);
  if (root === undefined) throw new XmlFault("there is no element");
  if (second !== undefined) throw new XmlFault(`element "${second.name}" follows the root`);
  return root;
}

/** Stands before every name while the parser holds them, so that none is one of JavaScript's own (`__proto__`). */
const MARK = "<";
const TEXT = "#text";
const CDATA = "#cdata";

const OPTIONS = {
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: MARK,
  transformTagName: (name: string) => MARK + name,
  textNodeName: TEXT,
  cdataPropName: CDATA,
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: false,
  processEntities: false,
  ignoreDeclaration: true,
  ignorePiTags: true,
  maxNestedTags: 1_000,
};

/** As the parser gives it: one key that is the name, and perhaps `:@` with the attributes. */
type OrderedNode = Readonly<Record<string, unknown>>;

function readElement(node: OrderedNode): XmlElement | undefined {
  const marked = Object.keys(node).find((key) => key.startsWith(MARK));
  if (marked === undefined) return undefined;
  const parts = node[marked] as readonly OrderedNode[];
  const attributes = Object.entries((node[":@"] ?? {}) as Readonly<Record<string, unknown>>);
  return {
    name: withoutMark(marked),
    attributes: attributes.map(
      ([name, value]) => [withoutMark(name), resolveEntities(String(value))] as const,
    ),
    children: parts.map(readElement).filter((child) => child !== undefined),
    text: readText(parts),
  };
}

/** The parser names an element that closes itself twice. */
function withoutMark(name: string): string {
  return name.replace(/^<+/, "");
}

/**
 * Line breaks and indentation around text go, other blanks stay; what stands in CDATA is kept whole. Text of nothing
 * but blanks is none.
 */
function readText(parts: readonly OrderedNode[]): string | undefined {
  let text = "";
  let hasCdata = false;
  for (const part of parts) {
    if (CDATA in part) {
      hasCdata = true;
      const [content] = part[CDATA] as readonly { readonly [TEXT]: string }[];
      text += content?.[TEXT] ?? "";
    } else if (TEXT in part) text += resolveEntities(String(part[TEXT]).replace(INDENTATION, ""));
  }
  return hasCdata || text.trim() !== "" ? text : undefined;
}

const INDENTATION = /^[ \t]*\n\s*|\s*\n[ \t]*$/g;

const PREDEFINED: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", apos: "'", quot: '"' };

function resolveEntities(text: string): string {
  if (!text.includes("&")) return text;
  return text.replace(/&([^;&\s]*;?)/g, (reference, name: string) => {
    const resolved = name.endsWith(";") ? resolveEntity(name.slice(0, -1)) : undefined;
    if (resolved !== undefined) return resolved;
    throw new XmlFault(`${reference} is none of XML's own entities, and declared ones are not resolved`);
  });
}

function resolveEntity(name: string): string | undefined {
  if (Object.hasOwn(PREDEFINED, name)) return PREDEFINED[name];
  const code = /^#(?:x([0-9a-f]{1,6})|(\d{1,7}))$/i.exec(name);
  if (code === null) return undefined;
  const point = code[1] === undefined ? Number(code[2]) : Number.parseInt(code[1], 16);
  const isCharacter = point > 0 && point <= 0x10ffff && (point < 0xd800 || point > 0xdfff);
  return isCharacter ? String.fromCodePoint(point) : undefined;
}
