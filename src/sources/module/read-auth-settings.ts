import type { IssueList } from "../../config/issue-list.js";
import type { FunctionLookup, UserFunction } from "../../model/user-function.js";

/** `auth` of a `RestClient`, with names in place of its functions, as in sources.yml. */
export interface ReadAuth {
  readonly auth: unknown;
  readonly functions: FunctionLookup;
}

const HINT = "is a secret() or an environment variable that is not set used here?";

/** Checks what the configuration's own check cannot: fields that were forgotten, and functions. */
export function readAuthSettings(given: unknown, issues: IssueList): ReadAuth {
  const named = new Map<string, UserFunction>();
  const functions: FunctionLookup = (reference) => {
    const found = named.get(reference.export);
    if (found === undefined) throw new Error(`${reference.export} is no function of this client`);
    return found;
  };
  if (given === undefined) return { auth: undefined, functions };
  if (typeof given !== "object" || given === null || !("type" in given)) {
    issues.add(["auth"], 'expected an object with a type, such as { type: "bearer", token }', { hint: HINT });
    return { auth: given, functions };
  }
  const fields: Record<string, unknown> = { ...given };
  // In sources.yml a field left out is looked up; here it was forgotten, or came out of a lookup as undefined.
  for (const names of NEEDED[String(fields["type"])] ?? []) {
    if (names.split("|").every((name) => isMissing(fields[name])))
      issues.add(["auth"], `\`${names.replaceAll("|", "` or `")}\` is missing`, { hint: HINT });
  }
  if (fields["type"] === "custom") nameFunctions(fields, named, issues);
  return { auth: fields, functions };
}

/** Alternatives with a bar between them. */
const NEEDED: Readonly<Record<string, readonly string[]>> = {
  bearer: ["token"],
  api_key: ["apiKey"],
  http_basic: ["username"],
  oauth2_client_credentials: ["accessTokenUrl|tokenUrl|tokenEndpoint", "clientId", "clientSecret"],
  oauth2_refresh_token: ["accessTokenUrl|tokenUrl|tokenEndpoint", "clientId", "refreshToken"],
  jwt: ["privateKey"],
  service_account: ["key|keyFile"],
  session_token: ["login"],
  custom: ["function"],
};

let count = 0;

function nameFunctions(
  fields: Record<string, unknown>,
  named: Map<string, UserFunction>,
  issues: IssueList,
): void {
  for (const member of ["function", "onUnauthorized"]) {
    const given = fields[member];
    if (isMissing(given)) continue;
    if (typeof given !== "function") {
      issues.add(["auth", member], "expected a function");
      continue;
    }
    // Clients with equal settings share what they know of a 401, so each function has a name of its own.
    count += 1;
    const name = `auth${String(count)}`;
    named.set(name, {
      name: `${member} of auth`,
      call: (...args) => (given as (...args: readonly unknown[]) => unknown)(...args),
    });
    fields[member] = `RestClient:${name}`;
  }
}

function isMissing(value: unknown): boolean {
  return value === undefined || value === null || value === "";
}
