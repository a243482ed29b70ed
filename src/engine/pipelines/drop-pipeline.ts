import { normalizePath } from "../../normalize/normalize-path.js";
import type { ResourceOptions } from "../../model/resource.js";
import type { PipelineState } from "../../model/state.js";
import type { WarehouseSnapshot } from "../../model/warehouse.js";
import { UsageError } from "../../shared/errors.js";
import { withDescendants } from "../../warehouse/pipelines/drop-tables.js";
import { createLoadId } from "../ids.js";
import { checkResourceNames, declaredResources } from "./known-resources.js";
import { pipelineTarget, type PipelineConfig, type PipelineParts } from "./pipeline-parts.js";

/** What a drop takes away; nothing is written yet. */
export interface PlannedDrop {
  readonly before: WarehouseSnapshot;
  /** Each root before the tables of its lists. */
  readonly tables: readonly { readonly name: string; readonly rows: number }[];
  /** Resources whose state is forgotten. */
  readonly forgotten: readonly string[];
  /** The state that is left. */
  readonly resources: PipelineState["resources"];
}

/**
 * Decides what dropping a pipeline, or some of its resources, takes away. UsageError for a resource that there is not,
 * and for one that shares its table with another that is to stay (M9).
 */
export async function planDrop(
  parts: PipelineParts,
  config: PipelineConfig,
  names: readonly string[],
): Promise<PlannedDrop> {
  const { warehouse, signal } = parts;
  const target = pipelineTarget(parts, config);
  const before = await warehouse.readSnapshot(target, signal);
  const schema = await warehouse.readSchema(target, signal);
  const { resources } = before.state;
  const declared = names.length === 0 ? [] : await declaredResources(parts, config);
  checkResourceNames(names, config.name, { declared, state: resources, schema });
  for (const name of names) refuseSharedTable(name, names, declared);
  const isChosen = (name: string): boolean => names.length === 0 || names.includes(name);
  const roots = schema.tables.filter(
    ({ parent, resource, name }) =>
      parent === undefined && (names.length === 0 || isChosen(resource ?? name)),
  );
  const dropped = roots.flatMap(({ name }) => withDescendants(name, schema.tables));
  const sizes = dropped.length === 0 ? [] : (await warehouse.overview(target, signal)).tables;
  const rowsOf = new Map(sizes.map(({ name, rows }) => [name, rows]));
  return {
    before,
    tables: dropped.map((name) => ({ name, rows: rowsOf.get(name) ?? 0 })),
    forgotten: Object.keys(resources).filter(isChosen),
    resources: Object.fromEntries(Object.entries(resources).filter(([name]) => !isChosen(name))),
  };
}

/** Carries a planned drop out in one transaction; the version of the state that is left. */
export async function applyDrop(
  parts: PipelineParts,
  config: PipelineConfig,
  { before, resources, tables }: PlannedDrop,
): Promise<number> {
  const loadId = createLoadId(parts.clock.now(), parts.random);
  const dropped = tables.map(({ name }) => name);
  const change = { loadId, before, resources, dropped };
  return parts.warehouse.change(pipelineTarget(parts, config), change, parts.signal);
}

function refuseSharedTable(
  name: string,
  names: readonly string[],
  declared: readonly ResourceOptions[],
): void {
  const one = declared.find((other) => other.name === name);
  if (one === undefined) return;
  const table = normalizePath(one.tableName);
  const mate = declared.find(
    (other) => !names.includes(other.name) && normalizePath(other.tableName) === table,
  );
  if (mate === undefined) return;
  throw new UsageError(`"${name}" shares the table ${table} with "${mate.name}", which is to stay`, {
    hint: `add --resource ${mate.name}, or forget only the state with \`dango pipeline state NAME reset ${name}\``,
  });
}
