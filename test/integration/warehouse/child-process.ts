import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { WarehouseTarget } from "../../../src/model/warehouse.js";
import type { TestResource } from "./load-fixture.js";

/** A process of the test's own, with what it said so far. */
export interface Child extends AsyncDisposable {
  readonly pid: number;
  readonly said: readonly string[];
  /** Resolves when the process wrote this line. */
  hears(line: string): Promise<void>;
  kill(): Promise<void>;
}

const HOLD = `
  const { DuckDBInstance } = await import("@duckdb/node-api");
  const instance = await DuckDBInstance.create(process.argv[1]);
  const connection = await instance.connect();
  await connection.run("SELECT 1");
  console.log("holding");
  setInterval(() => connection, 1000);
`;

/** Holds a DuckDB file open until it is killed. */
export async function holdFile(path: string): Promise<Child> {
  const child = listen(spawn(process.execPath, ["--input-type=module", "-e", HOLD, path]));
  await child.hears("holding");
  return child;
}

/** Commits in a process of its own; says `ready` before and `committed` after. */
export function commitInChild(order: {
  readonly directory: string;
  readonly target: WarehouseTarget;
  readonly resources: readonly TestResource[];
  readonly ordinal: number;
}): Child {
  const script = fileURLToPath(new URL("commit-in-child.ts", import.meta.url));
  const child = spawn(process.execPath, ["--import", "jiti/register", script]);
  child.stdin.end(`${JSON.stringify(order)}\n`);
  return listen(child);
}

function listen(child: ChildProcess): Child {
  const said: string[] = [];
  const waiting = new Map<string, () => void>();
  const exited = once(child, "exit");
  if (child.stdout === null || child.stderr === null) throw new Error("the child has no output");
  createInterface({ input: child.stdout }).on("line", (line) => {
    said.push(line);
    waiting.get(line)?.();
  });
  createInterface({ input: child.stderr }).on("line", (line) => said.push(`stderr: ${line}`));
  const kill = async (): Promise<void> => {
    child.kill("SIGKILL");
    await exited;
  };
  return {
    pid: child.pid ?? 0,
    said,
    async hears(line) {
      if (said.includes(line)) return;
      const heard = new Promise<void>((resolve) => waiting.set(line, resolve));
      const ended = exited.then(() => {
        if (!said.includes(line)) throw new Error(`the child ended without "${line}": ${said.join("\n")}`);
      });
      await Promise.race([heard, ended]);
    },
    kill,
    [Symbol.asyncDispose]: kill,
  };
}
