import type { Redactor } from "../../shared/redact.js";
import type { ValueLookup } from "../project.js";
import { lookUp, type Settings } from "./settings.js";

/**
 * Looks up the parameters of TypeScript sources (contract §3). Secrets that are found go to the redactor. The bare
 * name counts in the environment for secrets only: a stray `BASE_URL` of the machine must not redirect a source.
 */
export function createValueLookup(settings: Settings, redactor: Redactor): ValueLookup {
  return {
    parameter({ key, sourceFunction, module, source, isSecret }) {
      const sections = [...new Set([sourceFunction, moduleName(module), source])];
      const answer = lookUp(settings, {
        key,
        tables: [...sections.map((section) => ["sources", section]), ["sources"]],
        bareVariable: isSecret ? "last" : "never",
        secretOnly: isSecret,
      });
      const value = answer.found?.value;
      if (isSecret) addSecrets(value, redactor);
      return { value, places: answer.places };
    },
  };
}

/** `my_api` for `custom_sources.my_api`, `custom_sources/my_api.ts` and `my_api`. */
function moduleName(module: string): string {
  return (
    module
      .replace(/\.[cm]?[jt]s$/, "")
      .split(/[./\\]/)
      .at(-1) ?? module
  );
}

/** Makes a secret known to the redactor: all texts and numbers in it. */
export function addSecrets(value: unknown, redactor: Redactor): void {
  if (typeof value === "string" || typeof value === "number" || typeof value === "bigint")
    redactor.add(String(value));
  else if (typeof value === "object" && value !== null) {
    for (const member of Object.values(value)) addSecrets(member, redactor);
  }
}
