import type { Redactor } from "../../shared/redact.js";
import { formatConfigPath, type ConfigPath } from "../config-path.js";
import type { IssueList } from "../issue-list.js";
import { isSecretPlace } from "./secret-place.js";
import { lookUp, type Settings, type SettingsAnswer } from "./settings.js";
import { parseTemplate, type TemplatePart } from "./template.js";
import { isTomlTable } from "./toml.js";
import type { YamlFile } from "./yaml.js";

/** What interpolation needs to know beside the value. */
export interface InterpolateContext {
  readonly file: YamlFile;
  readonly settings: Settings;
  readonly redactor: Redactor;
  readonly issues: IssueList;
  /** Name and type of the source that the value belongs to; undefined at the top level of the file. */
  readonly source: { readonly name: string; readonly type: string } | undefined;
  /** False for a disabled source, and where a settings file could not be read: then a missing value is no news. */
  readonly reportMissing: boolean;
  /** Filled with the paths of strings that were one `${…}` as a whole: those may stand for a number (rule S4). */
  readonly whole: Map<string, ConfigPath>;
}

/**
 * `value`, which stands at `path`, with every `${…}` in its strings replaced. Secrets go to the redactor. A member
 * whose value cannot be had is left out, and nothing more is said of it.
 */
export function interpolate(value: unknown, path: ConfigPath, context: InterpolateContext): unknown {
  if (typeof value === "string") return value.includes("${") ? interpolateText(value, path, context) : value;
  if (Array.isArray(value)) return value.map((item, index) => interpolate(item, [...path, index], context));
  if (typeof value !== "object" || value === null) return value;
  const members = Object.entries(value).map(
    ([key, member]) => [key, interpolate(member, [...path, key], context)] as const,
  );
  return Object.fromEntries(members.filter(([, member]) => member !== undefined));
}

/** The tables of contract §3 in which a `${NAME}` of a source is looked for. */
export function tablesOfSource(
  source: { readonly name: string; readonly type: string } | undefined,
): string[][] {
  const own =
    source === undefined
      ? []
      : [
          ["sources", source.name],
          ["sources", source.type],
        ];
  return [...own, ["sources"], []];
}

type Scalar = string | number | boolean;

function interpolateText(text: string, path: ConfigPath, context: InterpolateContext): unknown {
  const parts = parseTemplate(text);
  const isWhole = parts.length === 1 && parts[0]?.kind === "variable";
  if (isWhole) context.whole.set(formatConfigPath(path), path);
  const seen = new Map<string, number>();
  const values: (Scalar | undefined)[] = [];
  for (const part of parts) {
    if (part.kind === "text") {
      values.push(part.text);
      continue;
    }
    const occurrence = seen.get(part.written) ?? 0;
    seen.set(part.written, occurrence + 1);
    values.push(resolvePart(part, { path, occurrence, isWhole, context }));
  }
  if (values.includes(undefined)) {
    context.issues.ignoreUnder(path);
    return undefined;
  }
  return isWhole ? values[0] : values.join("");
}

interface Use {
  readonly path: ConfigPath;
  readonly occurrence: number;
  readonly isWhole: boolean;
  readonly context: InterpolateContext;
}

function resolvePart(part: Exclude<TemplatePart, { kind: "text" }>, use: Use): Scalar | undefined {
  const { path, context } = use;
  const location = context.file.locateText(path, part.written, use.occurrence);
  if (part.kind === "fault") {
    context.issues.add(path, part.message, { hint: part.hint, location });
    return undefined;
  }
  const answer = lookUp(context.settings, {
    key: part.name,
    tables: tablesOfSource(context.source),
    bareVariable: "first",
    secretOnly: false,
  });
  const { found } = answer;
  if (found === undefined) {
    if (part.fallback !== undefined) return part.fallback;
    if (context.reportMissing) {
      context.issues.add(path, `\`\${${part.name}}\` is not set`, { hint: whereToSet(answer), location });
    }
    return undefined;
  }
  if (Array.isArray(found.value) || isTomlTable(found.value)) {
    context.issues.add(path, `\`\${${part.name}}\` is not a single value in ${found.from}.toml`, {
      location,
    });
    return undefined;
  }
  const value = found.value as Scalar;
  const isSecret = isSecretPlace({
    path,
    variable: part.name,
    isFromSecrets: found.from === "secrets",
    isWholeValue: use.isWhole,
  });
  if (isSecret && typeof value !== "boolean") context.redactor.add(String(value));
  return value;
}

/** What to do about a missing value, and every place that was looked at. */
export function whereToSet(answer: Pick<SettingsAnswer, "places">): string {
  return `set it in the environment or in .dlt/secrets.toml; looked in ${answer.places.join("; ")}`;
}
