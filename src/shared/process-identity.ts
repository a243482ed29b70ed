import { readFileSync } from "node:fs";

/** A process of this machine: numbers are used again, a number with its start is not. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When it started, in the system's own count; undefined where the system does not tell, or nobody noted it. */
  readonly start: string | undefined;
}

/** This process. */
export function ownProcess(): ProcessIdentity {
  return { pid: process.pid, start: startOf(process.pid) };
}

/** True while that process runs. One that has its number but started at another time is not it. */
export function isProcessAlive({ pid, start }: ProcessIdentity): boolean {
  if (!isNumberTaken(pid)) return false;
  const now = startOf(pid);
  return start === undefined || now === undefined || start === now;
}

function isNumberTaken(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it lives, under another user.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function startOf(pid: number): string | undefined {
  try {
    const fields = readFileSync(`/proc/${String(pid)}/stat`, "utf8");
    // The name in parentheses may hold blanks; the start is the 20th field after it.
    return fields.slice(fields.lastIndexOf(")") + 2).split(" ")[19];
  } catch {
    return undefined;
  }
}
