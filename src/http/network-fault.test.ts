import { expect, it } from "vitest";
import { describeFault } from "./describe-fault.js";
import { classifyNetworkError } from "./network-fault.js";

const withCode = (code: string, facts: object = {}): Error =>
  Object.assign(new Error("said so"), { code, ...facts });

it.each([
  ["UND_ERR_CONNECT_TIMEOUT", "connect_timeout"],
  ["ETIMEDOUT", "connect_timeout"],
  ["UND_ERR_HEADERS_TIMEOUT", "answer_timeout"],
  ["UND_ERR_BODY_TIMEOUT", "body_timeout"],
  ["ENOTFOUND", "dns"],
  ["EAI_AGAIN", "dns"],
  ["ECONNREFUSED", "refused"],
  ["EHOSTUNREACH", "unreachable"],
  ["ECONNRESET", "reset"],
  ["UND_ERR_SOCKET", "reset"],
  ["DEPTH_ZERO_SELF_SIGNED_CERT", "tls"],
  ["SELF_SIGNED_CERT_IN_CHAIN", "tls"],
  ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "tls"],
  ["UNABLE_TO_GET_ISSUER_CERT_LOCALLY", "tls"],
  ["CERT_HAS_EXPIRED", "tls"],
  ["ERR_TLS_CERT_ALTNAME_INVALID", "tls"],
  ["ERR_SSL_WRONG_VERSION_NUMBER", "tls"],
  ["UND_ERR_INVALID_ARG", "invalid_request"],
  ["SOMETHING_NEW", "unknown"],
])("%s is %s", (code, kind) => {
  expect(classifyNetworkError(withCode(code), "head").kind).toBe(kind);
});

it("D4: a connection that breaks within the body cuts it short", () => {
  expect(classifyNetworkError(withCode("ECONNRESET"), "body").kind).toBe("cut_short");
});

it("shows OpenSSL's reason rather than its message", () => {
  const error = withCode("ERR_SSL_WRONG_VERSION_NUMBER", { reason: "wrong version number" });
  expect(classifyNetworkError(error, "head").detail).toBe(
    "ERR_SSL_WRONG_VERSION_NUMBER: wrong version number",
  );
  expect(classifyNetworkError(withCode("CERT_HAS_EXPIRED"), "head").detail).toBe("CERT_HAS_EXPIRED: said so");
});

it("takes what is no Error for an unknown fault", () => {
  expect(classifyNetworkError("boom", "head")).toEqual({ kind: "unknown", detail: "", cause: "boom" });
});

it("tells every fault in words of its own", () => {
  const kinds = [
    "connect_timeout",
    "answer_timeout",
    "body_timeout",
    "slow_body",
    "dns",
    "tls",
    "refused",
    "unreachable",
    "reset",
    "cut_short",
    "proxy",
    "protocol",
    "corrupt_body",
  ] as const;
  const place = { host: "api.test:8080", timeoutMs: 30_000 };
  const texts = kinds.map((kind) => describeFault({ kind, detail: "X" }, place).text);
  expect(texts).toEqual([
    "timed out: no connection to api.test:8080 within 30 s",
    "timed out: no answer within 30 s",
    "timed out: the body paused for more than 30 s",
    "timed out: the body brought less than 1 KiB in 60 s",
    "failed: the host name api.test:8080 could not be resolved (X)",
    "failed: no secure connection to api.test:8080 (X)",
    "failed: api.test:8080 refused the connection",
    "failed: api.test:8080 cannot be reached (X)",
    "failed: the connection was closed before an answer came",
    "failed: the body was cut short",
    "failed: X",
    "failed: the answer is not valid HTTP (X)",
    "failed: the body is not valid X",
  ]);
});
