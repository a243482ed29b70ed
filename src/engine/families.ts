import type { Resource } from "../model/source.js";
import type { Failure } from "./reported-error.js";

/** Gives the family of a resource, by the name of its topmost ancestor: a parent and its children are one unit (I4). */
export function familiesOf(resources: readonly Resource[]): (name: string) => string {
  const parents = new Map(resources.map(({ options, parent }) => [options.name, parent]));
  return (name) => {
    let top = name;
    for (let parent = parents.get(top); parent !== undefined; parent = parents.get(parent)) top = parent;
    return top;
  };
}

/** What is said of a resource that fails because another of its family did. */
export function failWithFamily(name: string, culprit: string, failure: Failure): Failure {
  const why = `${culprit} failed, and a parent and its children are loaded together or not at all`;
  return failLike(failure, culprit, `${name}: ${why}`);
}

/** What is said of a resource that was not read, because its parent failed. */
export function failWithParent(name: string, parent: string, failure: Failure): Failure {
  return failLike(failure, parent, `${name}: its parent ${parent} failed, so nothing was requested`);
}

/** The failure of a resource that fails because `culprit` did: of its kind, and with its exit code (rule R8). */
export function failLike({ exitCode, error }: Failure, culprit: string, message: string): Failure {
  return {
    exitCode,
    error: { type: error.type, code: error.code, message, hint: `see the error of ${culprit}` },
  };
}

/** For each of `names` that has not failed but is of one family with one that has: why it fails as well. */
export function spreadFailures(
  names: readonly string[],
  failures: ReadonlyMap<string, Failure>,
  familyOf: (name: string) => string,
): Map<string, Failure> {
  const culprits = new Map<string, string>();
  for (const name of failures.keys()) {
    if (!culprits.has(familyOf(name))) culprits.set(familyOf(name), name);
  }
  const spread = new Map<string, Failure>();
  for (const name of names) {
    const culprit = culprits.get(familyOf(name));
    const failure = culprit === undefined ? undefined : failures.get(culprit);
    if (culprit === undefined || failure === undefined || failures.has(name)) continue;
    spread.set(name, failWithFamily(name, culprit, failure));
  }
  return spread;
}
