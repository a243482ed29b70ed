import { constants, createHmac, generateKeyPairSync, verify, type KeyObject } from "node:crypto";
import { describe, expect, it } from "vitest";
import { readPrivateKey } from "./private-key.js";
import { signJwt } from "./sign-jwt.js";

const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
const curves = { ES256: "P-256", ES384: "P-384", ES512: "P-521" };
const pemOf = (key: KeyObject): string => key.export({ type: "pkcs8", format: "pem" }) as string;
const claims = { iss: "me", big: 12345678901234567890n };

function split(token: string): { content: Buffer; signature: Buffer; texts: string[] } {
  const [head = "", body = "", signature = ""] = token.split(".");
  const texts = [head, body].map((part) => Buffer.from(part, "base64url").toString());
  return { content: Buffer.from(`${head}.${body}`), signature: Buffer.from(signature, "base64url"), texts };
}

describe("signJwt", () => {
  it.each(["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"])("signs with %s", (algorithm) => {
    const token = signJwt({ algorithm, privateKey: pemOf(rsa.privateKey), header: { kid: "k" }, claims });
    const { content, signature, texts } = split(token);
    const pss = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
    const key = { key: rsa.publicKey, ...(algorithm.startsWith("PS") ? pss : {}) };
    expect(verify(`sha${algorithm.slice(2)}`, content, key, signature)).toBe(true);
    expect(texts).toEqual([
      `{"typ":"JWT","kid":"k","alg":"${algorithm}"}`,
      '{"iss":"me","big":12345678901234567890}',
    ]);
  });

  it.each(Object.entries(curves))("signs with %s as RFC 7518 lays the bytes out", (algorithm, namedCurve) => {
    const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve });
    const token = signJwt({ algorithm, privateKey: pemOf(privateKey), header: {}, claims });
    const { content, signature } = split(token);
    const key = { key: publicKey, dsaEncoding: "ieee-p1363" as const };
    expect(verify(`sha${algorithm.slice(2)}`, content, key, signature)).toBe(true);
  });

  it.each(["HS256", "HS384", "HS512"])("signs with %s", (algorithm) => {
    const { content, signature } = split(signJwt({ algorithm, privateKey: "shared", header: {}, claims }));
    expect(
      createHmac(`sha${algorithm.slice(2)}`, "shared")
        .update(content)
        .digest(),
    ).toEqual(signature);
  });

  it("does not let a header change the algorithm", () => {
    const { texts } = split(
      signJwt({ algorithm: "HS256", privateKey: "s", header: { alg: "none" }, claims: {} }),
    );
    expect(texts[0]).toBe('{"typ":"JWT","alg":"HS256"}');
  });
});

describe("readPrivateKey", () => {
  it("takes line breaks that are written as \\n", () => {
    const pem = pemOf(rsa.privateKey).replaceAll("\n", "\\n");
    expect(readPrivateKey(pem, "RS256").asymmetricKeyType).toBe("rsa");
  });

  it("says what is wrong with a key without quoting it", () => {
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const faultOf = (pem: string, algorithm: string): string => {
      try {
        readPrivateKey(pem, algorithm);
        return "";
      } catch (error) {
        return (error as Error).message;
      }
    };
    expect([
      faultOf("not a key", "RS256"),
      faultOf(pemOf(privateKey), "RS256"),
      faultOf(pemOf(privateKey), "ES384"),
    ]).toEqual([
      "it is no private key in PEM form that can be read without a passphrase",
      "RS256 signs with an RSA key",
      "ES384 signs with a key on the curve secp384r1",
    ]);
  });
});
