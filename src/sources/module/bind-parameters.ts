import { addSecrets } from "../../config/files/value-lookup.js";
import { nearestName } from "../../config/nearest.js";
import type { ModuleSourceConfig, ValueLookup } from "../../config/project.js";
import { ConfigError, type ConfigIssue } from "../../shared/errors.js";
import type { Redactor } from "../../shared/redact.js";
import { isParameter, type Parameter, type Parameters } from "./parameter.js";

/** What the values of a source's parameters are made of. */
export interface BindingInput {
  readonly parameters: Parameters;
  readonly config: ModuleSourceConfig;
  /** The source's name in sources.yml. */
  readonly source: string;
  /** The module's name, as settings tables spell it. */
  readonly module: string;
  readonly values: ValueLookup;
  readonly redactor: Redactor;
}

/**
 * Gives each parameter its value: `args` of sources.yml first, then what is found in environment and settings, then
 * its default. Secret values are known to the redactor from here on. Throws ConfigError with everything that is
 * missing or of the wrong kind.
 */
export function bindParameters(input: BindingInput): Readonly<Record<string, unknown>> {
  const issues = unknownArguments(input);
  const values: Record<string, unknown> = {};
  for (const [name, parameter] of Object.entries(input.parameters)) {
    const bound = bindOne(name, parameter, input);
    if ("issue" in bound) issues.push(bound.issue);
    else values[name] = bound.value;
  }
  if (issues.length > 0)
    throw new ConfigError(issues, { hint: issues.length === 1 ? issues[0]?.hint : undefined });
  return values;
}

type Bound = { readonly value: unknown } | { readonly issue: ConfigIssue };

function bindOne(name: string, parameter: unknown, input: BindingInput): Bound {
  const { config, redactor } = input;
  if (!isParameter(parameter)) {
    return issue(input, `the parameter \`${name}\` of ${config.sourceName} is neither secret() nor config()`);
  }
  const isSecret = parameter.kind === "secret";
  const argument = Object.hasOwn(config.args, name) ? config.args[name] : undefined;
  const found =
    argument === undefined || argument === null
      ? input.values.parameter({
          key: name,
          sourceFunction: config.sourceName,
          module: input.module,
          source: input.source,
          isSecret,
        })
      : { value: argument, places: [] };
  if (found.value === undefined || found.value === null || (isSecret && found.value === "")) {
    if (parameter.hasDefault) return { value: parameter.defaultValue };
    const kind = isSecret ? "secret" : "setting";
    return issue(
      input,
      `${config.sourceName} needs the ${kind} \`${name}\`, and it is set nowhere`,
      describePlaces(found.places, isSecret, config.sourceName),
    );
  }
  if (isSecret) addSecrets(found.value, redactor);
  return toKindOfDefault(name, found.value, parameter, input);
}

function unknownArguments({ parameters, config }: BindingInput): ConfigIssue[] {
  const known = Object.keys(parameters);
  return Object.keys(config.args)
    .filter((name) => !known.includes(name))
    .map((name) => {
      const nearest = nearestName(name, known);
      return {
        message: `${config.sourceName} has no parameter \`${name}\``,
        location: config.location,
        hint:
          nearest !== undefined
            ? `did you mean \`${nearest}\`?`
            : known.length === 0
              ? "it has no parameters"
              : `its parameters: ${known.join(", ")}`,
      };
    });
}

/** Text from the environment stands for the number or boolean that the default is. */
function toKindOfDefault(
  name: string,
  value: unknown,
  parameter: Parameter<unknown>,
  input: BindingInput,
): Bound {
  const { defaultValue } = parameter;
  const wanted = typeof defaultValue;
  if (!parameter.hasDefault || typeof value === wanted) return { value };
  if (wanted === "string" && (typeof value === "number" || typeof value === "boolean"))
    return { value: String(value) };
  if (wanted === "number" && typeof value === "bigint") return { value: Number(value) };
  if (wanted === "number" && typeof value === "string" && /^-?\d+(?:\.\d+)?$/.test(value.trim())) {
    return { value: Number(value) };
  }
  if (wanted === "boolean" && typeof value === "string" && /^(?:true|false)$/i.test(value.trim())) {
    return { value: value.trim().toLowerCase() === "true" };
  }
  if (!["string", "number", "boolean"].includes(wanted)) return { value };
  return issue(
    input,
    `the setting \`${name}\` of ${input.config.sourceName} must be a ${wanted}, like its default`,
  );
}

function describePlaces(places: readonly string[], isSecret: boolean, section: string): string {
  const file = isSecret ? ".dlt/secrets.toml" : ".dlt/config.toml";
  return `set it in ${file} under [sources.${section}]; looked in ${places.join("; ")}`;
}

function issue({ config }: BindingInput, message: string, hint?: string): Bound {
  return { issue: { message, location: config.location, ...(hint === undefined ? {} : { hint }) } };
}
