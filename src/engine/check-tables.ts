import { normalizePath } from "../normalize/normalize-path.js";
import type { ResourceOptions } from "../model/resource.js";
import { ConfigError, type ConfigIssue } from "../shared/errors.js";

/** Throws ConfigError if two resources fall on one table without both saying so by `table_name` (rule N1). */
export function checkTables(resources: readonly ResourceOptions[]): void {
  const first = new Map<string, ResourceOptions>();
  const issues: ConfigIssue[] = [];
  for (const options of resources) {
    const table = normalizePath(options.tableName);
    const other = first.get(table);
    if (other === undefined) first.set(table, options);
    else if (options.isTableNamed !== true || other.isTableNamed !== true)
      issues.push({
        message: `the resources "${other.name}" and "${options.name}" both fall on the table ${table}`,
        hint: "rename one of them; if they are meant to share the table, give both the same table_name",
        ...(options.location === undefined ? {} : { location: options.location }),
      });
  }
  if (issues.length > 0) throw new ConfigError(issues);
}
