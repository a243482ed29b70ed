import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { splitLines } from "../../../src/warehouse/rows/split-lines.js";

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "dango-split-"));
});

afterEach(async () => {
  await rm(directory, { recursive: true, force: true });
});

async function split(texts: readonly string[], pieceBytes: number): Promise<string[]> {
  const files = texts.map((_, index) => join(directory, `file-${String(index)}`));
  await Promise.all(files.map((file, index) => writeFile(file, texts[index] ?? "")));
  const pieces = await splitLines(files, { directory, pieceBytes });
  return Promise.all(pieces.map((piece) => readFile(piece, "utf8")));
}

test("pieces are whole lines in order, and none goes over the end of a file", async () => {
  const lines = Array.from({ length: 300_000 }, (_, line) => `{"id":${String(line)}}\n`);
  const pieces = await split([lines.join(""), "", "last\n"], 1_500_000);
  expect(pieces.length).toBeGreaterThan(2);
  expect(pieces.every((piece) => piece.endsWith("\n"))).toBe(true);
  expect(pieces.join("") === `${lines.join("")}last\n`).toBe(true);
  expect(pieces.at(-1)).toBe("last\n");
});

test("lines longer than what is read at once stay whole", async () => {
  const line = `${"x".repeat(2_500_000)}\n`;
  const pieces = await split([line + line + line], 2_000_000);
  expect(pieces.map((piece) => piece === line)).toEqual([true, true, true]);
});
