import type { HttpContext } from "../client.js";
import { mergeHeaders } from "../merge-headers.js";
import type { Authenticator, OutgoingRequest } from "./authenticator.js";
import type { HeldToken, TokenCache } from "./token-cache.js";
import type { TokenRequester } from "./token-requester.js";

/** Sends the token of a cache in a header. */
export function createTokenAuthenticator(
  cache: TokenCache,
  requesterOf: (context: HttpContext) => TokenRequester,
  target: { readonly header: string; readonly prefix: string },
): Authenticator {
  const sentWith = new WeakMap<OutgoingRequest, HeldToken>();
  return {
    secretParameters: [],
    async apply(request, context) {
      const held = await cache.get(requesterOf(context));
      const headers = mergeHeaders(request.headers, { [target.header]: `${target.prefix}${held.value}` });
      const outgoing = { ...request, headers };
      sentWith.set(outgoing, held);
      return outgoing;
    },
    async onUnauthorized(rejected, context) {
      await cache.renew(sentWith.get(rejected), requesterOf(context));
      return true;
    },
    settle: () => cache.settle(),
  };
}
