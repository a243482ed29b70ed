import type { Project } from "../config/project.js";
import type { Terminal } from "./terminal.js";

/** The flags that every command takes. */
export interface GlobalFlags {
  readonly project?: string;
  readonly env?: string;
  readonly color: boolean;
}

/** What a command is given; it returns its exit code and never ends the process. */
export interface CommandContext {
  readonly terminal: Terminal;
  readonly flags: GlobalFlags;
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
}

/** Reads and checks the project that a command runs in. From then on its secrets are taken out of what goes to stderr. */
export async function openProject(context: CommandContext): Promise<Project> {
  const { readProject } = await import("../config/read-project.js");
  const project = await readProject({
    startDirectory: context.cwd,
    env: context.env,
    ...(context.flags.project === undefined ? {} : { projectDirectory: context.flags.project }),
    ...(context.flags.env === undefined ? {} : { environment: context.flags.env }),
  });
  context.terminal.hide(project.redactor);
  return project;
}
