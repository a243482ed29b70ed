/** Imports point downwards only; siblings meet in engine/. See ARCHITECTURE.md. */
const LAYERS = {
  shared: [],
  model: ["shared"],
  json: ["shared", "model"],
  cursor: ["shared", "model", "json"],
  http: ["shared", "model"],
  config: ["shared", "model", "cursor"],
  extract: ["shared", "model", "json"],
  normalize: ["shared", "model", "json", "cursor"],
  warehouse: ["shared", "model", "json", "cursor"],
  sources: ["shared", "model", "json", "cursor", "http", "extract", "config"],
  sample: [],
  sdk: ["shared", "model", "json", "http", "sources"],
  engine: [
    "shared",
    "model",
    "json",
    "cursor",
    "http",
    "config",
    "extract",
    "normalize",
    "warehouse",
    "sources",
  ],
  cli: ["shared", "model", "json", "config", "engine", "warehouse", "sample"],
};

const layerRules = Object.entries(LAYERS).map(([layer, allowed]) => ({
  name: `${layer}-imports-downwards`,
  severity: "error",
  from: { path: `^src/${layer}/` },
  to: { path: "^src/", pathNot: [layer, ...allowed].map((name) => `^src/${name}/`) },
}));

/** One wrapper file per heavy package: swapping it is a change of one file. */
const WRAPPERS = {
  undici: "^src/http/transport[.]ts$",
  "@duckdb/node-api": "^src/warehouse/duckdb[.]ts$",
  jiti: "^src/sources/module/import-module[.]ts$",
  yaml: "^src/config/files/yaml[.]ts$",
  "@iarna/toml": "^src/config/files/toml[.]ts$",
  "jsonpath-rfc9535": "^src/extract/select/json-path[.]ts$",
  "csv-parse": "^src/extract/formats/csv[.]ts$",
  "fast-xml-parser": "^src/extract/formats/xml[.]ts$",
  "cli-progress": "^src/cli/progress/bars[.]ts$",
  chalk: "^src/cli/",
  commander: "^src/cli/",
  zod: "^src/config/",
};

const wrapperRules = Object.entries(WRAPPERS).map(([name, file]) => ({
  name: `one-wrapper-for-${name.replace(/[^a-z0-9]+/g, "-")}`,
  severity: "error",
  from: { path: "^src/", pathNot: [file, "[.]test[.]ts$"] },
  to: { path: `^node_modules/${name}/` },
}));

module.exports = {
  forbidden: [
    ...layerRules,
    ...wrapperRules,
    { name: "no-cycles", severity: "error", from: {}, to: { circular: true } },
    {
      name: "no-dev-packages",
      severity: "error",
      from: { path: "^src/", pathNot: "[.]test[.]ts$" },
      to: { dependencyTypes: ["npm-dev"] },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "[.]test[.]ts$" },
    tsConfig: { fileName: "tsconfig.json" },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "types", "default"] },
  },
};
