import { z } from "zod";
import { parseDurationMs } from "../duration.js";

/** `500ms`, `30s`, `5m`, `2h`, `3d`, ISO 8601, or a number of seconds (rule I6). */
export function durationSchema() {
  return z.union([
    z.number().min(0),
    z
      .string()
      .refine(
        (value) => parseDurationMs(value) !== undefined,
        "not a duration\nwrite 500ms, 30s, 5m, 2h, 3d, PT30S or a number of seconds",
      ),
  ]);
}
