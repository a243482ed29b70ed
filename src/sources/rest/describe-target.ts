import type { TokenTarget } from "../../model/rest-config.js";

/** The name that a token goes by: its parameter, header or body path; `fallback` for placeholders. */
export function describeTarget(target: TokenTarget, fallback: string): string {
  switch (target.in) {
    case "query":
    case "header":
      return target.name;
    case "body":
      return target.path;
    case "placeholder":
      return fallback;
  }
}
