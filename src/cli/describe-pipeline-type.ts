/** What stands beside a pipeline's name: its source's type, or that it has no source. */
export function describeType({ type, enabled }: { type: string | null; enabled: boolean }): string {
  if (type === null) return "not in sources.yml";
  return enabled ? type : `${type}, disabled`;
}
