import { deflateSync, inflateSync } from "node:zlib";
import { stringifyRecord } from "../../json/write-lossless.js";
import { WarehouseError } from "../../shared/errors.js";
import type { CursorState, PipelineState, ResourceState } from "../../model/state.js";
import type { WarehouseTarget } from "../../model/warehouse.js";
import { hashState } from "./document-hash.js";
import { asObject, listMember, objectMember, parseDocument, type JsonObject } from "./json-document.js";
import { readTypedValue } from "./typed-value.js";

/** dlt's number for this shape of the state. */
export const STATE_ENGINE_VERSION = 4;

/** The state that a row of `_dlt_pipeline_state` holds: base64 of zlib of dlt's JSON (reference §3.6, §6.5). */
export function decodeState(
  encoded: string,
  version: number,
  { pipeline, schema }: Pick<WarehouseTarget, "pipeline" | "schema">,
): PipelineState {
  const document = parseDocument(inflate(encoded));
  if (document === undefined) {
    throw new WarehouseError(`the state of pipeline ${pipeline} cannot be read: it is not JSON`, "data", {
      hint: "run `dango sync --full-refresh`, which starts from an empty state",
    });
  }
  const stored = objectMember(objectMember(objectMember(document, "sources"), schema), "resources");
  return { version, resources: readResourceStates(stored), document };
}

/** The state of each resource, from dlt's shape of it (reference §3.6). */
export function readResourceStates(stored: JsonObject): PipelineState["resources"] {
  const resources = Object.entries(stored).map(([name, value]) => [
    name,
    readResource(asObject(value) ?? {}),
  ]);
  return Object.fromEntries(resources) as PipelineState["resources"];
}

/** The state of each resource in dlt's shape; those that have none are left out. */
export function writeResourceStates(resources: PipelineState["resources"]): JsonObject {
  const entries = Object.entries(resources)
    .map(([name, state]) => [name, writeResource(state)] as const)
    .filter(([, document]) => Object.keys(document).length > 0);
  return Object.fromEntries(entries);
}

/** One row's worth of state, ready to be stored. */
export interface EncodedState {
  readonly version: number;
  readonly versionHash: string;
  readonly state: string;
  /** False: it says the same as the version before, which then stays the newest (as with dlt). */
  readonly isChanged: boolean;
}

/** The next version of `before`, with these resources in place of the stored ones; everything else is kept. */
export function encodeState(
  before: PipelineState,
  resources: Readonly<Record<string, ResourceState>>,
  target: Pick<WarehouseTarget, "pipeline" | "schema" | "dataset">,
): EncodedState {
  const version = before.version + 1;
  const sources = objectMember(before.document, "sources");
  const content = {
    ...before.document,
    _state_engine_version: STATE_ENGINE_VERSION,
    pipeline_name: target.pipeline,
    default_schema_name: before.document["default_schema_name"] ?? target.schema,
    dataset_name: target.dataset,
    schema_names: [...new Set([...listMember(before.document, "schema_names"), target.schema])],
    destination_type: "dlt.destinations.duckdb",
    destination_name: "duckdb",
    sources: {
      ...sources,
      [target.schema]: {
        ...objectMember(sources, target.schema),
        resources: writeResourceStates(resources),
      },
    },
  };
  const versionHash = hashState(content);
  const text = stringifyRecord({ ...content, _state_version: version, _version_hash: versionHash });
  const state = deflateSync(text).toString("base64");
  return { version, versionHash, state, isChanged: versionHash !== hashState(before.document) };
}

function inflate(encoded: string): string {
  try {
    return inflateSync(Buffer.from(encoded, "base64")).toString("utf8");
  } catch {
    return encoded;
  }
}

function readResource(stored: JsonObject): ResourceState {
  const { incremental, ...extra } = stored;
  const cursors = Object.entries(asObject(incremental) ?? {}).map(([path, value]) => [
    path,
    readCursor(asObject(value) ?? {}),
  ]);
  return { incremental: Object.fromEntries(cursors) as ResourceState["incremental"], extra };
}

function readCursor(stored: JsonObject): CursorState {
  return {
    initialValue: readTypedValue(stored["initial_value"]),
    lastValue: readTypedValue(stored["last_value"]),
  };
}

function writeResource({ incremental, extra }: ResourceState): JsonObject {
  const cursors = Object.entries(incremental).map(([path, cursor]) => [
    path,
    { initial_value: cursor.initialValue, last_value: cursor.lastValue, unique_hashes: [] },
  ]);
  return cursors.length === 0 ? extra : { ...extra, incremental: Object.fromEntries(cursors) as JsonObject };
}
