import type { SourceConfig } from "../../config/project.js";
import type { CheckReport, CheckResult, ResourceCheck, SourceCheck } from "../../model/check-report.js";
import type { HealthCheck, Source } from "../../model/source.js";
import type { WarehouseTarget } from "../../model/warehouse.js";
import { EXIT } from "../../shared/exit-codes.js";
import { chooseResources } from "../choose-resources.js";
import { decideExitCode } from "../exit-code.js";
import type { Extraction } from "../extract-resource.js";
import { createLoadId } from "../ids.js";
import { chooseSources, openSources } from "../open-sources.js";
import { probeResources } from "./probe-resources.js";
import { describeFailure } from "../reported-error.js";
import type { RunContext } from "../run-context.js";
import { openWorkingDirectory, type WorkingDirectory } from "../working-directory.js";

/** A sync that commits just now is waited for; one that takes longer is told. */
const LOCK_WAIT_MS = 5_000;
/** Whoever checks wants to know how it is now. */
const MOST_ATTEMPTS = 2;
const LONGEST_WAIT_MS = 10_000;

/**
 * Asks for the first page of each resource (or its health check), and whether the warehouse could be written. Loads
 * nothing and moves no state. What fails is in the report; rejects with UsageError, ConfigError or UserCodeError before
 * anything is requested, and with InterruptedError.
 */
export async function checkSources(run: RunContext, names: readonly string[]): Promise<CheckReport> {
  const chosen = chooseSources(run.project.sources, names);
  const opened = await openSources(run, chosen.map(withFewAttempts));
  try {
    const warehouse = await checkWarehouse(run);
    const sources: SourceCheck[] = [];
    for (const { config, source } of opened) sources.push(await checkSource(run, config, source));
    const parts = sources.flatMap((source): readonly CheckResult[] =>
      source.resources.length === 0 ? [source] : source.resources,
    );
    const all: readonly CheckResult[] = [warehouse, ...parts];
    const exitCode = decideExitCode(all.map((check) => ({ exitCode: check.exitCode, isCommitted: false })));
    return {
      ...resultOf(run, exitCode === EXIT.ok ? undefined : firstFailure(all)),
      exitCode,
      warehouse,
      sources,
    };
  } finally {
    await Promise.all(opened.map(({ source }) => source.close()));
  }
}

type Failed = Pick<CheckResult, "error" | "exitCode">;

function firstFailure(checks: readonly CheckResult[]): Failed | undefined {
  return checks.find(({ healthy }) => !healthy);
}

function resultOf(run: RunContext, failure: Failed | undefined): CheckResult {
  return {
    healthy: failure === undefined,
    lastCheck: new Date(run.clock.now()).toISOString(),
    exitCode: failure?.exitCode ?? EXIT.ok,
    error: failure?.error ?? null,
  };
}

async function checkWarehouse(run: RunContext): Promise<CheckReport["warehouse"]> {
  const path = run.project.warehousePath;
  try {
    const { freeBytes } = await run.warehouse.checkAccess(targetOf(run), run.signal);
    return { ...resultOf(run, undefined), path, freeBytes };
  } catch (error) {
    run.signal.throwIfAborted();
    return { ...resultOf(run, describeFailure(error, run.project.redactor)), path, freeBytes: null };
  }
}

function targetOf({ project, emit }: RunContext): WarehouseTarget {
  return {
    path: project.warehousePath,
    dataset: "",
    pipeline: "",
    schema: "",
    tempDirectory: project.root,
    lockWaitMs: LOCK_WAIT_MS,
    onLockWait: (reason) => {
      emit({ event: "notice", level: "warning", source: "warehouse", message: `waiting, because ${reason}` });
    },
  };
}

async function checkSource(run: RunContext, config: SourceConfig, source: Source): Promise<SourceCheck> {
  try {
    const resources = await checkResources(run, config, source);
    return { ...resultOf(run, firstFailure(resources)), name: config.name, resources };
  } catch (error) {
    run.signal.throwIfAborted();
    return {
      ...resultOf(run, describeFailure(error, run.project.redactor)),
      name: config.name,
      resources: [],
    };
  }
}

