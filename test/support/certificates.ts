import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A certificate and its private key, in PEM. */
export interface Pair {
  readonly cert: string;
  readonly key: string;
}

/** Certificates made for one test file by the `openssl` program; none of them is trusted by anyone. */
export interface Certificates {
  /** An authority of its own, which signed all below but `selfSigned`. */
  readonly authority: Pair;
  /** For 127.0.0.1. */
  readonly server: Pair;
  /** For api.example.com. */
  readonly otherHost: Pair;
  /** For 127.0.0.1, ended yesterday. */
  readonly expired: Pair;
  readonly selfSigned: Pair;
  readonly client: Pair;
}

/** False, with a notice, where there is no `openssl` program: tests that need certificates are skipped then. */
export const canMakeCertificates: boolean = isOpensslThere();

function isOpensslThere(): boolean {
  const isThere = spawnSync("openssl", ["version"], { stdio: "ignore" }).status === 0;
  if (!isThere) {
    process.stderr.write("notice: there is no `openssl` program, so tests of certificates are skipped\n");
  }
  return isThere;
}

/** Makes new keys and certificates, in a folder that is removed at once. */
export function makeCertificates(): Certificates {
  const folder = mkdtempSync(join(tmpdir(), "dango-tls-"));
  const file = (name: string): string => join(folder, name);
  const openssl = (...parameters: string[]): void => {
    execFileSync("openssl", parameters, { cwd: folder, stdio: "pipe" });
  };
  const read = (name: string): Pair => ({
    cert: readFileSync(file(`${name}.crt`), "utf8"),
    key: readFileSync(file(`${name}.key`), "utf8"),
  });
  const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  const selfSign = (name: string, subject: string, names: string): Pair => {
    const extension = ["-addext", names];
    openssl(
      "req",
      "-x509",
      ...newKey,
      "-keyout",
      `${name}.key`,
      "-out",
      `${name}.crt`,
      "-days",
      "2",
      "-subj",
      subject,
      ...extension,
    );
    return read(name);
  };
  const sign = (name: string, names: string, days = "2"): Pair => {
    openssl("req", ...newKey, "-keyout", `${name}.key`, "-out", `${name}.csr`, "-subj", `/CN=${name}`);
    writeFileSync(file(`${name}.ext`), names);
    openssl(
      "x509",
      "-req",
      "-in",
      `${name}.csr`,
      "-CA",
      "authority.crt",
      "-CAkey",
      "authority.key",
      "-CAcreateserial",
      "-out",
      `${name}.crt`,
      "-days",
      days,
      "-extfile",
      `${name}.ext`,
    );
    return read(name);
  };
  try {
    return {
      authority: selfSign("authority", "/CN=authority", "basicConstraints=critical,CA:TRUE"),
      server: sign("server", "subjectAltName=IP:127.0.0.1"),
      otherHost: sign("other", "subjectAltName=DNS:api.example.com"),
      expired: sign("expired", "subjectAltName=IP:127.0.0.1", "-1"),
      selfSigned: selfSign("self", "/CN=self", "subjectAltName=IP:127.0.0.1"),
      client: sign("client", "extendedKeyUsage=clientAuth"),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
