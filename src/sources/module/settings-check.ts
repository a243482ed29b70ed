import { formatConfigPath, type ConfigPath } from "../../config/config-path.js";
import type { IssueList } from "../../config/issue-list.js";
import { nearestName } from "../../config/nearest.js";
import type { SourceContext } from "../../config/source-context.js";
import type { ConfigIssue, SourceLocation } from "../../shared/errors.js";
import { ConfigError } from "../../shared/errors.js";
import { createRedactor } from "../../shared/redact.js";
import { currentScope } from "./run-scope.js";
import { toConfigKey, toSettingKey, toSettingWords } from "./settings-case.js";

/** What is checked: how messages name it, and where it was written. */
export interface SettingsPlace {
  /** `RestClient`, `paginators.offset`, `resource "orders"`. */
  readonly subject: string;
  readonly location: SourceLocation | undefined;
}

/**
 * The surroundings in which the configuration's own checks run on settings of a module: their issues point at the
 * call that took the settings and spell keys as TypeScript does.
 */
export function createSettingsContext(place: SettingsPlace): SourceContext {
  const location = place.location ?? { file: "the program" };
  const scope = currentScope();
  const empty = { label: "", table: {}, files: [] };
  return {
    root: scope?.host.root,
    source: { name: scope?.host.source ?? "", type: "dlt_native" },
    file: {
      value: undefined,
      issues: [],
      locate: () => location,
      locateText: () => location,
      numberAsWritten: () => undefined,
    },
    settings: { env: {}, secrets: empty, config: empty, issues: [] },
    runtime: scope?.host.runtime ?? { logLevel: "WARNING" },
    redactor: scope?.host.redactor ?? createRedactor(),
    issues: createIssues(place),
    reportMissing: false,
    whole: new Map(),
    functions: [],
  };
}

/** Throws ConfigError if anything was found wrong. */
export function throwIssues(issues: readonly ConfigIssue[]): void {
  if (issues.length > 0) throw new ConfigError(issues, issues.length === 1 ? { hint: issues[0]?.hint } : {});
}

/** The settings without the keys that are none; each of those is an issue with the nearest known key. */
export function takeKnownKeys(
  settings: Readonly<Record<string, unknown>>,
  known: readonly string[],
  issues: IssueList,
): Record<string, unknown> {
  const taken: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(settings)) {
    if (known.includes(key)) {
      taken[key] = value;
      continue;
    }
    const nearest = nearestName(key, known);
    const hint = nearest === undefined ? `known here: ${known.join(", ")}` : `did you mean \`${nearest}\`?`;
    issues.add([], `unknown option \`${toConfigKey(key)}\``, { hint });
  }
  return taken;
}

function createIssues({ subject, location }: SettingsPlace): IssueList {
  const found = new Map<string, ConfigIssue>();
  return {
    add(path, message, details = {}) {
      const issue: ConfigIssue = {
        message: `${subject}: ${describePath(path)}${toSettingWords(message)}`,
        ...(location === undefined ? {} : { location }),
        ...(details.hint === undefined ? {} : { hint: toSettingWords(details.hint) }),
      };
      found.set(issue.message, issue);
    },
    ignoreUnder() {
      // Nothing is interpolated here, so no value is missing for that reason.
    },
    get issues() {
      return [...found.values()];
    },
  };
}

function describePath(path: ConfigPath): string {
  const text = formatConfigPath(
    path.map((segment) => (typeof segment === "string" ? toSettingKey(segment) : segment)),
  );
  return text === "" ? "" : `${text}: `;
}
