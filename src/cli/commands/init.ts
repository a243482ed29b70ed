import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import { EXIT, type ExitCode } from "../../shared/exit-codes.js";
import type { CommandContext } from "../command-context.js";
import { PROJECT_FILES } from "../templates/project-files.js";

/** `dango init [DIR]`: makes a project. Idempotent: a file that exists is left as it is. */
export async function initCommand(
  context: CommandContext,
  options: { readonly directory: string },
): Promise<ExitCode> {
  const root = resolve(context.cwd, options.directory);
  const created = await writeProject(root);
  for (const { path } of PROJECT_FILES)
    context.terminal.out(
      `${created.includes(path) ? "created" : "kept   "}  ${join(options.directory, path)}`,
    );
  const place = relative(context.cwd, root);
  const enter = place === "" ? "" : `cd ${place} && `;
  context.terminal.out(`\nNext: ${enter}dango demo    # a complete run against the bundled sample API`);
  return EXIT.ok;
}

/** Writes the files of a project that are not there yet, and returns their paths. */
export async function writeProject(root: string): Promise<string[]> {
  const created: string[] = [];
  for (const { path, text, mode } of PROJECT_FILES) {
    const file = join(root, path);
    await mkdir(dirname(file), { recursive: true });
    try {
      await writeFile(file, text, { flag: "wx", mode: mode ?? 0o644 });
      created.push(path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
  }
  return created;
}
