/** One piece of a string of sources.yml. */
export type TemplatePart =
  | { readonly kind: "text"; readonly text: string }
  | {
      readonly kind: "variable";
      readonly name: string;
      /** What stands after `:-`; may be empty. */
      readonly fallback: string | undefined;
      /** As it stands in the file: `${NAME:-x}`. */
      readonly written: string;
    }
  | { readonly kind: "fault"; readonly message: string; readonly hint?: string; readonly written: string };

/** Cuts a string at its `${NAME}` and `${NAME:-default}`; `$${` stands for a literal `${` (contract §3). */
export function parseTemplate(text: string): TemplatePart[] {
  const parts: TemplatePart[] = [];
  let plain = "";
  let position = 0;
  while (position < text.length) {
    const begin = text.indexOf("${", position);
    if (begin === -1) break;
    if (begin > position && text[begin - 1] === "$") {
      plain += text.slice(position, begin - 1) + "${";
      position = begin + 2;
      continue;
    }
    plain += text.slice(position, begin);
    if (plain !== "") parts.push({ kind: "text", text: plain });
    plain = "";
    const end = text.indexOf("}", begin);
    const written = text.slice(begin, end === -1 ? undefined : end + 1);
    parts.push(end === -1 ? unclosed(written) : parseReference(written));
    position = begin + written.length;
  }
  plain += text.slice(position);
  if (plain !== "" || parts.length === 0) parts.push({ kind: "text", text: plain });
  return parts;
}

function parseReference(written: string): TemplatePart {
  const [, name = "", fallback] = /^\$\{(.*?)(?::-(.*))?\}$/s.exec(written) ?? [];
  if (fallback?.includes("${") === true) {
    return { kind: "fault", message: "a default cannot hold another `${…}`", written };
  }
  if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return { kind: "variable", name, fallback, written };
  if (/^parameters(\.|$)/.test(name)) {
    return { kind: "fault", message: "`${parameters…}` is not supported yet", written };
  }
  if (name.startsWith("aws-sm:")) {
    return { kind: "fault", message: "`${aws-sm:…}` is not supported yet", written };
  }
  return {
    kind: "fault",
    message: `\`${written}\` is not a variable`,
    hint: "write ${NAME} or ${NAME:-default} with letters, digits and _; for a literal ${ write $${",
    written,
  };
}

function unclosed(written: string): TemplatePart {
  return {
    kind: "fault",
    message: "`${` without a closing `}`",
    hint: "for a literal ${ write $${",
    written,
  };
}
