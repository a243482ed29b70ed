import { InvalidArgumentError, Option } from "commander";

/** A switch that is off unless given. */
export function flag(name: string, description: string): Option {
  return new Option(name, description).default(false);
}

/** The parser of a flag that may be given several times. */
export function collect(value: string, earlier: readonly string[]): string[] {
  return [...earlier, value];
}

/** The parser of a flag that takes a number of things. */
export function parseCount(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1)
    throw new InvalidArgumentError("It must be a whole number above 0.");
  return value;
}
