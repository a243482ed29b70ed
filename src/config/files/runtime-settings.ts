import type { ConfigIssue } from "../../shared/errors.js";
import { nearestName } from "../nearest.js";
import { NOT_YET } from "../not-yet.js";
import type { RuntimeSettings } from "../project.js";
import type { Settings } from "./settings.js";
import { isTomlTable, type TomlValue } from "./toml.js";

const LEVELS = ["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"] as const;
const NUMBERS = [
  "request_timeout",
  "request_max_attempts",
  "request_backoff_factor",
  "request_max_retry_delay",
] as const;
/** `dlthub_telemetry` stands in every config.toml that dlt wrote, and dango sends none. */
const KNOWN = ["log_level", ...NUMBERS, "dlthub_telemetry"];

/** Reads `[runtime]`; a `RUNTIME__LOG_LEVEL`-style variable wins over the file. */
export function readRuntimeSettings(settings: Settings): {
  readonly runtime: RuntimeSettings;
  readonly issues: readonly ConfigIssue[];
} {
  const issues: ConfigIssue[] = [];
  const table = settings.config.table["runtime"];
  const own = isTomlTable(table) ? table : {};
  const fileIssue = (key: string, message: string, hint?: string): void => {
    const location = { file: settings.config.label };
    issues.push({ message, path: `runtime.${key}`, location, ...(hint === undefined ? {} : { hint }) });
  };
  for (const key of Object.keys(own)) checkKey(key, fileIssue);
  const read = (key: string): { value: TomlValue | undefined; fault: (expected: string) => void } => {
    const variable = `RUNTIME__${key.toUpperCase()}`;
    const fromEnv = settings.env[variable];
    if (fromEnv === undefined || fromEnv === "") {
      return {
        value: own[key],
        fault: (expected) => {
          fileIssue(key, `expected ${expected}`);
        },
      };
    }
    return {
      value: fromEnv,
      fault: (expected) => issues.push({ message: `the variable ${variable} must be ${expected}` }),
    };
  };
  const number = (key: (typeof NUMBERS)[number], least: number): number | undefined => {
    const { value, fault } = read(key);
    if (value === undefined) return undefined;
    const parsed = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
    if (typeof parsed === "number" && parsed >= least) return parsed;
    fault(`a number of at least ${String(least)}`);
    return undefined;
  };
  const level = read("log_level");
  const name = typeof level.value === "string" ? level.value.toUpperCase() : level.value;
  const logLevel = LEVELS.find((known) => known === name);
  if (logLevel === undefined && name !== undefined) level.fault(`one of ${LEVELS.join(", ")}`);
  const timeout = number("request_timeout", 0);
  const attempts = number("request_max_attempts", 1);
  const factor = number("request_backoff_factor", 0);
  const delay = number("request_max_retry_delay", 0);
  return {
    runtime: {
      logLevel: logLevel ?? "WARNING",
      ...(timeout === undefined ? {} : { requestTimeoutMs: timeout * 1_000 }),
      ...(attempts === undefined ? {} : { requestMaxAttempts: Math.floor(attempts) }),
      ...(factor === undefined ? {} : { requestBackoffFactor: factor }),
      ...(delay === undefined ? {} : { requestMaxRetryDelayMs: delay * 1_000 }),
    },
    issues,
  };
}

function checkKey(key: string, issue: (key: string, message: string, hint?: string) => void): void {
  if (KNOWN.includes(key)) return;
  if ((NOT_YET.runtime as readonly string[]).includes(key)) {
    issue(key, `\`${key}\` is not supported yet`);
    return;
  }
  const nearest = nearestName(key, [...KNOWN, ...NOT_YET.runtime]);
  issue(
    key,
    `unknown key \`${key}\``,
    nearest === undefined ? `known here: ${KNOWN.join(", ")}` : `did you mean \`${nearest}\`?`,
  );
}
