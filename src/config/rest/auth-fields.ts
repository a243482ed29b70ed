import type { ConfigPath } from "../config-path.js";
import { tablesOfSource, whereToSet } from "../files/interpolate.js";
import { lookUp, type SettingsAnswer } from "../files/settings.js";
import type { SourceContext } from "../source-context.js";
import type { TomlValue } from "../files/toml.js";

/** The fields of one `auth` block; those left out are looked up as secrets of their own names (rules A). */
export interface AuthFields {
  /** Where the block stands. */
  readonly path: ConfigPath;
  readonly context: SourceContext;
  /** Text; a missing one is an issue, and an empty text here. */
  required(name: string, given: string | null | undefined, kind?: FieldKind): string;
  /** Text; undefined if it is found nowhere. */
  optional(name: string, given: string | null | undefined, kind?: FieldKind): string | undefined;
  /** Whatever is found under the name. */
  find(name: string): TomlValue | undefined;
  /** Reports a fault of a field. */
  report(name: string, message: string, hint?: string): void;
}

/**
 * A secret is looked for in secrets.toml only, and is known to the redactor. An open field may stand in config.toml; it
 * is a secret only if it comes from secrets.toml, and a user name not even then (rule S1).
 */
export type FieldKind = "secret" | "open" | "user";

/** The fields of the block at `path`. */
export function createAuthFields(path: ConfigPath, context: SourceContext): AuthFields {
  const look = (key: string, kind: FieldKind): SettingsAnswer =>
    lookUp(context.settings, {
      key,
      tables: tablesOfSource(context.source),
      bareVariable: "first",
      secretOnly: kind === "secret",
    });
  const textOf = (
    name: string,
    given: string | null | undefined,
    kind: FieldKind,
  ): string | SettingsAnswer => {
    const answer = given === null || given === undefined ? look(name, kind) : undefined;
    const value = answer === undefined ? given : answer.found?.value;
    if (typeof value !== "string" && typeof value !== "number") return answer ?? look(name, kind);
    const text = String(value);
    if (kind === "secret" || (kind === "open" && answer?.found?.from === "secrets"))
      context.redactor.add(text);
    return text;
  };
  return {
    path,
    context,
    required(name, given, kind = "secret") {
      const found = textOf(name, given, kind);
      if (typeof found === "string") return found;
      if (context.reportMissing) {
        context.issues.add(
          [...path, name],
          `\`auth\` has no \`${name}\`, and no secret of that name is set`,
          { hint: whereToSet(found) },
        );
      }
      return "";
    },
    optional(name, given, kind = "secret") {
      const found = textOf(name, given, kind);
      return typeof found === "string" ? found : undefined;
    },
    find: (name) => look(name, "secret").found?.value,
    report(name, message, hint) {
      context.issues.add([...path, name], message, { hint });
    },
  };
}
