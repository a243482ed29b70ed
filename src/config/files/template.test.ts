import { describe, expect, it } from "vitest";
import { parseTemplate } from "./template.js";

describe("parseTemplate", () => {
  it("cuts a string at its variables", () => {
    expect(parseTemplate("a ${X} b ${Y:-c d} e")).toEqual([
      { kind: "text", text: "a " },
      { kind: "variable", name: "X", fallback: undefined, written: "${X}" },
      { kind: "text", text: " b " },
      { kind: "variable", name: "Y", fallback: "c d", written: "${Y:-c d}" },
      { kind: "text", text: " e" },
    ]);
  });

  it("keeps an empty default apart from none (S4)", () => {
    expect(parseTemplate("${X:-}")).toEqual([
      { kind: "variable", name: "X", fallback: "", written: "${X:-}" },
    ]);
  });

  it("takes $${ for a literal ${", () => {
    expect(parseTemplate("a $${X} ${Y}")).toEqual([
      { kind: "text", text: "a ${X} " },
      { kind: "variable", name: "Y", fallback: undefined, written: "${Y}" },
    ]);
  });

  it("leaves a lone dollar and braces as they are", () => {
    expect(parseTemplate("$5 {incremental.start_value} $")).toEqual([
      { kind: "text", text: "$5 {incremental.start_value} $" },
    ]);
  });

  it.each([
    ["${}", "`${}` is not a variable"],
    ["${a b}", "`${a b}` is not a variable"],
    ["${parameters.shop}", "`${parameters…}` is not supported yet"],
    ["${aws-sm:id#key}", "`${aws-sm:…}` is not supported yet"],
    ["${A:-${B", "a default cannot hold another `${…}`"],
    ["${A", "`${` without a closing `}`"],
  ])("finds the fault of %s", (text, message) => {
    const fault = parseTemplate(text.endsWith("${B") ? `${text}}` : text)[0];
    expect(fault).toMatchObject({ kind: "fault", message });
  });
});
