import { Option } from "commander";

/** A switch that is off unless given. */
export function flag(name: string, description: string): Option {
  return new Option(name, description).default(false);
}

/** The parser of a flag that may be given several times. */
export function collect(value: string, earlier: readonly string[]): string[] {
  return [...earlier, value];
}
