import type { ParamValue } from "../../model/rest-config.js";
import { findPlaceholders } from "./placeholders.js";

/** Rule P11: the last segment of the path holds a parent's value, itself or by a parameter bound to it. */
export function isEntityPath(path: string, params: Readonly<Record<string, ParamValue>>): boolean {
  const last = path.split(/[?#]/, 1)[0]?.replace(/\/+$/, "").split("/").at(-1) ?? "";
  return findPlaceholders(last, []).some(({ name }) => {
    const value = Object.hasOwn(params, name) ? params[name] : `{${name}}`;
    return findPlaceholders(value, []).some((one) => one.name.startsWith("resources."));
  });
}
