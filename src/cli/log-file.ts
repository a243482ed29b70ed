import { closeSync, mkdirSync, openSync, readdirSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { RunEvent } from "../model/events.js";
import type { ProgressSubscriber } from "./progress/subscriber.js";
import { reportToJson } from "./report-json.js";

const KEPT_LOGS = 50;

/** A run's log: one JSON object a line, in `.dango/logs`; the newest fifty are kept. It is given text free of secrets. */
export interface LogFile extends ProgressSubscriber {
  /** Path of the file, relative to the project. */
  readonly path: string;
  close(): void;
}

/** Creates the file (0600, in a directory of 0700: rule S3) and removes the oldest ones. */
export function openLogFile(root: string, nowMs: number): LogFile {
  const directory = join(root, ".dango", "logs");
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const stamp = new Date(nowMs).toISOString().replace(/[-:]/g, "").replace(".", "-");
  const name = `${stamp}-${String(process.pid)}.jsonl`;
  const file = openSync(join(directory, name), "a", 0o600);
  removeOldest(directory);
  const write = (fields: object): void => {
    try {
      writeSync(file, `${JSON.stringify({ time: new Date().toISOString(), ...fields })}\n`);
    } catch {
      // A full disk ends the run where rows are lost, not where a line of the log is.
    }
  };
  return {
    path: join(".dango", "logs", name),
    onEvent(event: RunEvent) {
      write(event);
    },
    onEnd({ report }) {
      write({ event: "end", ...reportToJson(report) });
    },
    close() {
      closeSync(file);
    },
  };
}

function removeOldest(directory: string): void {
  const logs = readdirSync(directory)
    .filter((name) => name.endsWith(".jsonl"))
    .sort();
  for (const name of logs.slice(0, Math.max(0, logs.length - KEPT_LOGS)))
    rmSync(join(directory, name), { force: true });
}
