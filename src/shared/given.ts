/** The members of `members` that have a value; null and undefined ones are left out. */
export function given<T extends object>(members: T): { [K in keyof T]?: Exclude<T[K], null | undefined> } {
  const entries = Object.entries(members).filter(([, value]) => value !== undefined && value !== null);
  return Object.fromEntries(entries) as { [K in keyof T]?: Exclude<T[K], null | undefined> };
}
