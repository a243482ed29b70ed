import { readFile } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { startSampleApi, type SampleApi } from "../../sample/server.js";
import { EXIT, type ExitCode } from "../../shared/exit-codes.js";
import { UsageError } from "../../shared/errors.js";
import type { CommandContext } from "../command-context.js";
import { listenForInterruption } from "../interruption.js";
import { renderRowTable } from "../render-rows.js";
import { PROJECT_FILES } from "../templates/project-files.js";
import { writeProject } from "./init.js";
import { syncCommand } from "./sync.js";

const SERVED_PORT = 8787;
const LOCK_WAIT_MS = 300_000;
const DEMO_SOURCES = ["shop", "my_custom_api"];

/** The flags of `dango demo`. */
export interface DemoFlags {
  readonly directory?: string;
  readonly serve: boolean;
  readonly port?: number;
}

/**
 * `dango demo`: starts the sample API on loopback, syncs a declarative and a TypeScript source twice (everything, then
 * what changed), and prints what landed.
 */
export async function demoCommand(context: CommandContext, flags: DemoFlags): Promise<ExitCode> {
  if (flags.serve) return serve(context, flags.port ?? SERVED_PORT);
  const root = await chooseRoot(context, flags.directory);
  await writeProject(root);
  const api = await startApi(flags.port ?? 0);
  try {
    return await runDemo(context, root, api);
  } finally {
    await api.close();
  }
}

async function serve(context: CommandContext, port: number): Promise<ExitCode> {
  const api = await startApi(port);
  context.terminal.out(`sample API on ${api.url}, Ctrl-C ends it`);
  using interruption = listenForInterruption();
  await new Promise<void>((resolve) => {
    interruption.signal.addEventListener("abort", () => {
      resolve();
    });
  });
  await api.close();
  return EXIT.ok;
}

async function startApi(port: number): Promise<SampleApi> {
  try {
    return await startSampleApi({ users: 100, orders: 1_000, recordRequests: false, port });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "EADDRINUSE" && code !== "EACCES") throw error;
    throw new UsageError(`port ${String(port)} cannot be used for the sample API (${code})`, {
      hint: "name another one with --port; --port 0 takes any that is free",
      cause: error,
    });
  }
}

/** The project we stand in if it is the demo's own, else a folder of its own: another's warehouse is not touched. */
async function chooseRoot(context: CommandContext, directory: string | undefined): Promise<string> {
  if (directory !== undefined) return resolve(context.cwd, directory);
  const sources = PROJECT_FILES.find(({ path }) => path === ".dango/sources.yml");
  const here = await readFile(join(context.cwd, ".dango", "sources.yml"), "utf8").catch(() => undefined);
  return here === sources?.text ? context.cwd : resolve(context.cwd, "dango-demo");
}

async function runDemo(context: CommandContext, root: string, api: SampleApi): Promise<ExitCode> {
  const { terminal } = context;
  const inside: CommandContext = {
    ...context,
    cwd: root,
    flags: { color: context.flags.color, project: root },
    env: { ...context.env, SAMPLE_API_URL: api.url },
  };
  // The sample API is in this process: what proxy the machine has must not stand in between.
  process.env["no_proxy"] = "127.0.0.1";
  terminal.out(`sample API on ${api.url}, project in ${relative(context.cwd, root) || "."}\n\n`);
  terminal.out("First sync: everything\n\n");
  // Whatever an earlier demo has left, this one shows the same.
  const first = await sync(inside, { fullRefresh: true });
  if (first !== EXIT.ok) return first;
  api.data.changeOrders({ changed: 3, added: 2 });
  terminal.out("\nThe API now has 3 changed and 2 new orders. Second sync: only these\n\n");
  const second = await sync(inside, { fullRefresh: false });
  if (second !== EXIT.ok) return second;
  await printTables(inside);
  terminal.out(
    `\nAsk for more: dango sql "SELECT …"${root === context.cwd ? "" : ` --project ${relative(context.cwd, root)}`}`,
  );
  return EXIT.ok;
}

function sync(context: CommandContext, flags: { readonly fullRefresh: boolean }): Promise<ExitCode> {
  return syncCommand(context, {
    source: DEMO_SOURCES,
    resource: [],
    ...flags,
    dryRun: false,
    allowEmptyReplace: false,
    yes: false,
    json: false,
    progress: "none",
    quiet: false,
    verbose: false,
  });
}

const STATEMENTS = [
  `SELECT status, count(*) AS orders, round(sum(total), 2) AS total
   FROM raw_shop.orders GROUP BY status ORDER BY orders DESC, status`,
  `SELECT o.id, o.customer__name, o.updated_at, i.sku, i.quantity, i.price
   FROM raw_my_custom_api.orders o
   JOIN raw_my_custom_api.orders__items i ON i._dlt_parent_id = o._dlt_id
   ORDER BY o.updated_at DESC, o.id, i._dlt_list_idx LIMIT 5`,
];

async function printTables(context: CommandContext): Promise<void> {
  const { queryWarehouse } = await import("../../warehouse/query-warehouse.js");
  const path = join(context.cwd, "data", "warehouse.duckdb");
  using interruption = listenForInterruption();
  for (const statement of STATEMENTS) {
    const options = { params: [], lockWaitMs: LOCK_WAIT_MS, signal: interruption.signal };
    const result = await queryWarehouse(path, statement, options);
    context.terminal.out(
      `\ndata/warehouse.duckdb: ${statement.replace(/\s+/g, " ")}\n\n${renderRowTable(result)}`,
    );
  }
}
