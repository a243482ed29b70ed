import { UnavailableError } from "../shared/errors.js";
import type { HttpRequest } from "./client.js";

/** The error of a request that is not sent because the circuit of its origin is open. */
export function createCircuitError(
  { method, url }: HttpRequest,
  facts: {
    readonly circuit: { failures(): number };
    readonly openForMs: number;
    readonly attempts: number;
    readonly parts: { readonly redactUrl: (url: URL) => string };
  },
): UnavailableError {
  const shown = facts.parts.redactUrl(url);
  return new UnavailableError(
    `${method} ${shown} was not sent: ${describeCircuit(facts.circuit.failures(), facts.openForMs)}`,
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
