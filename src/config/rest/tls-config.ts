import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { createSecureContext } from "node:tls";
import type { TlsConfig } from "../../model/rest-config.js";
import type { ConfigPath } from "../config-path.js";
import { given, isGiven } from "../../shared/given.js";
import type { ClientInput } from "../schema/schema-client.js";
import type { SourceContext } from "../source-context.js";

/**
 * `tls` with its files read; paths start from the project's root, and PEM may stand in the configuration itself.
 * What cannot be read or used is added to the context's issues.
 */
export function resolveTls(
  input: NonNullable<ClientInput["tls"]>,
  path: ConfigPath,
  context: SourceContext,
): TlsConfig {
  const ca = readPem(input.ca, [...path, "ca"], context);
  const cert = readPem(input.cert, [...path, "cert"], context);
  const ownKey = readPem(input.key, [...path, "key"], context);
  // One file may hold both.
  const key = ownKey ?? (cert?.includes("PRIVATE KEY-----") === true ? cert : undefined);
  if (key !== undefined) context.redactor.add(key);
  if (ca !== undefined) checkAuthority(ca, [...path, "ca"], context);
  checkPair(input, { cert, key }, path, context);
  return { ...given({ ca, cert, key }), insecure: input.insecure ?? false };
}

function readPem(
  written: string | null | undefined,
  path: ConfigPath,
  context: SourceContext,
): string | undefined {
  if (written === undefined || written === null) return undefined;
  if (written.includes("-----BEGIN ")) return written;
  try {
    return readFileSync(resolve(context.root ?? ".", written), "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const reason = code === "ENOENT" ? "does not exist" : `cannot be read (${code ?? String(error)})`;
    context.issues.add(path, `the file ${written} ${reason}`, {
      hint: "name a file in PEM from the project's folder, or write the PEM text itself",
    });
    return undefined;
  }
}

function checkAuthority(pem: string, path: ConfigPath, context: SourceContext): void {
  try {
    new X509Certificate(pem);
  } catch {
    context.issues.add(path, "holds no certificate in PEM");
  }
}

function checkPair(
  input: NonNullable<ClientInput["tls"]>,
  { cert, key }: { readonly cert: string | undefined; readonly key: string | undefined },
  path: ConfigPath,
  context: SourceContext,
): void {
  if (isGiven(input.cert) !== isGiven(input.key) && (key === undefined || cert === undefined)) {
    const [there, missing] = isGiven(input.cert) ? ["cert", "key"] : ["key", "cert"];
    const isUnread = (there === "cert" ? cert : key) === undefined;
    if (!isUnread) context.issues.add([...path, there], `\`${there}\` needs \`${missing}\``);
    return;
  }
  if (cert === undefined || key === undefined) return;
  try {
    createSecureContext({ cert, key });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    context.issues.add([...path, "cert"], `\`cert\` and \`key\` cannot be used: ${reason}`);
  }
}
