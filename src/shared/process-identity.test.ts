import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { isProcessAlive, ownProcess } from "./process-identity.js";

test("this process is alive, by its number alone and with its start", () => {
  expect(isProcessAlive(ownProcess())).toBe(true);
  expect(isProcessAlive({ pid: process.pid, start: undefined })).toBe(true);
});

test("a process that ended is not", () => {
  const { pid } = spawnSync(process.execPath, ["--version"]);
  expect(isProcessAlive({ pid, start: undefined })).toBe(false);
});

test.runIf(ownProcess().start !== undefined)(
  "one whose number another process has by now is not (R5)",
  () => {
    expect(isProcessAlive({ pid: process.pid, start: "1" })).toBe(false);
  },
);
