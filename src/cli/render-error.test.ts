import { Chalk } from "chalk";
import { describe, expect, it } from "vitest";
import { UsageError } from "../shared/errors.js";
import { renderThrown } from "./render-error.js";

const plain = new Chalk({ level: 0 });

/** An error as `node:fs` throws it. */
function refused(code: string, path: string): Error {
  return Object.assign(new Error(`${code}: no, mkdir '${path}'`), { code, path });
}

describe("an error as text", () => {
  it("has its hint below", () => {
    expect(renderThrown(new UsageError("no such flag", { hint: "see --help" }), plain)).toBe(
      "error: no such flag\n  hint: see --help",
    );
  });

  it("is no bug when the file system refuses, as `--json` says too", () => {
    expect(renderThrown(refused("ENOTDIR", "/p/afile/.dango"), plain)).toBe(
      "error: /p/afile/.dango: a file stands where a folder should be (ENOTDIR)\n" +
        "  hint: move it away, then run the same command again",
    );
    expect(renderThrown(refused("EACCES", "/nowhere/p/.dango"), plain)).toBe(
      "error: no permission for /nowhere/p/.dango (EACCES)\n" +
        "  hint: the warehouse is as it was; see to the disk or the permissions, then run the same command again",
    );
  });

  it("comes with the stack when it is a bug of dango's own", () => {
    const text = renderThrown(new TypeError("x is not a function"), plain);
    expect(text).toMatch(/^error: this is a bug in dango, .*\nTypeError: x is not a function\n +at /);
    expect(renderThrown("text", plain)).toMatch(/\ntext$/);
  });
});
