import { spawn } from "node:child_process";
import { join } from "node:path";

/** Runs dlt's rest_api over `job`; see run-dlt.py. Throws with what it printed when it fails. */
export async function runDlt(
  python: string | undefined,
  job: Readonly<Record<string, unknown>>,
): Promise<void> {
  const child = spawn(python ?? "", [join(import.meta.dirname, "run-dlt.py")], {
    env: {
      ...process.env,
      RUNTIME__DLTHUB_TELEMETRY: "false",
      DLT_DATA_DIR: String(job["folder"]),
      NO_PROXY: "*",
    },
  });
  const output: Buffer[] = [];
  child.stdout.on("data", (bytes: Buffer) => output.push(bytes));
  child.stderr.on("data", (bytes: Buffer) => output.push(bytes));
  child.stdin.end(JSON.stringify(job));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject).once("close", resolve);
  });
  if (code !== 0) throw new Error(`dlt failed: ${Buffer.concat(output).toString().slice(-3000)}`);
}
