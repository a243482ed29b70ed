import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const alias = { dango: fileURLToPath(new URL("./src/sdk/index.ts", import.meta.url)) };

export default defineConfig({
  resolve: { alias },
  test: {
    // Most of the time is spent waiting for processes and files: no core is kept free.
    maxWorkers: "100%",
    reporters: ["default", "./test/support/summary-reporter.ts"],
    coverage: { provider: "v8", include: ["src/**/*.ts"], exclude: ["src/**/*.test.ts"] },
    projects: [
      // Pure functions: one set of modules serves them all.
      { resolve: { alias }, test: { name: "unit", include: ["src/**/*.test.ts"], isolate: false } },
      {
        resolve: { alias },
        test: { name: "property", include: ["test/property/**/*.test.ts"], testTimeout: 60_000 },
      },
      {
        resolve: { alias },
        test: {
          name: "integration",
          include: ["test/integration/**/*.test.ts"],
          testTimeout: 30_000,
          hookTimeout: 30_000,
        },
      },
      {
        // Runs where Python has dlt; see test/comparison/find-dlt.ts.
        resolve: { alias },
        test: {
          name: "comparison",
          include: ["test/comparison/**/*.test.ts"],
          testTimeout: 30_000,
          hookTimeout: 120_000,
        },
      },
      {
        resolve: { alias },
        test: {
          name: "e2e",
          include: ["test/e2e/**/*.test.ts"],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