async function checkResources(
  run: RunContext,
  config: SourceConfig,
  source: Source,
): Promise<readonly ResourceCheck[]> {
  const loadId = createLoadId(run.clock.now(), run.random);
  await using directory = await openWorkingDirectory(run.project.root, config.name, loadId);
  const selected = source.resources.filter(({ isSelected }) => isSelected !== false);
  const pages = await checkFirstPages(run, config, { source, directory });
  const answers = new Map<string, Promise<ResourceCheck>>();
  return await Promise.all(
    selected.map(async ({ healthCheck, options }) => {
      const page = pages.get(options.name);
      if (healthCheck === undefined) {
        if (page === undefined) throw new Error(`${options.name} was not read`);
        return page;
      }
      const answer = answers.get(healthCheck.key) ?? askForHealth(run, healthCheck, options.name);
      answers.set(healthCheck.key, answer);
      return { ...(await answer), name: options.name };
    }),
  );
}

/** The first page of each resource without a health check, by name. */
async function checkFirstPages(
  run: RunContext,
  config: SourceConfig,
  { source, directory }: { readonly source: Source; readonly directory: WorkingDirectory },
): Promise<ReadonlyMap<string, ResourceCheck>> {
  const names = source.resources
    .filter(({ isSelected, healthCheck }) => isSelected !== false && healthCheck === undefined)
    .map(({ options }) => options.name);
  if (names.length === 0) return new Map();
  const extractions = await probeResources(run, {
    source: config.name,
    chosen: chooseResources(source.resources, { resources: names, fullRefresh: false }),
    concurrency: source.concurrency,
    directory,
    probeOf: () => ({ leastRows: 0 }),
  });
  return new Map(extractions.map((one) => [one.resource.options.name, describeFirstPage(run, one)]));
}

async function askForHealth(run: RunContext, check: HealthCheck, name: string): Promise<ResourceCheck> {
  const startedAtMs = run.clock.now();
  const result = await check.run(run).then(
    () => resultOf(run, undefined),
    (error: unknown) => {
      run.signal.throwIfAborted();
      return resultOf(run, describeFailure(error, run.project.redactor));
    },
  );
  return {
    ...result,
    name,
    status: result.healthy ? "ok" : "unavailable",
    records: null,
    request: check.describe(),
    paginator: null,
    note: null,
    seconds: (run.clock.now() - startedAtMs) / 1000,
  };
}

function describeFirstPage(run: RunContext, extraction: Extraction): ResourceCheck {
  const { resource, traffic } = extraction;
  const isRead = extraction.status === "read";
  const records = isRead ? extraction.spooled.rows : null;
  const isUnasked = isRead && records === 0 && resource.parent !== undefined && traffic.requests === 0;
  return {
    ...resultOf(run, isRead ? undefined : extraction.failure),
    name: resource.options.name,
    status: records === null ? "unavailable" : records === 0 ? "empty" : "ok",
    records,
    request: extraction.firstRequest ?? null,
    paginator: isRead ? extraction.outcome.paginator : null,
    note: isUnasked ? `nothing was asked, because its parent ${resource.parent ?? ""} is empty` : null,
    seconds: extraction.seconds,
  };
}

function withFewAttempts(config: SourceConfig): SourceConfig {
  const { definition } = config;
  if (definition.type !== "rest_api") return config;
  const { rest } = definition;
  const impatient = <Holder extends { readonly client: typeof rest.client }>(holder: Holder): Holder => {
    const { retry } = holder.client;
    const attempts = Math.min(retry.attempts, MOST_ATTEMPTS);
    const maxWaitMs = Math.min(retry.maxWaitMs, LONGEST_WAIT_MS);
    return { ...holder, client: { ...holder.client, retry: { ...retry, attempts, maxWaitMs } } };
  };
  return {
    ...config,
    definition: { type: "rest_api", rest: impatient({ ...rest, resources: rest.resources.map(impatient) }) },
  };
}
