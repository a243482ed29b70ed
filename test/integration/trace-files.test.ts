import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { describeTrace } from "../../src/cli/trace.js";
import { createTraceFiles, readTraces } from "../../src/cli/trace-files.js";
import type { RunReport } from "../../src/model/report.js";
import { ownProcess } from "../../src/shared/process-identity.js";

const BEGAN = "2024-01-01T00:00:05.000Z";

test("a trace says when its run began, under way as at its end, and whose process it is", async () => {
  const root = await mkdtemp(join(tmpdir(), "dango-traces-"));
  // The command began five seconds before: it read the project, and loaded modules.
  const traces = createTraceFiles(root, Date.UTC(2024, 0, 1), ["shop"]);
  traces.onEvent({ event: "start", runId: "r", startedAt: BEGAN, sources: ["shop"] });
  traces.onEvent({ event: "source_start", source: "shop", dataset: "raw_shop" });
  const [running = {}] = readTraces(root, "shop");
  expect(describeTrace(running)).toMatchObject({ startedAt: BEGAN, status: "running", pid: process.pid });
  if (ownProcess().start !== undefined)
    expect(describeTrace({ ...running, pid_start: "1" }).status).toBe("killed");

  const ok = { status: "ok", exitCode: 0, error: null } as const;
  const source = { name: "shop", dataset: "raw_shop", loadId: "1.5", ...ok, resources: [] };
  const times = { startedAt: BEGAN, seconds: 1, isDryRun: false };
  const report: RunReport = { runId: "r", ...ok, ...times, sources: [source] };
  traces.onEnd({ report, logPath: undefined });
  const ended = readTraces(root, "shop").map((document) => describeTrace(document));
  expect(ended).toMatchObject([{ startedAt: BEGAN, status: "ok" }]);
  await rm(root, { recursive: true });
});
