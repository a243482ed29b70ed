import { generateKeyPairSync, verify, createHmac, constants, type KeyObject } from "node:crypto";
import type { ClientCredentialsConfig } from "../../../src/model/auth-config.js";
import type { ReceivedRequest, ServeHandler } from "../../support/serve.js";
import { sendJson } from "../../support/serve.js";

/** A client-credentials block of `url`, with dango's defaults. */
export function clientCredentials(
  url: string,
  more: Partial<ClientCredentialsConfig> = {},
): ClientCredentialsConfig {
  return {
    type: "oauth2_client_credentials",
    accessTokenUrl: `${url}/token`,
    clientId: "my client",
    clientSecret: "s3cret/+=value",
    clientAuth: "body",
    scopes: [],
    requestData: {},
    accessToken: undefined,
    defaultExpirationMs: 3_600_000,
    expiryBufferMs: 300_000,
    ...more,
  };
}

/** An API that wants `Bearer access-token-N`, N being the number of the last token that `/token` gave out. */
export interface TokenApi {
  readonly handler: ServeHandler;
  /** Requests for tokens that were answered. */
  issued: number;
  /** Takes the last token back: requests with it get a 401. */
  revoke(): void;
}

/** Answers `/token` with `answer` beside the token, everything else by whether the token is good. */
export function createTokenApi(answer: Readonly<Record<string, unknown>> = {}): TokenApi {
  let isRevoked = false;
  const api: TokenApi = {
    issued: 0,
    revoke() {
      isRevoked = true;
    },
    handler(request, response) {
      if (request.url.startsWith("/token")) {
        api.issued += 1;
        isRevoked = false;
        sendJson(response, {
          access_token: `access-token-${String(api.issued)}`,
          token_type: "bearer",
          ...answer,
        });
        return;
      }
      const isGood =
        !isRevoked && request.headers.authorization === `Bearer access-token-${String(api.issued)}`;
      sendJson(response, isGood ? [{ id: 1 }] : { error: "expired" }, isGood ? 200 : 401);
    },
  };
  return api;
}

/** The members of a form, as sent. */
export function formOf({ body }: ReceivedRequest): [string, string][] {
  return [...new URLSearchParams(body)];
}

/** Header and claims of a token whose signature fits. */
export function readJwt(
  token: string,
  key: KeyObject | string,
): { header: unknown; claims: Record<string, unknown> } {
  const [head = "", claims = "", signature = ""] = token.split(".");
  const header = JSON.parse(Buffer.from(head, "base64url").toString()) as { alg: string };
  const content = Buffer.from(`${head}.${claims}`);
  const bytes = Buffer.from(signature, "base64url");
  const hash = `sha${header.alg.slice(2)}`;
  const fits =
    typeof key === "string"
      ? createHmac(hash, key).update(content).digest().equals(bytes)
      : verify(hash, content, verifying(header.alg, key), bytes);
  if (!fits) throw new Error(`the signature of ${token} does not fit`);
  return {
    header,
    claims: JSON.parse(Buffer.from(claims, "base64url").toString()) as Record<string, unknown>,
  };
}

function verifying(algorithm: string, key: KeyObject): Parameters<typeof verify>[2] {
  if (algorithm.startsWith("ES")) return { key, dsaEncoding: "ieee-p1363" };
  if (algorithm.startsWith("RS")) return key;
  return { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
}

/** A new RSA key: what signs as PEM, and what verifies. */
export function createRsaKey(): { readonly pem: string; readonly publicKey: KeyObject } {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  return { pem: privateKey.export({ type: "pkcs8", format: "pem" }) as string, publicKey };
}
