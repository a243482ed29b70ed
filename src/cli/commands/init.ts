import { appendFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import { EXIT, type ExitCode } from "../../shared/exit-codes.js";
import type { CommandContext } from "../command-context.js";
import { PROJECT_FILES } from "../templates/project-files.js";

/**
 * `dango init [DIR]`: makes a project. Idempotent: a file that exists is left as it is, but a .gitignore gets the lines
 * that keep secrets and data out of git.
 */
export async function initCommand(
  context: CommandContext,
  options: { readonly directory: string },
): Promise<ExitCode> {
  const root = resolve(context.cwd, options.directory);
  const created = await writeProject(root);
  const completed = await completeGitignore(root);
  for (const { path } of PROJECT_FILES) {
    const done = created.includes(path) ? "created" : completed === path ? "updated" : "kept   ";
    context.terminal.out(`${done}  ${join(options.directory, path)}`);
  }
  const place = relative(context.cwd, root);
  const enter = place === "" ? "" : `cd ${place} && `;
  context.terminal.out(`\nNext: ${enter}dango demo    # a complete run against the bundled sample API`);
  return EXIT.ok;
}

/** Adds the lines that are missing; the file's path if there were any. */
async function completeGitignore(root: string): Promise<string | undefined> {
  const template = PROJECT_FILES.find(({ path }) => path === ".gitignore");
  if (template === undefined) return undefined;
  const file = join(root, template.path);
  const text = await readFile(file, "utf8");
  const present = new Set(text.split("\n").map((line) => line.trim()));
  const missing = template.text.split("\n").filter((line) => line !== "" && !present.has(line));
  if (missing.length === 0) return undefined;
  await appendFile(file, `${text === "" || text.endsWith("\n") ? "" : "\n"}${missing.join("\n")}\n`);
  return template.path;
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
