import { spellScalar } from "./scalar-text.js";
import type { XmlElement } from "./xml.js";

/**
 * A document as JSON text, its root's name the only key (rule D6): attributes are members `_name`, text beside them is
 * `_text`, elements of one name in one parent are a list, and values are typed as in CSV. An element without content is
 * null; so is one that says `nil="true"`. `lists` are paths of names, joined by {@link joinPath}, whose elements are
 * a list even if there is only one.
 */
export function xmlToJson(root: XmlElement, lists: ReadonlySet<string>): string {
  const value = spellElement(root, [root.name], lists);
  return `{${JSON.stringify(root.name)}:${lists.has(joinPath([root.name])) ? `[${value}]` : value}}`;
}

/** A path of element names as one key; names hold no blank. */
export function joinPath(names: readonly string[]): string {
  return names.join(" ");
}

function spellElement(element: XmlElement, path: readonly string[], lists: ReadonlySet<string>): string {
  const { text } = element;
  const isNil = text === undefined && element.children.length === 0;
  const attributes = isNil ? element.attributes.filter((one) => !saysNil(one)) : element.attributes;
  if (attributes.length + element.children.length === 0)
    return text === undefined ? "null" : spellScalar(text);

  const members = new Map<string, string[]>();
  const add = (key: string, value: string): void => {
    const known = members.get(key);
    if (known === undefined) members.set(key, [value]);
    else known.push(value);
  };
  for (const [name, value] of attributes) add(`_${name}`, spellScalar(value));
  for (const child of element.children) add(child.name, spellElement(child, [...path, child.name], lists));
  if (text !== undefined) add("_text", spellScalar(text));
  const spelled = [...members].map(([key, values]) => {
    const isList = values.length > 1 || lists.has(joinPath([...path, key]));
    return `${JSON.stringify(key)}:${isList ? `[${values.join(",")}]` : (values[0] as string)}`;
  });
  return `{${spelled.join(",")}}`;
}

/** `xsi:nil`, under whatever prefix. */
function saysNil([name, value]: readonly [string, string]): boolean {
  return /^(?:[^:]+:)?nil$/.test(name) && (value === "true" || value === "1");
}
