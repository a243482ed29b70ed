import { nearestName } from "../config/nearest.js";
import type { UnmetHint } from "../model/load-plan.js";
import type { ResourceLoad } from "../model/warehouse.js";

const SHOWN = 10;

/** In words, what a resource declares of lists and fields that are not there; nothing of a load without a row. */
export function describeUnmetHints({ plan, rows }: ResourceLoad): string[] {
  return rows === 0 ? [] : (plan.unmetHints ?? []).map(describe);
}

function describe({ under, kind, path, known }: UnmetHint): string {
  const what =
    kind === "list"
      ? "matches no list of the records"
      : "has no data_type and matches no field of the records";
  const near = nearestName(path, known);
  return `${under}: "${path}" ${what}; ${near === undefined ? listKnown(kind, known) : `did you mean "${near}"?`}`;
}

function listKnown(kind: UnmetHint["kind"], known: readonly string[]): string {
  const things = kind === "list" ? "lists" : "fields";
  if (known.length === 0) return `there are no ${things}`;
  const more = known.length > SHOWN ? ", …" : "";
  return `${things} there are: ${known.slice(0, SHOWN).join(", ")}${more}`;
}
