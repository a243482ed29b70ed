import type { IncrementalOptions, ResourceOptions } from "../../model/resource.js";
import type { SchemaContract } from "../../model/schema.js";
import type { ConfigPath } from "../config-path.js";
import type { ColumnInput, FlatKeys, FlatResource } from "./flat-keys.js";
import { given } from "../../shared/given.js";
import type { SourceContext } from "../source-context.js";
import { checkMerge } from "./check-merge.js";
import { resolveColumnHints } from "./column-hints.js";
import { resolveNestedHints, resolveReferences } from "./nested-hints.js";
import { decideWriteDisposition } from "./write-disposition.js";

/** What loading must know of a resource, and the rules on keys and dispositions (M5, I2). */
export function resolveResourceOptions(
  name: string,
  flat: FlatKeys<FlatResource>,
  incremental: IncrementalOptions | undefined,
  place: { readonly path: ConfigPath; readonly context: SourceContext },
): ResourceOptions {
  const { values } = flat;
  const columns = values.columns ?? {};
  const primaryKey = keyNames(values.primary_key, columns, "primary_key");
  const mergeKey = keyNames(values.merge_key, columns, "merge_key");
  const options: ResourceOptions = {
    name,
    tableName: values.table_name ?? name,
    ...(values.table_name == null ? {} : { isTableNamed: true }),
    writeDisposition: decideWriteDisposition({
      configured: values.write_disposition,
      hasPrimaryKey: primaryKey.length > 0,
      hasMergeKey: mergeKey.length > 0,
      isIncremental: incremental !== undefined,
    }),
    primaryKey,
    mergeKey,
    columns: resolveColumnHints(columns),
    allowEmpty: values.allow_empty ?? false,
    onNullKey: values.on_null_key ?? "error",
    location: place.context.file.locate(place.path),
    ...given({
      maxTableNesting: values.max_table_nesting,
      schemaContract: contractOf(values.schema_contract),
      nestedHints: resolveNestedHints(flat, place.context.issues),
      references: resolveReferences(values.references),
      incremental,
    }),
  };
  checkMerge(options, flat, place.context.issues);
  checkKeys(options, flat, place);
  return options;
}

function contractOf(contract: FlatResource["schema_contract"]): SchemaContract | undefined {
  if (contract === undefined || contract === null) return undefined;
  if (typeof contract === "string") return { tables: contract, columns: contract, dataType: contract };
  const { tables, columns, data_type: dataType } = contract;
  return { tables: tables ?? "evolve", columns: columns ?? "evolve", dataType: dataType ?? "evolve" };
}

function checkKeys(
  options: ResourceOptions,
  flat: FlatKeys<FlatResource>,
  place: { readonly path: ConfigPath; readonly context: SourceContext },
): void {
  const { issues } = place.context;
  const { incremental, primaryKey, mergeKey } = options;
  const { writeDisposition } = options;
  const isHistory = writeDisposition.kind === "merge" && writeDisposition.strategy === "scd2";
  if (writeDisposition.kind === "merge" && !isHistory && primaryKey.length + mergeKey.length === 0) {
    issues.add(flat.at("write_disposition"), "`merge` needs a `primary_key` or a `merge_key`", {
      hint: "name the field that tells rows apart: primary_key: id",
    });
  }
  if (incremental === undefined || options.writeDisposition.kind !== "append") return;
  const hasKey = primaryKey.length > 0 || incremental.primaryKey !== undefined;
  if (hasKey) return;
  const hint = "add `primary_key`, so that rows that are there already are not added again";
  if (incremental.onCursorValueMissing === "include") {
    issues.add(
      [...flat.at("incremental"), "on_cursor_value_missing"],
      "`on_cursor_value_missing: include` under append needs a primary key",
      {
        hint,
        at: "key",
      },
    );
  }
  if (incremental.endValue !== undefined) {
    issues.add([...flat.at("incremental"), "end_value"], "`end_value` under append needs a primary key", {
      hint,
      at: "key",
    });
  }
  if (incremental.step !== undefined && incremental.granularity === undefined) {
    issues.add(
      [...flat.at("incremental"), "step"],
      "`step` under append needs a primary key or `granularity`",
      {
        hint: "two windows meet in one value: add `primary_key`, so that its rows are not added twice, or `granularity`",
        at: "key",
      },
    );
  }
}

function keyNames(
  configured: string | readonly string[] | null | undefined,
  columns: Readonly<Record<string, ColumnInput>>,
  hint: "primary_key" | "merge_key",
): string[] {
  const own = typeof configured === "string" ? [configured] : (configured ?? []);
  const hinted = Object.entries(columns).flatMap(([name, column]) => (column[hint] === true ? [name] : []));
  return [...new Set([...own, ...hinted])];
}
