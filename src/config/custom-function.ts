import { z } from "zod";
import type { FunctionReference } from "../model/user-function.js";
import type { ConfigPath } from "./config-path.js";
import type { SourceContext } from "./source-context.js";

/** A custom slot's `module:export` (contract §2.1). */
export const functionName = z
  .string()
  .regex(
    /^[^:\s]+:[A-Za-z_$][\w$]*$/,
    "not a function\nname a module and its export, such as custom_sources.my_api:sign",
  );

/** The reference that `written`, which stands at `path`, makes; it is noted, so that its module is loaded in time. */
export function resolveFunction(
  written: string,
  path: ConfigPath,
  context: SourceContext,
): FunctionReference {
  const colon = written.lastIndexOf(":");
  const reference = {
    module: written.slice(0, colon),
    export: written.slice(colon + 1),
    location: context.file.locate(path),
  };
  context.functions.push(reference);
  return reference;
}
