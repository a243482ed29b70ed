import { systemClock } from "../../../src/shared/async.js";
import { acquireLock } from "../../../src/config/files/process-lock.js";

/** A process of its own that takes the lock at the path given, and says how that went. */
const [, , path = ""] = process.argv;
const wait = { clock: systemClock, signal: new AbortController().signal };
await acquireLock(path, wait).then(
  () => process.stdout.write("held"),
  (error: unknown) => process.stdout.write(String((error as NodeJS.ErrnoException).code)),
);
