import { UnavailableError } from "../../shared/errors.js";
import type { Redactor } from "../../shared/redact.js";
import type { HttpRequest } from "../client.js";
import { describePage } from "../describe-page.js";
import { toServerText } from "../server-text.js";

/** The error of a request that is not sent because the circuit of its origin is open. */
export function createCircuitError(
  { method, url, page }: HttpRequest,
  facts: {
    readonly circuit: { failures(): number };
    readonly openForMs: number;
    readonly attempts: number;
    readonly parts: { readonly redactUrl: (url: URL) => string; readonly redactor: Redactor };
  },
): UnavailableError {
  const shown = facts.parts.redactUrl(url);
  return new UnavailableError(
    `${describePage(page, (token) => toServerText(token, facts.parts.redactor, 200))}${method} ${shown} was not sent: ${describeCircuit(facts.circuit.failures(), facts.openForMs)}`,
    "unavailable",
    { hint: CIRCUIT_HINT, context: { url: shown, method, attempts: facts.attempts - 1 } },
  );
}

/** What to do about an open circuit. */
export const CIRCUIT_HINT = "The API is failing; sync again later, or raise failures of circuit_breaker.";

/** An open circuit in words. */
export function describeCircuit(failures: number, openForMs: number): string {
  const seconds = Math.ceil(openForMs / 1_000);
  return `circuit open after ${String(failures)} failures in a row, retry in ${String(seconds)} s`;
}
