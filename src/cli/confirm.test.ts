import { PassThrough } from "node:stream";
import { describe, expect, it } from "vitest";
import { confirm } from "./confirm.js";
import { processTerminal } from "./terminal.js";

/** The answer to a question at a terminal at which `typed` is typed. */
async function answer(typed: string): Promise<boolean> {
  const input = Object.assign(new PassThrough(), { isTTY: true });
  const context = { terminal: { ...processTerminal({}, true), isErrTty: true }, env: {} };
  const { signal } = new AbortController();
  const asked = confirm(context, { yes: false, what: "drop it", signal, input, output: new PassThrough() });
  input.write(typed);
  return await asked;
}

describe("a question", () => {
  it.each([
    ["y\r", true],
    [" YES \r", true],
    ["n\r", false],
    ["\r", false],
  ])("answered with %j is %s", async (typed, expected) => {
    expect(await answer(typed)).toBe(expected);
  });

  it("is interrupted by Ctrl-C, which is exit code 130", async () => {
    await expect(answer("\u0003")).rejects.toMatchObject({ message: "interrupted by SIGINT", exitCode: 130 });
  });

  it("is answered with no by Ctrl-D", async () => {
    expect(await answer("\u0004")).toBe(false);
  });
});
