import { isAbsolute, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import type { SourceLocation } from "../../shared/errors.js";
import { currentScope } from "./run-scope.js";

/**
 * Where `callee` (a function or class) was called: the line of the TypeScript, the file relative to the project that
 * is being loaded, absolute outside of one. Undefined when the engine gives no stack.
 */
export function locateCaller(callee: object): SourceLocation | undefined {
  const holder: { stack?: string } = {};
  Error.captureStackTrace(holder, callee as () => void);
  const caller = readFrames(holder.stack)[0];
  const root = currentScope()?.host.root;
  if (caller === undefined || root === undefined) return caller;
  return { ...caller, file: relativeInside(caller.file, root) ?? caller.file };
}

/**
 * The innermost frame of an error's stack that lies in the project's own files, with the file relative to `root`.
 * Undefined when the error was thrown without one.
 */
export function locateInProject(thrown: unknown, root: string): SourceLocation | undefined {
  if (!(thrown instanceof Error) && !hasStack(thrown)) return undefined;
  for (const frame of readFrames(thrown.stack)) {
    const file = relativeInside(frame.file, root);
    if (file !== undefined) return { ...frame, file };
  }
  return undefined;
}

/** `file` relative to `root` with forward slashes; undefined if it lies outside, or in its `node_modules`. */
export function relativeInside(file: string, root: string): string | undefined {
  const path = relative(root, file);
  const parts = path.split(sep);
  if (path === "" || isAbsolute(path) || parts[0] === ".." || parts.includes("node_modules"))
    return undefined;
  return parts.join("/");
}

function hasStack(thrown: unknown): thrown is { stack: string } {
  return (
    typeof thrown === "object" && thrown !== null && "stack" in thrown && typeof thrown.stack === "string"
  );
}

/** Lines are those of the TypeScript; columns are those of the transpiled line, so they are not taken. */
const FRAME = /^\s*at (?:.* \()?(?:async )?(.+?):(\d+):\d+\)?$/;

function readFrames(stack: string | undefined): SourceLocation[] {
  const frames: SourceLocation[] = [];
  for (const text of (stack ?? "").split("\n")) {
    const [, place, line] = FRAME.exec(text) ?? [];
    if (place === undefined || place.startsWith("node:")) continue;
    const file = place.startsWith("file://") ? fileURLToPath(place) : place;
    if (isAbsolute(file)) frames.push({ file, line: Number(line) });
  }
  return frames;
}
