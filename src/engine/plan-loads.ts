import { joinFields } from "../normalize/join-fields.js";
import { normalizePath } from "../normalize/normalize-path.js";
import type { FieldNode } from "../model/field.js";
import type { TablePlan } from "../model/load-plan.js";
import type { ResourceOptions } from "../model/resource.js";
import type { DatasetSchema, Table } from "../model/schema.js";
import type { ResourceLoad, WarehouseSnapshot, WarehouseTarget } from "../model/warehouse.js";
import type { Resource } from "../model/source.js";
import type { Extraction } from "./extract-resource.js";
import { failLike, familiesOf, spreadFailures } from "./families.js";
import { planLoad } from "./plan-load.js";
import { describeFailure, type Failure } from "./reported-error.js";
import type { RunContext, SyncOptions } from "./run-context.js";
import type { WorkingDirectory } from "./working-directory.js";

/** What became of each resource between reading and committing, by resource name. */
export interface PlannedLoads {
  readonly ready: ReadonlyMap<string, ResourceLoad>;
  readonly failed: ReadonlyMap<string, Failure>;
}

/**
 * Plans the load of every resource that was read. Resources of one table are planned with the fields of all of them,
 * and each sees the tables that those before it will make: so all of them load the same types (M9).
 */
export async function planLoads(
  run: RunContext,
  input: {
    options: SyncOptions;
    /** All resources of the source that have tables, chosen or not. */
    declared: readonly Resource[];
    target: WarehouseTarget;
    before: WarehouseSnapshot;
    directory: WorkingDirectory;
    extractions: readonly Extraction[];
  },
): Promise<PlannedLoads> {
  const { options } = input;
  const extractions = input.extractions.filter(({ isLoaded }) => isLoaded);
  const familyOf = familiesOf(input.extractions.map(({ resource }) => resource));
  const ready = new Map<string, ResourceLoad>();
  const failed = new Map<string, Failure>();
  const roots = new Set(input.declared.map((resource) => rootOf(resource.options)));
  const chosen = new Set(extractions.map(({ resource }) => rootOf(resource.options)));
  let schema = options.fullRefresh ? withoutFamilies(input.before.schema, chosen) : input.before.schema;
  for (const extraction of extractions) {
    if (extraction.status !== "read") continue;
    const { name } = extraction.resource.options;
    try {
      const fields = fieldsOfTable(extractions, rootOf(extraction.resource.options));
      const load = await planLoad(run, {
        ...input,
        extraction,
        fields,
        schema,
        roots,
        family: familyOf(name),
      });
      ready.set(name, load);
      schema = withTables(schema, load.plan.tables);
    } catch (error) {
      run.signal.throwIfAborted();
      failed.set(name, describeFailure(error, run.project.redactor));
    }
  }
  const breakFamilies = (): void => {
    for (const [name, failure] of spreadFailures([...ready.keys()], failed, familyOf)) {
      ready.delete(name);
      failed.set(name, failure);
    }
  };
  // Each may break more of the other.
  for (let before = -1; before !== ready.size;) {
    before = ready.size;
    breakFamilies();
    for (const [name, failure] of findBrokenReplaces(extractions, { failed, options })) {
      ready.delete(name);
      failed.set(name, failure);
    }
  }
  return { ready, failed };
}

function rootOf({ tableName }: ResourceOptions): string {
  return normalizePath(tableName);
}

function fieldsOfTable(extractions: readonly Extraction[], root: string): FieldNode {
  const trees = extractions.flatMap((one) =>
    one.status === "read" && rootOf(one.resource.options) === root
      ? [one.spooled.fields, ...(one.passedOver === undefined ? [] : [one.passedOver.fields])]
      : [],
  );
  return trees.reduce(joinFields);
}

/** The schema less the root tables `roots` and what is below them: rebuilt tables are planned as if never there. */
function withoutFamilies(schema: DatasetSchema, roots: ReadonlySet<string>): DatasetSchema {
  const { tables } = schema;
  const isOf = (table: Table | undefined): boolean =>
    table !== undefined &&
    (roots.has(table.name) || (table.parent !== undefined && isOf(tables.get(table.parent))));
  return { ...schema, tables: new Map([...tables].filter(([, table]) => !isOf(table))) };
}

function withTables(schema: DatasetSchema, planned: readonly TablePlan[]): DatasetSchema {
  return {
    ...schema,
    tables: new Map([...schema.tables, ...planned.map(({ table }) => [table.name, table] as const)]),
  };
}

/** What would replace a table without the records of a resource that failed: none of them is replaced (M9). */
function findBrokenReplaces(
  extractions: readonly Extraction[],
  { failed, options }: { failed: ReadonlyMap<string, Failure>; options: SyncOptions },
): Map<string, Failure> {
  const isReplacing = ({ writeDisposition: { kind } }: ResourceOptions): boolean =>
    kind === "replace" || (options.fullRefresh && kind !== "skip");
  const replacing = extractions.map(({ resource }) => resource.options).filter(isReplacing);
  const failures = new Map(failed);
  for (const one of extractions)
    if (one.status === "failed") failures.set(one.resource.options.name, one.failure);
  const broken = new Map<string, Failure>();
  for (const one of replacing.filter(({ name }) => !failures.has(name))) {
    const table = rootOf(one);
    const culprit = replacing.find((other) => failures.has(other.name) && rootOf(other) === table)?.name;
    const failure = failures.get(culprit ?? "");
    if (culprit === undefined || failure === undefined) continue;
    const message = `${one.name}: ${culprit}, which fills the table ${table} with it, failed; none of them was replaced`;
    broken.set(one.name, failLike(failure, culprit, message));
  }
  return broken;
}
