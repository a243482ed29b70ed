/** The exit codes of contract §4. */
export const EXIT = {
  ok: 0,
  failed: 1,
  usage: 2,
  partial: 3,
  locked: 4,
  guard: 5,
  auth: 6,
  rateLimit: 7,
  unavailable: 8,
  timeout: 124,
  interrupted: 130,
  terminated: 143,
} as const;

/** One of the exit codes of contract §4. */
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
