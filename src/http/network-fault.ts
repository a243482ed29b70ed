/** Why an exchange brought no usable answer. */
export interface NetworkFault {
  readonly kind:
    | "connect_timeout"
    | "answer_timeout"
    | "body_timeout"
    | "slow_body"
    | "dns"
    | "tls"
    | "refused"
    | "unreachable"
    | "reset"
    | "cut_short"
    | "proxy"
    | "protocol"
    | "corrupt_body"
    /** Refused before it was sent: a header that HTTP does not allow. Final. */
    | "invalid_request"
    | "unknown";
  /** The machine's word for it, such as `ECONNREFUSED`, or the name of an encoding. */
  readonly detail: string;
  readonly cause?: unknown;
}

const KINDS: Readonly<Record<string, NetworkFault["kind"]>> = {
  UND_ERR_CONNECT_TIMEOUT: "connect_timeout",
  ETIMEDOUT: "connect_timeout",
  UND_ERR_HEADERS_TIMEOUT: "answer_timeout",
  UND_ERR_BODY_TIMEOUT: "body_timeout",
  ENOTFOUND: "dns",
  EAI_AGAIN: "dns",
  EAI_FAIL: "dns",
  EAI_NODATA: "dns",
  ECONNREFUSED: "refused",
  EHOSTUNREACH: "unreachable",
  ENETUNREACH: "unreachable",
  EADDRNOTAVAIL: "unreachable",
  ECONNRESET: "reset",
  ECONNABORTED: "reset",
  EPIPE: "reset",
  UND_ERR_SOCKET: "reset",
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: "reset",
  UND_ERR_HEADERS_OVERFLOW: "protocol",
  UND_ERR_PRX_TLS: "proxy",
  EPROTO: "tls",
  UND_ERR_INVALID_ARG: "invalid_request",
  UND_ERR_NOT_SUPPORTED: "invalid_request",
};

/** OpenSSL's names for a certificate that is not accepted. */
const CERTIFICATE = /CERT|SELF_SIGNED|^UNABLE_TO_|HOSTNAME_MISMATCH|^CRL_|^INVALID_CA$|^INVALID_PURPOSE$/;

/** Tells the failures of a connection apart by their code; `phase` says how far the exchange had come. */
export function classifyNetworkError(error: unknown, phase: "head" | "body"): NetworkFault {
  const code = readText(error, "code");
  const message = readText(error, "message");
  if (message.startsWith("Proxy ")) return { kind: "proxy", detail: message, cause: error };
  if (readText(error, "name") === "HTTPParserError") return { kind: "protocol", detail: code, cause: error };
  const kind = KINDS[code] ?? kindByFamily(code);
  if (kind === "reset" && phase === "body") return { kind: "cut_short", detail: code, cause: error };
  if (kind === "tls") return { kind, detail: describeTls(error, code, message), cause: error };
  return { kind, detail: kind === "unknown" || kind === "invalid_request" ? message : code, cause: error };
}

function kindByFamily(code: string): NetworkFault["kind"] {
  if (code.startsWith("ERR_TLS_") || code.startsWith("ERR_SSL_") || CERTIFICATE.test(code)) return "tls";
  return "unknown";
}

/** OpenSSL's `reason` is short; its `message` of a protocol error names source files of its own. */
function describeTls(error: unknown, code: string, message: string): string {
  const reason = readText(error, "reason");
  if (reason !== "") return `${code}: ${reason}`;
  return code === "EPROTO" || message === "" ? code : `${code}: ${message}`;
}

function readText(error: unknown, key: string): string {
  const value: unknown = typeof error === "object" && error !== null ? Reflect.get(error, key) : undefined;
  return typeof value === "string" ? value : "";
}
