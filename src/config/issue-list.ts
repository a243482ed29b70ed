import type { ConfigIssue, SourceLocation } from "../shared/errors.js";
import { formatConfigPath, type ConfigPath } from "./config-path.js";
import type { YamlFile } from "./files/yaml.js";

/** Collects what is wrong with one YAML file, so that everything is told at once. */
export interface IssueList {
  /** `at: "key"` points at the key instead of the value. The same fault at the same place counts once. */
  add(path: ConfigPath, message: string, details?: IssueDetails): void;
  /** Faults at or under `path` say nothing any more, because its value could not be had. */
  ignoreUnder(path: ConfigPath): void;
  /** In the order of the file. */
  readonly issues: readonly ConfigIssue[];
}

/** What an issue says beside its message. */
export interface IssueDetails {
  readonly hint?: string | undefined;
  readonly at?: "key" | "value";
  readonly location?: SourceLocation;
}

/** An empty list for `file`. */
export function createIssueList(file: YamlFile): IssueList {
  const issues = new Map<string, ConfigIssue>();
  const ignored: ConfigPath[] = [];
  return {
    add(path, message, details = {}) {
      if (ignored.some((prefix) => prefix.every((segment, index) => path[index] === segment))) return;
      const location = details.location ?? file.locate(path, details.at ?? "value");
      const text = formatConfigPath(path);
      issues.set(`${String(location.line)}:${String(location.column)}:${text}:${message}`, {
        message,
        ...(text === "" ? {} : { path: text }),
        location,
        ...(details.hint === undefined ? {} : { hint: details.hint }),
      });
    },
    ignoreUnder(path) {
      ignored.push(path);
    },
    get issues() {
      return [...issues.values()].sort(byPosition);
    },
  };
}

function byPosition(a: ConfigIssue, b: ConfigIssue): number {
  const [left, right] = [a.location, b.location];
  return (left?.line ?? 0) - (right?.line ?? 0) || (left?.column ?? 0) - (right?.column ?? 0);
}
