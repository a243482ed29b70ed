import type { ClientCredentialsConfig, OAuth2Client, RefreshTokenConfig } from "../../model/auth-config.js";
import type { RefreshTokenStore } from "../../model/refresh-token-store.js";
import type { Clock } from "../../shared/async.js";
import { requestToken, takeToken, type TokenResponse } from "./request-token.js";
import { readSeconds } from "./token-answer.js";
import type { IssuedToken, IssueToken } from "./token-cache.js";
import type { TokenRequester } from "./token-requester.js";
import { encodeForm, type Form } from "./form.js";
import { withGrace } from "./with-grace.js";

/** An interrupted run waits so long for a refresh token that the server may have replaced already. */
const GRACE_MS = 5_000;

/** Issues tokens for a client's own credentials (RFC 6749 §4.4). */
export function issueByClientCredentials(config: ClientCredentialsConfig): IssueToken {
  return async (requester) => {
    const answer = await post(config, { grant_type: "client_credentials" }, requester);
    return toIssued(answer, requester);
  };
}

/**
 * Issues tokens for a refresh token (RFC 6749 §6). A new refresh token is on disk before the access token that came
 * with it is used, because the one before it may count no more.
 */
export function issueByRefreshToken(
  config: RefreshTokenConfig,
  store: RefreshTokenStore,
  clock: Clock,
): IssueToken {
  return async (requester) => {
    const { context, redactor } = requester;
    await using use = await store.begin(config.refreshToken, { clock, signal: context.signal });
    redactor.add(use.token);
    const grant = { grant_type: "refresh_token", refresh_token: use.token };
    const answer = await withGrace(context.signal, GRACE_MS, (signal) =>
      post(config, grant, { ...requester, context: { ...context, signal } }),
    );
    const next = answer.members["refresh_token"];
    if (typeof next === "string" && next !== "" && next !== use.token) {
      redactor.add(next);
      await use.save(next);
    }
    return toIssued(answer, requester);
  };
}

function post(config: OAuth2Client, grant: Form, requester: TokenRequester): Promise<TokenResponse> {
  const { accessTokenUrl, clientId, clientSecret, clientAuth, scopes, requestData } = config;
  const isBasic = clientAuth === "basic";
  const form: Form = {
    ...grant,
    ...(isBasic ? {} : { client_id: clientId }),
    ...(isBasic || clientSecret === undefined ? {} : { client_secret: clientSecret }),
    ...(scopes.length === 0 ? {} : { scope: scopes.join(" ") }),
    ...requestData,
  };
  const headers = isBasic ? { Authorization: basicOf(clientId, clientSecret ?? "", requester) } : {};
  return requestToken(
    {
      method: "POST",
      url: new URL(accessTokenUrl),
      headers: { "Content-Type": "application/x-www-form-urlencoded", ...headers },
      body: encodeForm(form),
    },
    requester,
    {
      refused:
        grant["grant_type"] === "refresh_token"
          ? "Check client_id, client_secret and refresh_token of auth; a refresh token that has expired or was used elsewhere has to be asked for anew."
          : "Check client_id, client_secret and scopes of auth; some servers want client_auth: basic.",
      address: "Check access_token_url of auth.",
    },
  );
}

/** RFC 6749 §2.3.1: both parts are form-encoded first. */
function basicOf(clientId: string, clientSecret: string, { redactor }: TokenRequester): string {
  const pair = [clientId, clientSecret].map((part) => encodeForm({ "": part }).slice(1)).join(":");
  redactor.add(pair);
  return `Basic ${Buffer.from(pair).toString("base64")}`;
}

function toIssued(answer: TokenResponse, requester: TokenRequester): IssuedToken {
  const value = takeToken(
    answer.members["access_token"],
    { name: "access_token", hint: "Check access_token_url of auth: this answers, but with no token." },
    answer,
    requester,
  );
  return { value, expiresInMs: readSeconds(answer.members["expires_in"]) };
}
