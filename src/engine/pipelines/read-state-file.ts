import type { PipelineState } from "../../model/state.js";
import { UsageError } from "../../shared/errors.js";
import { asObject, objectMember, parseDocument } from "../../warehouse/system/json-document.js";
import { readResourceStates } from "../../warehouse/system/state-document.js";

/** The state of each resource in the text that `state export` wrote. `file` names it for messages. UsageError if it is not such a text, or another pipeline's. */
export function readStateFile(text: string, pipeline: string, file: string): PipelineState["resources"] {
  const document = parseDocument(text);
  if (document === undefined) throw refuse(file, "is not a JSON object");
  if (document["name"] !== pipeline) {
    throw new UsageError(
      `${file} holds the state of ${JSON.stringify(document["name"])}, not of "${pipeline}"`,
      {
        hint: `if it is meant for this pipeline, change its "name" to "${pipeline}"`,
      },
    );
  }
  const resources = asObject(document["resources"]);
  if (resources === undefined) throw refuse(file, 'has no object "resources"');
  for (const [name, value] of Object.entries(resources)) {
    const resource = asObject(value);
    if (resource === undefined) throw refuse(file, `resources.${name} is not an object`);
    const cursors = resource["incremental"] ?? {};
    if (asObject(cursors) === undefined) throw refuse(file, `resources.${name}.incremental is not an object`);
    for (const [path, cursor] of Object.entries(objectMember(resource, "incremental")))
      checkCursor(file, `resources.${name}.incremental.${path}`, cursor);
  }
  return readResourceStates(resources);
}

function checkCursor(file: string, place: string, value: unknown): void {
  const cursor = asObject(value);
  if (cursor === undefined) throw refuse(file, `${place} is not an object`);
  for (const key of ["initial_value", "last_value"]) {
    const member = cursor[key] ?? null;
    if (member === null || ["string", "number", "bigint"].includes(typeof member)) continue;
    throw refuse(file, `${place}.${key} is neither text nor a number`);
  }
}

function refuse(file: string, what: string): UsageError {
  return new UsageError(`${file} is no exported state: ${what}`, {
    hint: "write one with `dango pipeline state NAME export`",
  });
}
