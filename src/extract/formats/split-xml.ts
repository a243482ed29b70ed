import { GuardError } from "../../shared/errors.js";
import type { JsonPath } from "../select/json-path.js";
import type { SplitBody } from "../spool/page-records.js";
import { DEPTH_HINT } from "./body-fault.js";
import { describePage, pageContext } from "../spool/page-message.js";
import { parseSelector, type Selector } from "../select/selector.js";
import { splitJson } from "./split-json.js";
import type { Splitter } from "./splitter.js";
import { unreadableBody } from "./unreadable-body.js";
import type { parseXml, XmlElement, XmlFault } from "./xml.js";
import { joinPath, xmlToJson } from "./xml-to-json.js";

/** What reads XML; loaded only when such a body comes. */
export interface XmlReader {
  readonly parseXml: typeof parseXml;
  readonly XmlFault: typeof XmlFault;
}

/**
 * Takes the records of an XML body, which is turned into JSON for it (rule D6). Where a selector leads, or says `[*]`,
 * one element is a list of one: XML does not tell.
 */
export function splitXml(splitter: Splitter, reader: XmlReader): SplitBody {
  const { pick } = splitter;
  const root = parse(splitter, reader);
  const written = pick.selector ?? (pick.chosen === "" ? undefined : pick.chosen);
  const selector = written === undefined ? undefined : parseSelector(written);
  const buffer = Buffer.from(xmlToJson(root, listsOf(selector)));
  return splitJson({ ...splitter, buffer, start: 0, isXml: true });
}

function parse({ buffer, head, page }: Splitter, { parseXml, XmlFault }: XmlReader): XmlElement {
  try {
    return parseXml(buffer.toString("utf8"));
  } catch (error) {
    if (!(error instanceof XmlFault)) throw error;
    if (error.reason === "depth") {
      throw new GuardError(`${describePage(page)}: ${error.message}`, {
        hint: DEPTH_HINT,
        context: pageContext(page),
      });
    }
    const { line, column } = error;
    const place = line === undefined ? "" : ` (line ${String(line)}, column ${String(column)})`;
    throw unreadableBody(`${error.message}${place}`, head, page, "XML");
  }
}

function listsOf(selector: Selector | undefined): Set<string> {
  if (selector === undefined) return new Set();
  if (selector.kind === "keys") return new Set(selector.keys.length === 0 ? [] : [joinPath(selector.keys)]);
  return listsOfPath(selector.path);
}

/** Every plain path of names that a wildcard, an index, a filter, or the end of the JSONPath follows. */
function listsOfPath({ segments }: JsonPath): Set<string> {
  const lists = new Set<string>();
  const names: string[] = [];
  for (const [index, segment] of segments.entries()) {
    const name = nameOf(segment.text);
    if (name === undefined) {
      if (segment.text.startsWith("..") || names.length === 0) break;
      continue;
    }
    names.push(name);
    const next = segments[index + 1];
    if (next === undefined || nameOf(next.text) === undefined) lists.add(joinPath(names));
  }
  return lists;
}

/** The key of a step such as `.item` or `['item']`; undefined for all others. */
function nameOf(step: string): string | undefined {
  if (step.startsWith("..")) return undefined;
  const selector = parseSelectorQuietly(`$${step}`);
  return selector?.kind === "keys" && selector.keys.length === 1 && !selector.isWild
    ? selector.keys[0]
    : undefined;
}

function parseSelectorQuietly(text: string): Selector | undefined {
  try {
    return parseSelector(text);
  } catch {
    return undefined;
  }
}
