import { wholeBody } from "../../model/body.js";
import { findMatches, parseJsonPath, withRoot } from "../../extract/select/json-path.js";
import type { HttpRequest, HttpResponse, ResponseDecision } from "../../http/client.js";
import { stringifyRecord } from "../../json/write-lossless.js";
import type { ResponseActionConfig } from "../../model/rest-config.js";
import type { FunctionLookup, UserFunction } from "../../model/user-function.js";
import { ConfigError, UserCodeError } from "../../shared/errors.js";
import { toApiResponse } from "./to-api-response.js";

/** What asks the response actions of an endpoint. */
export type ResponseDecider = NonNullable<HttpRequest["decide"]>;

/**
 * Makes the decider of an endpoint's actions; undefined if it has none. They are asked in order, and the first that
 * decides wins; a function that only changes the body is followed by the next. Throws ConfigError for a `path` that
 * is no JSONPath.
 */
export function createResponseDecider(
  actions: readonly ResponseActionConfig[],
  functions: FunctionLookup,
): ResponseDecider | undefined {
  if (actions.length === 0) return undefined;
  const steps = actions.map((action) => compile(action, functions));
  return async (response) => {
    let current = response;
    for (const step of steps) {
      if (!step.matches(current)) continue;
      const decision = await step.decide(current);
      if (decision === undefined) continue;
      if (decision.action !== "replace") return decision;
      current = { ...current, body: decision.body };
    }
    return current === response ? undefined : { action: "replace", body: current.body };
  };
}

interface Step {
  matches(response: HttpResponse): boolean;
  decide(response: HttpResponse): ResponseDecision | undefined | Promise<ResponseDecision | undefined>;
}

function compile({ status, content, path, action }: ResponseActionConfig, functions: FunctionLookup): Step {
  const bytes = content === undefined ? undefined : Buffer.from(content, "utf8");
  const jsonPath = path === undefined ? undefined : compilePath(path);
  return {
    matches: (response) =>
      (status === undefined || isStatus(response.status, status)) &&
      (bytes === undefined || wholeBody(response.body).includes(bytes)) &&
      (jsonPath === undefined || hasPath(wholeBody(response.body), jsonPath)),
    decide:
      typeof action === "string"
        ? () => ({ action })
        : (response) => callFunction(functions(action), response),
  };
}

function isStatus(status: number, expected: NonNullable<ResponseActionConfig["status"]>): boolean {
  if (typeof expected === "number") return status === expected;
  return Math.floor(status / 100) === Number(expected[0]);
}

function compilePath(written: string): string {
  try {
    return parseJsonPath(withRoot(written)).text;
  } catch (cause) {
    const reason = cause instanceof Error ? `: ${cause.message}` : "";
    const message = `path "${written}" of response_actions is not a JSONPath${reason}`;
    const hint = "name a key of the body, such as `error.code`, or write a JSONPath (RFC 9535)";
    throw new ConfigError([{ message, hint }], { cause });
  }
}

/** A body that is no JSON has no paths. */
function hasPath(body: Buffer, path: string): boolean {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body.toString("utf8"));
  } catch {
    return false;
  }
  return findMatches(parsed, path).length > 0;
}

async function callFunction(
  userFunction: UserFunction,
  response: HttpResponse,
): Promise<ResponseDecision | undefined> {
  return readVerdict(await userFunction.call(toApiResponse(response)), userFunction.name);
}

function readVerdict(verdict: unknown, name: string): ResponseDecision | undefined {
  if (verdict === undefined || verdict === null) return undefined;
  const given = (typeof verdict === "object" ? verdict : { action: verdict }) as Readonly<
    Record<string, unknown>
  >;
  if ("body" in given && given["action"] === undefined)
    return { action: "replace", body: toBody(given["body"]) };
  const { action, wait, message } = given;
  if (action === "ignore") return { action };
  if (action === "retry" && (wait === undefined || (typeof wait === "number" && wait >= 0))) {
    return wait === undefined ? { action } : { action, waitMs: wait * 1_000 };
  }
  if (action === "fail" && (message === undefined || typeof message === "string")) {
    return message === undefined ? { action } : { action, reason: message };
  }
  throw new UserCodeError(`${name} returned something that is no verdict on a response`, "run", {
    hint: 'Return "ignore", "retry", "fail", {action: "retry", wait: seconds}, {action: "fail", message}, {body}, or nothing.',
  });
}

function toBody(body: unknown): Buffer {
  if (typeof body === "string") return Buffer.from(body, "utf8");
  if (body instanceof Uint8Array) return Buffer.from(body);
  return Buffer.from(stringifyRecord(body), "utf8");
}
