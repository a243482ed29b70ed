import { describe, expect, test } from "vitest";
import type { SourceConfig } from "../../config/project.js";
import type { FoundPipeline } from "../../model/warehouse.js";
import { chooseAdoption } from "./choose-adoption.js";

const found = (pipeline: string, schema = pipeline): FoundPipeline => ({
  pipeline,
  schema,
  dataset: `${pipeline}_data`,
  tables: [],
});

const source = (name: string, names: Partial<SourceConfig> = {}): SourceConfig =>
  ({ name, pipelineName: name, schemaName: name, ...names }) as SourceConfig;

const choose = (all: readonly FoundPipeline[], sources: readonly SourceConfig[], wanted?: string) => {
  const chosen = chooseAdoption(all, sources, { file: "f.duckdb", wanted });
  return [chosen.found.pipeline, chosen.found.schema, chosen.source.name];
};

describe("which pipeline of a file goes to which source", () => {
  test("the only one to the only one, whatever they are called", () => {
    expect(choose([found("github", "rest_api")], [source("gh")])).toEqual(["github", "rest_api", "gh"]);
  });

  test("the one whose name a source has, or names", () => {
    const all = [found("a"), found("b")];
    expect(choose(all, [source("b"), source("c")])).toEqual(["b", "b", "b"]);
    expect(choose(all, [source("x"), source("y", { pipelineName: "a" })])).toEqual(["a", "a", "y"]);
  });

  test("--pipeline names the pipeline, or the source", () => {
    const all = [found("a"), found("b")];
    expect(choose(all, [source("x")], "b")).toEqual(["b", "b", "x"]);
    expect(
      choose(all, [source("x", { pipelineName: "a" }), source("y", { pipelineName: "b" })], "y"),
    ).toEqual(["b", "b", "y"]);
    expect(choose([found("a")], [source("x"), source("y")], "y")).toEqual(["a", "a", "y"]);
  });

  test("of several schemas the one that the source names", () => {
    const all = [found("a", "s1"), found("a", "s2")];
    expect(choose(all, [source("x", { schemaName: "s2" })])).toEqual(["a", "s2", "x"]);
    expect(() => choose(all, [source("x")])).toThrow(
      "f.duckdb has a (dataset a_data, schema s1), a (dataset a_data, schema s2): which of them?",
    );
  });

  test("what leaves a choice is an error that lists what there is", () => {
    expect(() => choose([], [source("x")])).toThrow("f.duckdb has no pipeline of dlt");
    expect(() => choose([found("a")], [source("x")], "b")).toThrow('f.duckdb has no pipeline "b"');
    expect(() => choose([found("a")], [source("x"), source("y")])).toThrow(
      "no source is to go on with a (dataset a_data, schema a)",
    );
    expect(() => choose([found("a"), found("b")], [source("x")])).toThrow(
      "f.duckdb has a (dataset a_data, schema a), b (dataset b_data, schema b): which of them?",
    );
  });
});
