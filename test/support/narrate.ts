import { realpathSync } from "node:fs";
import type { Ended, TestProject } from "./project.js";

/**
 * What a user saw of a command line, as a test compares it: exit code, stdout, stderr. What differs from run to run is
 * named instead: the project's folder, loopback ports, log files, load and process ids, seconds.
 */
export function narrate(
  project: TestProject,
  ended: Pick<Ended, "stdout" | "stderr"> & { readonly exitCode?: number | undefined },
): string {
  const blocks = [`exit ${String(ended.exitCode)}`];
  if (ended.stdout !== "") blocks.push(`--- stdout\n${ended.stdout}`);
  if (ended.stderr !== "") blocks.push(`--- stderr\n${ended.stderr}`);
  return normalize(project, blocks.join("\n"));
}

function normalize(project: TestProject, text: string): string {
  return text
    .replaceAll(realpathSync(project.root), "<project>")
    .replaceAll(project.root, "<project>")
    .replaceAll(/127\.0\.0\.1:\d+/g, "<host>")
    .replaceAll(/\.dango\/logs\/\S+\.jsonl/g, "<log file>")
    .replaceAll(/\b\d{10}\.\d{6}\b/g, "<load id>")
    .replaceAll(/\b\d+\.\d+ s\b/g, "<seconds>")
    .replaceAll(/\bprocess \d+ \(\S+\)/g, "process <pid> (<program>)");
}
