import { reportToJson } from "../report-json.js";
import type { ProgressSubscriber } from "./subscriber.js";

/** One JSON object a line, with `event` and `time`; `end` is what `--json` prints, with the log file (rules J). */
export function createJsonProgress(write: (line: string) => void, now: () => number): ProgressSubscriber {
  const send = (fields: Record<string, unknown>): void => {
    const { event, ...rest } = fields;
    write(JSON.stringify({ event, time: new Date(now()).toISOString(), ...rest }));
  };
  return {
    onEvent(event) {
      send(snakeCaseKeys(event));
    },
    onEnd({ report, logPath }) {
      send({ event: "end", ...reportToJson(report), log: logPath ?? null });
    },
  };
}

function snakeCaseKeys(fields: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([key, value]) => [
      key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      value as unknown,
    ]),
  );
}
