import type { ServiceAccountConfig } from "../../model/auth-config.js";
import type { Clock } from "../../shared/async.js";
import { signJwt } from "../../shared/sign-jwt.js";
import { encodeForm } from "./form.js";
import { requestToken, takeToken } from "./request-token.js";
import { readSeconds } from "./token-answer.js";
import type { IssueToken } from "./token-cache.js";

/** Google takes no assertion that is good for longer. */
const ASSERTION_SECONDS = 3_600;

/** Issues tokens for a signed assertion (RFC 7523), as Google's service accounts do. */
export function issueByServiceAccount(config: ServiceAccountConfig, clock: Clock): IssueToken {
  return async (requester) => {
    const assertion = signAssertion(config, clock);
    requester.redactor.add(assertion);
    const answer = await requestToken(
      {
        method: "POST",
        url: new URL(config.accessTokenUrl),
        headers: { "Content-Type": "application/x-www-form-urlencoded" },
        body: encodeForm({ grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer", assertion }),
      },
      requester,
      {
        refused: "Check the service account's key, its scopes and subject, and this machine's clock.",
        address: "Check access_token_url of auth.",
      },
    );
    const { access_token: token, expires_in: expiresIn } = answer.members;
    const hint = "Check access_token_url of auth: this answers, but with no token.";
    return {
      value: takeToken(token, { name: "access_token", hint }, answer, requester),
      expiresInMs: readSeconds(expiresIn),
    };
  };
}

function signAssertion(config: ServiceAccountConfig, clock: Clock): string {
  const { privateKey, privateKeyId, clientEmail, scopes, subject, accessTokenUrl } = config;
  const iat = Math.floor(clock.now() / 1_000);
  return signJwt({
    algorithm: "RS256",
    privateKey,
    header: privateKeyId === undefined ? {} : { kid: privateKeyId },
    claims: {
      iss: clientEmail,
      ...(subject === undefined ? {} : { sub: subject }),
      ...(scopes.length === 0 ? {} : { scope: scopes.join(" ") }),
      aud: accessTokenUrl,
      iat,
      exp: iat + ASSERTION_SECONDS,
    },
  });
}
