import type { ConfigPath } from "./config-path.js";
import { given } from "../shared/given.js";
import { isMapping } from "./is-mapping.js";
import { nearestName } from "./nearest.js";
import { NOT_YET } from "./not-yet.js";
import type { SourceConfig } from "./project.js";
import { readRestSource } from "./rest/rest-source.js";
import { SOURCE_TYPES, sourceSchema } from "./schema/schema-project.js";
import type { SourceContext } from "./source-context.js";
import { validateValue } from "./validate-value.js";

/** Reads one interpolated entry of `sources:`; undefined if it is not valid, which the context's issues then say. */
export function readSource(raw: unknown, path: ConfigPath, context: SourceContext): SourceConfig | undefined {
  if (!checkType(raw, path, context)) return undefined;
  const input = validateValue(sourceSchema, raw, path, context);
  // The block is checked even if the entry around it is not valid: all errors at once.
  const isRest = context.source.type === "rest_api";
  const rest = isRest ? readRestSource(raw["rest_api"], [...path, "rest_api"], context) : undefined;
  if (input === undefined) return undefined;
  checkName(input.name as string, [...path, "name"], context);
  const location = context.file.locate(path);
  if (input.type === "rest_api" && "rest_api" in input) {
    if (rest === undefined) return undefined;
    return { ...commonOf(input, location), definition: { type: "rest_api", rest } };
  }
  if (input.type !== "dlt_native" || !("dlt_native" in input)) return undefined;
  const block = input.dlt_native;
  const blockPath = [...path, "dlt_native"];
  const sourceName = block.source_name ?? block.source_function ?? undefined;
  if (sourceName === undefined) context.issues.add([...blockPath, "source_name"], "missing `source_name`");
  if (typeof block.source_name === "string" && typeof block.source_function === "string") {
    context.issues.add(
      [...blockPath, "source_function"],
      "`source_name` and `source_function` are two names of one key",
      {
        hint: "keep one of them",
        at: "key",
      },
    );
  }
  const module = {
    sourceModule: block.source_module,
    sourceName: sourceName ?? "",
    args: block.args ?? {},
    location: context.file.locate(blockPath),
  };
  return { ...commonOf(input, location), definition: { type: "dlt_native", module } };
}

/** Name and type as far as they can be told of an entry that may be anything. */
export function identifySource(raw: unknown): {
  readonly name: string;
  readonly type: string;
  readonly enabled: boolean;
} {
  const entry = isMapping(raw) ? raw : {};
  return {
    name: typeof entry["name"] === "string" ? entry["name"] : "",
    type: typeof entry["type"] === "string" ? entry["type"] : "",
    enabled: entry["enabled"] !== false,
  };
}

function commonOf(
  input: {
    readonly name: string;
    readonly enabled?: boolean | null | undefined;
    readonly dataset_name?: string | null | undefined;
    readonly pipeline_name?: string | null | undefined;
    readonly schema_name?: string | null | undefined;
    readonly description?: string | null | undefined;
  },
  location: SourceConfig["location"],
): Omit<SourceConfig, "definition"> {
  return {
    name: input.name,
    enabled: input.enabled ?? true,
    datasetName: input.dataset_name ?? `raw_${input.name}`,
    pipelineName: input.pipeline_name ?? input.name,
    schemaName: input.schema_name ?? input.name,
    location,
    ...given({ description: input.description }),
  };
}

/** The type decides what else an entry may hold, so nothing more is said of one whose type is not known. */
function checkType(raw: unknown, path: ConfigPath, context: SourceContext): raw is Record<string, unknown> {
  if (!isMapping(raw)) {
    context.issues.add(path, "a source is a mapping with `name` and `type`");
    return false;
  }
  const { type } = raw;
  if (typeof type !== "string") return checkMissingType(raw, path, context);
  if ((SOURCE_TYPES as readonly string[]).includes(type)) return checkBlock(raw, type, path, context);
  if ((NOT_YET.sourceTypes as readonly string[]).includes(type)) {
    context.issues.add([...path, "type"], `the source type \`${type}\` is not supported yet`);
    return false;
  }
  const nearest = nearestName(type, [...SOURCE_TYPES, ...NOT_YET.sourceTypes]);
  context.issues.add([...path, "type"], `unknown source type \`${type}\``, {
    hint:
      nearest === undefined
        ? `known: ${SOURCE_TYPES.join(", ")}; postgres and connectors are not supported yet`
        : `did you mean \`${nearest}\`?`,
  });
  return false;
}

function checkMissingType(raw: Record<string, unknown>, path: ConfigPath, context: SourceContext): false {
  const block = SOURCE_TYPES.find((known) => raw[known] !== undefined);
  const slip = Object.keys(raw).find((key) => key !== "type" && nearestName(key, ["type"]) !== undefined);
  const other = block === undefined ? `one of ${SOURCE_TYPES.join(", ")}` : `add \`type: ${block}\``;
  const hint = slip === undefined ? other : `did you mean \`type\` by \`${slip}\`?`;
  if (raw["type"] === undefined) context.issues.add([...path, "type"], "missing `type`", { hint });
  else context.issues.add([...path, "type"], "expected text", { hint });
  return false;
}

function checkBlock(
  raw: Record<string, unknown>,
  type: string,
  path: ConfigPath,
  context: SourceContext,
): true {
  const isMissing = raw[type] === undefined || raw[type] === null;
  if (isMissing && type === "dlt_native") {
    context.issues.add([...path, type], "missing block `dlt_native`");
    context.issues.ignoreUnder([...path, type]);
  }
  return true;
}

function checkName(name: string, path: ConfigPath, context: SourceContext): void {
  if (/^[\p{L}\p{N}_][\p{L}\p{N}_. -]*$/u.test(name)) return;
  context.issues.add(path, `\`${name}\` cannot be the name of a source`, {
    hint: "use letters, digits, _, - and dots, beginning with a letter, digit or _",
  });
}
