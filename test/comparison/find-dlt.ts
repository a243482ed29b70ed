import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

/** A Python that has dlt: `DANGO_DLT_PYTHON`, or `python3`; undefined, with a notice, if neither has. */
export async function findDlt(): Promise<string | undefined> {
  const given = process.env["DANGO_DLT_PYTHON"];
  for (const python of given === undefined ? ["python3"] : [given]) {
    try {
      await run(python, ["-c", "import dlt, duckdb"]);
      return python;
    } catch {
      // Not there, or without dlt: said below.
    }
  }
  process.stderr.write(
    `SKIPPED: the comparison with dlt needs a Python that has dlt[duckdb]; ` +
      `${given ?? "python3"} has not. Name one in DANGO_DLT_PYTHON.\n`,
  );
  return undefined;
}
