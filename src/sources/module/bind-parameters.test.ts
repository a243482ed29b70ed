import { describe, expect, it } from "vitest";
import { ConfigError } from "../../shared/errors.js";
import { createRedactor } from "../../shared/redact.js";
import { bindParameters, type BindingInput } from "./bind-parameters.js";
import { config, secret } from "./parameter.js";

const LOCATION = { file: ".dango/sources.yml", line: 4, column: 5 };

function binding(
  parameters: BindingInput["parameters"],
  found: Readonly<Record<string, unknown>> = {},
  args: Readonly<Record<string, unknown>> = {},
): BindingInput {
  return {
    parameters,
    config: { sourceModule: "my_api", sourceName: "my_api_source", args, location: LOCATION },
    source: "my_custom_api",
    module: "my_api",
    values: {
      parameter: ({ key, isSecret }) => ({
        value: found[key],
        places: [
          "environment: X",
          isSecret ? ".dlt/secrets.toml: [sources.my_api_source]" : ".dlt/config.toml: [sources]",
        ],
      }),
    },
    redactor: createRedactor(),
  };
}

function issuesOf(input: BindingInput): ConfigError["issues"] {
  try {
    bindParameters(input);
  } catch (error) {
    if (error instanceof ConfigError) return error.issues;
    throw error;
  }
  return [];
}

describe("bindParameters", () => {
  it("takes arguments of sources.yml before what was found, and that before the default", () => {
    const parameters = { a: config("default"), b: config("default"), c: config("default") };
    const values = bindParameters(binding(parameters, { a: "found", b: "found" }, { a: "argument" }));
    expect(values).toEqual({ a: "argument", b: "found", c: "default" });
  });

  it("names every missing value with all places looked at", () => {
    expect(issuesOf(binding({ api_key: secret(), region: config() }))).toEqual([
      {
        message: "my_api_source needs the secret `api_key`, and it is set nowhere",
        location: LOCATION,
        hint: "set it in .dlt/secrets.toml under [sources.my_api_source]; looked in environment: X; .dlt/secrets.toml: [sources.my_api_source]",
      },
      {
        message: "my_api_source needs the setting `region`, and it is set nowhere",
        location: LOCATION,
        hint: "set it in .dlt/config.toml under [sources.my_api_source]; looked in environment: X; .dlt/config.toml: [sources]",
      },
    ]);
  });

  it("counts an empty secret as missing", () => {
    expect(issuesOf(binding({ api_key: secret() }, { api_key: "" }))).toHaveLength(1);
  });

  it("reads text as the number or boolean that the default is", () => {
    const parameters = { size: config(100), dry: config(false), name: config("x") };
    const values = bindParameters(binding(parameters, { size: "250", dry: "TRUE", name: 7 }));
    expect(values).toEqual({ size: 250, dry: true, name: "7" });
  });

  it("refuses text that is no number where the default is one", () => {
    expect(issuesOf(binding({ size: config(100) }, { size: "many" }))).toEqual([
      {
        message: "the setting `size` of my_api_source must be a number, like its default",
        location: LOCATION,
      },
    ]);
  });

  it("suggests the nearest parameter for an unknown argument", () => {
    expect(issuesOf(binding({ base_url: config("x") }, {}, { base_ur: "y" }))).toEqual([
      {
        message: "my_api_source has no parameter `base_ur`",
        location: LOCATION,
        hint: "did you mean `base_url`?",
      },
    ]);
  });

  it("makes secrets known to the redactor, inside of tables too (S1)", () => {
    const input = binding(
      { account: secret<{ password: string }>() },
      { account: { password: "hunter2-hunter2" } },
    );
    bindParameters(input);
    expect(input.redactor.redact("it is hunter2-hunter2")).toBe("it is ***");
  });
});
