import { reportToJson } from "../report-json.js";
import type { ProgressSubscriber } from "./subscriber.js";

/** One JSON object a line, with `event` and `time`; exactly one `end` on every path out (rules J). */
export function createJsonProgress(
  write: (line: string) => void,
  now: () => number,
  exitCodeOf: () => number,
): ProgressSubscriber {
  const send = (fields: Record<string, unknown>): void => {
    const { event, ...rest } = fields;
    write(JSON.stringify({ event, time: new Date(now()).toISOString(), ...rest }));
  };
  return {
    onEvent(event) {
      send(snakeCaseKeys(event));
    },
    onEnd(report) {
      send({
        event: "end",
        exit_code: report?.exitCode ?? exitCodeOf(),
        ...(report === undefined ? {} : reportToJson(report)),
      });
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
