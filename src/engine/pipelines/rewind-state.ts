import type { PastState } from "../../model/warehouse.js";
import { UsageError } from "../../shared/errors.js";

const SHOWN = 5;

/**
 * The state to go back to, of `states`, newest first: of a version, of a load, or the one that held at a moment (ISO
 * 8601). Undefined `to`: the one before the newest. UsageError if there is none.
 */
export function findPastState(
  states: readonly PastState[],
  to: string | undefined,
  pipeline: string,
): PastState {
  const found = to === undefined ? states[1] : (findNamed(states, to) ?? findHolding(states, to));
  if (found !== undefined) return found;
  const known = states
    .slice(0, SHOWN)
    .map(({ state, loadId, createdAt }) => `version ${String(state.version)} (load ${loadId}, ${createdAt})`);
  const what =
    to === undefined ? "state before the present one" : `state of a version, load or moment "${to}"`;
  throw new UsageError(`the pipeline ${pipeline} has no ${what}`, {
    hint: known.length === 0 ? "it was never synced" : `its states, newest first: ${known.join("; ")}`,
  });
}

function findNamed(states: readonly PastState[], to: string): PastState | undefined {
  return states.find(({ state, loadId }) => String(state.version) === to || loadId === to);
}

/** The newest state that is not newer than the moment. */
function findHolding(states: readonly PastState[], to: string): PastState | undefined {
  const moment = momentOf(to);
  if (moment === undefined) return undefined;
  return states.find(({ createdAt }) => (momentOf(createdAt) ?? Infinity) <= moment);
}

const MOMENT = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)(Z|[+-]\d{2}(?::?\d{2})?)?)?$/i;

/** Milliseconds since 1970; a date is its midnight, no zone is UTC. Takes DuckDB's spelling too. */
function momentOf(text: string): number | undefined {
  const [, date = "", time = "00:00", zone = "Z"] = MOMENT.exec(text.trim()) ?? [];
  const offset = zone.length > 1 ? `${zone.slice(0, 3)}:${zone.slice(3).replace(":", "") || "00"}` : "Z";
  const value = Date.parse(`${date}T${time}${offset}`);
  return Number.isNaN(value) ? undefined : value;
}
