import { formatPoint } from "../../../cursor/cursor-format.js";
import { readPoint, type CursorValue } from "../../../cursor/cursor-point.js";
import type { IncrementalOptions } from "../../../model/resource.js";
import type { IncrementalBounds } from "../../../model/source.js";
import type { FunctionLookup } from "../../../model/user-function.js";
import { DataError, UserCodeError } from "../../../shared/errors.js";

/** What `{incremental.…}` placeholders stand for in one chain, by what comes after the dot. */
export type SentValues = Readonly<Record<string, SentValue>>;

type SentValue = string | number | bigint | boolean | null | undefined;

/**
 * The values of one chain as they are sent: in the API's own spelling, or as `format` or `convert` makes them (rule I1).
 * What a format cannot tell is cut off so that the interval only grows. Rejects with what the user's function throws.
 */
export async function prepareSent(
  bounds: IncrementalBounds,
  incremental: IncrementalOptions,
  { name, functions }: { readonly name: string; readonly functions: FunctionLookup },
): Promise<SentValues> {
  const [start, end] = incremental.lastValueFunc === "max" ? DOWN_UP : UP_DOWN;
  const send = async (value: CursorValue | null, rounding: "down" | "up"): Promise<SentValue> => {
    if (value === null) return undefined;
    if (incremental.convert !== undefined) return convert(value, functions(incremental.convert), name);
    return incremental.format === undefined ? value : format(value, incremental.format, { rounding, name });
  };
  return {
    start_value: await send(bounds.startValue, start),
    last_value: await send(bounds.lastValue, start),
    initial_value: await send(bounds.initialValue, start),
    end_value: await send(bounds.endValue, end),
    lag: incremental.writtenLag,
  };
}

const DOWN_UP = ["down", "up"] as const;
const UP_DOWN = ["up", "down"] as const;

function format(
  value: CursorValue,
  pattern: string,
  { rounding, name }: { readonly rounding: "down" | "up"; readonly name: string },
): CursorValue {
  const sent = formatPoint(readPoint(value), pattern, rounding);
  if (sent !== undefined) return sent;
  throw new DataError(
    `${name}: format ${pattern} needs a cursor of timestamps, but its value is ${JSON.stringify(String(value))}`,
    {
      hint: "remove format, or name a function by convert that makes what is to be sent",
    },
  );
}

async function convert(
  value: CursorValue,
  userFunction: ReturnType<FunctionLookup>,
  name: string,
): Promise<SentValue> {
  const sent = await userFunction.call(value);
  switch (typeof sent) {
    case "string":
    case "number":
    case "bigint":
    case "boolean":
    case "undefined":
      return sent;
    default:
      if (sent === null) return undefined;
      throw new UserCodeError(
        `${name}: ${userFunction.name} returned ${Array.isArray(sent) ? "a list" : `a value of type ${typeof sent}`} for the cursor value ${String(value)}`,
        "run",
        { hint: "Return text, a number or a boolean; null leaves the parameter out." },
      );
  }
}
