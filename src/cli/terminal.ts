import { Chalk, type ChalkInstance } from "chalk";
import type { Redactor } from "../shared/redact.js";

/** Where a command writes, and how. Data goes to `out`, everything else to `err`. */
export interface Terminal {
  out(text: string): void;
  /** Text of dango's own: secrets of the redactor given to `hide` are taken out (rule S2). */
  err(text: string): void;
  hide(redactor: Redactor): void;
  readonly isOutTty: boolean;
  readonly isErrTty: boolean;
  /** Colours for `out` and for `err`; without colour both leave text as it is. */
  readonly outColor: ChalkInstance;
  readonly errColor: ChalkInstance;
  /** Columns of the terminal; 100 where there is none. */
  readonly width: number;
}

const WIDTH_OF_A_PIPE = 100;
const BASIC_COLORS = 1;

/** The process's own streams. Colours follow `--no-color`, `NO_COLOR`, `FORCE_COLOR`, `TERM=dumb`, then the TTY. */
export function processTerminal(env: NodeJS.ProcessEnv, noColorFlag: boolean): Terminal {
  const { stdout, stderr } = process;
  for (const stream of [stdout, stderr]) {
    // A program may be built more than once in a process.
    if (!stream.listeners("error").includes(ignoreClosedPipe)) stream.on("error", ignoreClosedPipe);
  }
  let hidden: Redactor | undefined;
  const write = (stream: NodeJS.WriteStream, text: string): void => {
    if (text !== "") stream.write(text.endsWith("\n") ? text : `${text}\n`);
  };
  return {
    out: (text) => {
      write(stdout, text);
    },
    err: (text) => {
      write(stderr, hidden?.redact(text) ?? text);
    },
    hide: (redactor) => {
      hidden = redactor;
    },
    isOutTty: stdout.isTTY,
    isErrTty: stderr.isTTY,
    outColor: new Chalk({ level: colorLevel(env, noColorFlag, stdout.isTTY) }),
    errColor: new Chalk({ level: colorLevel(env, noColorFlag, stderr.isTTY) }),
    width: stdout.isTTY ? stdout.columns : WIDTH_OF_A_PIPE,
  };
}

/** `dango sql … | head` closes the pipe when it has seen enough: nothing is wrong, and a sync goes on. */
function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== "EPIPE") throw error;
}

function colorLevel(env: NodeJS.ProcessEnv, noColorFlag: boolean, isTty: boolean): 0 | 1 {
  if (noColorFlag || (env["NO_COLOR"] ?? "") !== "") return 0;
  const force = env["FORCE_COLOR"];
  if (force !== undefined) return force === "0" || force === "false" ? 0 : BASIC_COLORS;
  return isTty && env["TERM"] !== "dumb" ? BASIC_COLORS : 0;
}
