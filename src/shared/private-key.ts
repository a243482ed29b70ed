import { createPrivateKey, type KeyObject } from "node:crypto";

const CURVES: Readonly<Record<string, string>> = {
  ES256: "prime256v1",
  ES384: "secp384r1",
  ES512: "secp521r1",
};

/**
 * The key of a PEM that is to sign with `algorithm` (`RS256`, `ES384`, …); line breaks may be written as `\n`, as in
 * environment variables. Throws Error that says why not, without quoting the key.
 */
export function readPrivateKey(pem: string, algorithm: string): KeyObject {
  const key = parse(pem.replaceAll("\\n", "\n"));
  const isRsa = key.asymmetricKeyType === "rsa";
  const curve = CURVES[algorithm];
  if (curve === undefined && !isRsa) throw new Error(`${algorithm} signs with an RSA key`);
  if (curve !== undefined && key.asymmetricKeyDetails?.namedCurve !== curve) {
    throw new Error(`${algorithm} signs with a key on the curve ${curve}`);
  }
  return key;
}

function parse(pem: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch {
    // What OpenSSL says is of no help, and may quote.
    throw new Error("it is no private key in PEM form that can be read without a passphrase");
  }
}
