import type { NestedHints } from "../../model/resource.js";
import type { TableReference } from "../../model/schema.js";
import { resolveColumnHints } from "./column-hints.js";
import { columnsByName, type FlatKeys, type FlatResource } from "./flat-keys.js";
import { given } from "../../shared/given.js";
import type { IssueList } from "../issue-list.js";
import type { ReferencesInput } from "../schema/schema-nested-hints.js";

/** What a resource declares of the tables of its lists; undefined: nothing. Adds hints that only roots can have to `issues`. */
export function resolveNestedHints(
  flat: FlatKeys<FlatResource>,
  issues: IssueList,
): Readonly<Record<string, NestedHints>> | undefined {
  const written = flat.values.nested_hints;
  if (written === undefined || written === null) return undefined;
  const entries = Object.entries(written).map(([path, hints]): [string, NestedHints] => {
    const columns = columnsByName(hints?.columns ?? {});
    for (const [name, column] of Object.entries(columns)) {
      const key = ROOT_HINTS.find((hint) => column[hint] !== undefined && column[hint] !== null);
      if (key === undefined) continue;
      issues.add(
        [...flat.at("nested_hints"), path, "columns"],
        `\`${key}\` of ${name} belongs to \`columns\` of the resource: the rows of a list follow those of the table that holds it`,
      );
    }
    return [
      path,
      {
        columns: resolveColumnHints(columns),
        ...given({ references: resolveReferences(hints?.references) }),
      },
    ];
  });
  return Object.fromEntries(entries);
}

/** References as declared; undefined: nothing is, and those that are stored stay. */
export function resolveReferences(
  references: ReferencesInput | null | undefined,
): readonly TableReference[] | undefined {
  return references?.map(
    ({ columns, referenced_table: referencedTable, referenced_columns: referencedColumns, ...others }) => ({
      columns,
      referencedTable,
      referencedColumns,
      ...given(others),
    }),
  );
}

const ROOT_HINTS = ["primary_key", "merge_key", "hard_delete", "dedup_sort"] as const;
