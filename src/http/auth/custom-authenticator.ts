import type { CustomAuthConfig } from "../../model/auth-config.js";
import type { FunctionLookup, UserFunction } from "../../model/user-function.js";
import { UserCodeError } from "../../shared/errors.js";
import type { HttpContext } from "../client.js";
import { mergeHeaders } from "../merge-headers.js";
import { withParameter } from "../url-parameter.js";
import type { Authenticator, OutgoingRequest } from "./authenticator.js";
import type { HeldToken, TokenCache } from "./token-cache.js";
import type { TokenRequester } from "./token-requester.js";

/** A function that signs every request gives new values without end, each of which is good for one request only. */
const MOST_SECRETS = 100;

/** Asks a user's function for headers and query parameters to add; `renewals` lets one renewal serve all requests. */
export function createCustomAuthenticator(
  config: CustomAuthConfig,
  { functions, renewals }: { readonly functions: FunctionLookup; readonly renewals: TokenCache },
  requesterOf: (context: HttpContext) => TokenRequester,
): Authenticator {
  const secretParameters: string[] = [];
  const seen = new Set<string>();
  const sentAt = new WeakMap<OutgoingRequest, HeldToken>();
  const apply = async (request: OutgoingRequest, context: HttpContext): Promise<OutgoingRequest> => {
    const round = await renewals.get(requesterOf(context));
    const sign = functions(config.function);
    const { method, url, headers, body } = request;
    const view = { method, url: url.href, headers: { ...headers }, body, signal: context.signal };
    const added = readAdditions(await sign.call(view, config.args), sign);
    for (const name of Object.keys(added.params)) {
      if (!secretParameters.includes(name)) secretParameters.push(name);
    }
    const { redactor } = requesterOf(context);
    for (const secret of secretsOf(added)) {
      if (seen.size >= MOST_SECRETS) break;
      seen.add(secret);
      redactor.add(secret);
    }
    const outgoing = {
      ...request,
      url: Object.entries(added.params).reduce((to, [name, value]) => withParameter(to, name, value), url),
      headers: mergeHeaders(headers, added.headers),
    };
    sentAt.set(outgoing, round);
    return outgoing;
  };
  if (config.onUnauthorized === undefined) return { secretParameters, apply };
  return {
    secretParameters,
    apply,
    async onUnauthorized(rejected, context) {
      await renewals.renew(sentAt.get(rejected), requesterOf(context));
      return true;
    },
    settle: () => renewals.settle(),
  };
}

interface Additions {
  readonly headers: Readonly<Record<string, string>>;
  readonly params: Readonly<Record<string, string>>;
}

function readAdditions(given: unknown, { name }: UserFunction): Additions {
  if (given === undefined || given === null) return { headers: {}, params: {} };
  if (typeof given !== "object" || Array.isArray(given)) throw notAdditions(name, "something else");
  const unknown = Object.keys(given).filter((key) => key !== "headers" && key !== "params");
  if (unknown.length > 0) throw notAdditions(name, `the unknown member ${unknown.join(", ")}`);
  const { headers, params } = given as Readonly<Record<string, unknown>>;
  return { headers: readTexts(headers, "headers", name), params: readTexts(params, "params", name) };
}

function readTexts(given: unknown, member: string, name: string): Record<string, string> {
  if (given === undefined || given === null) return {};
  if (typeof given !== "object" || Array.isArray(given))
    throw notAdditions(name, `${member} that is no object`);
  return Object.fromEntries(
    Object.entries(given)
      .filter(([, value]) => value !== undefined && value !== null)
      .map(([key, value]: [string, unknown]) => {
        if (typeof value === "string" || typeof value === "number" || typeof value === "bigint")
          return [key, String(value)];
        throw notAdditions(name, `${member} with a "${key}" that is neither text nor a number`);
      }),
  );
}

function notAdditions(name: string, what: string): UserCodeError {
  return new UserCodeError(`${name} returned ${what}`, "run", {
    hint: "An auth function returns { headers, params }, both of them texts by name, or nothing.",
  });
}

/** The values, and what stands behind the scheme in a header: servers repeat either. */
function secretsOf({ headers, params }: Additions): string[] {
  return [
    ...Object.values(params),
    ...Object.values(headers).flatMap((value) => {
      const credentials = /^[A-Za-z][\w-]* +(\S.*)$/.exec(value)?.[1];
      return credentials === undefined ? [value] : [value, credentials];
    }),
  ];
}
