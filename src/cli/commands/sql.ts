import { listenForInterruption } from "../interruption.js";
import { openProject, type CommandContext } from "../command-context.js";
import { renderCsv, renderJsonDocument, renderJsonLines, renderRowTable } from "../render-rows.js";
import { EXIT, type ExitCode } from "../../shared/exit-codes.js";

/** The flags of `dango sql`. */
export interface SqlFlags {
  readonly output?: "table" | "csv" | "json" | "ndjson";
  readonly json: boolean;
  readonly param: readonly string[];
}

const LOCK_WAIT_MS = 300_000;

/** `dango sql`: one read-only statement, its rows on stdout. */
export async function sqlCommand(
  context: CommandContext,
  flags: SqlFlags & { readonly statement: string },
): Promise<ExitCode> {
  const project = await openProject(context);
  const { queryWarehouse } = await import("../../warehouse/query-warehouse.js");
  using interruption = listenForInterruption();
  const result = await queryWarehouse(project.warehousePath, flags.statement, {
    params: flags.param,
    lockWaitMs: LOCK_WAIT_MS,
    signal: interruption.signal,
    onLockWait: (reason) => {
      context.terminal.err(`waiting, because ${reason}`);
    },
  });
  const format = flags.json ? "json" : (flags.output ?? (context.terminal.isOutTty ? "table" : "csv"));
  const render = { table: renderRowTable, csv: renderCsv, json: renderJsonDocument, ndjson: renderJsonLines }[
    format
  ];
  context.terminal.out(render(result));
  return EXIT.ok;
}
