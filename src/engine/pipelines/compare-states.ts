import { isDeepStrictEqual } from "node:util";
import type { PipelineState } from "../../model/state.js";

/** What became of one member of a resource's state. */
export interface StateDifference {
  readonly resource: string;
  /** A cursor's path, or the key of another member. */
  readonly member: string;
  readonly isCursor: boolean;
  /** Of a cursor its last value, else the member's value; null: there was none. */
  readonly before: unknown;
  readonly after: unknown;
}

type Resources = PipelineState["resources"];

/** Every member that differs, by resource; a cursor also where only its initial value does. */
export function compareStates(before: Resources, after: Resources): StateDifference[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].flatMap((resource) => {
    const [from, to] = [before[resource], after[resource]];
    const cursors = differing(from?.incremental ?? {}, to?.incremental ?? {}).map((member) => ({
      resource,
      member,
      isCursor: true,
      before: from?.incremental[member]?.lastValue ?? null,
      after: to?.incremental[member]?.lastValue ?? null,
    }));
    const others = differing(from?.extra ?? {}, to?.extra ?? {}).map((member) => ({
      resource,
      member,
      isCursor: false,
      before: from?.extra[member] ?? null,
      after: to?.extra[member] ?? null,
    }));
    return [...cursors, ...others];
  });
}

function differing(
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
): string[] {
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...keys].filter((key) => !isDeepStrictEqual(before[key], after[key]));
}
