import type { JwtConfig } from "../../model/auth-config.js";
import { readPrivateKey } from "../../shared/private-key.js";
import type { AuthFields } from "./auth-fields.js";
import { durationMs } from "../duration.js";
import type { AuthInputOf } from "../schema/schema-auth.js";

/** `auth: {type: jwt}`. A key that cannot sign with the algorithm is an issue. */
export function resolveJwt(values: AuthInputOf<"jwt">, fields: AuthFields): JwtConfig {
  const algorithm = values.algorithm ?? "RS256";
  const privateKey = fields.required("private_key", values.private_key);
  if (privateKey !== "" && !algorithm.startsWith("HS"))
    checkKey(privateKey, algorithm, "private_key", fields);
  return {
    type: "jwt",
    privateKey,
    algorithm,
    claims: values.claims ?? {},
    header: values.header ?? {},
    expiresInMs: durationMs(values.expires_in ?? 300),
    expiryBufferMs: durationMs(values.expiry_buffer ?? 300),
  };
}

/** Adds an issue at `field` unless the key can sign with the algorithm. */
export function checkKey(pem: string, algorithm: string, field: string, fields: AuthFields): void {
  try {
    readPrivateKey(pem, algorithm);
  } catch (error) {
    fields.report(
      field,
      `cannot be used: ${(error as Error).message}`,
      "a PEM begins with -----BEGIN PRIVATE KEY-----; its line breaks may be written as \\n",
    );
  }
}
