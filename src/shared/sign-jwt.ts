import { constants, createHmac, sign, type KeyObject } from "node:crypto";
import { toJsonText } from "./json-text.js";
import { readPrivateKey } from "./private-key.js";

/** What a token consists of. */
export interface JwtParts {
  /** Of RFC 7518: `RS256`, `ES384`, `HS512`, … */
  readonly algorithm: string;
  /** PEM; for HS algorithms the shared secret. */
  readonly privateKey: string;
  readonly header: Readonly<Record<string, unknown>>;
  readonly claims: Readonly<Record<string, unknown>>;
}

/** A signed token in compact form (RFC 7515). Throws Error, without quoting the key, when the key does not fit. */
export function signJwt({ algorithm, privateKey, header, claims }: JwtParts): string {
  const head = toBase64Url({ typ: "JWT", ...header, alg: algorithm });
  const content = `${head}.${toBase64Url(claims)}`;
  const hash = `sha${algorithm.slice(2)}`;
  const signature = algorithm.startsWith("HS")
    ? createHmac(hash, privateKey).update(content).digest()
    : sign(hash, Buffer.from(content), signingOptions(algorithm, readPrivateKey(privateKey, algorithm)));
  return `${content}.${signature.toString("base64url")}`;
}

function signingOptions(algorithm: string, key: KeyObject): Parameters<typeof sign>[2] {
  if (algorithm.startsWith("ES")) return { key, dsaEncoding: "ieee-p1363" };
  if (algorithm.startsWith("RS")) return key;
  return { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
}

function toBase64Url(value: unknown): string {
  return Buffer.from(toJsonText(value)).toString("base64url");
}
