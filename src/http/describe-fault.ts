import type { NetworkFault } from "./network-fault.js";
import { slowWindowMs } from "./limits/slow-window.js";

/** A fault in words. `text` follows `GET <url>` in a message. */
export interface FaultDescription {
  readonly text: string;
  readonly hint: string;
  readonly type: "timeout" | "connection";
}

/** What a description names. */
export interface FaultPlace {
  /** Host and port, as in the URL. */
  readonly host: string;
  readonly timeoutMs: number;
}

const LATER = "Sync again later; if it happens again and again, ask the API's operator.";
const SLOW = "Raise timeout if the API is known to be slow, ask for smaller pages, or sync again later.";

/** Words for each fault, all different, with what to do about it. */
export function describeFault(fault: NetworkFault, { host, timeoutMs }: FaultPlace): FaultDescription {
  const patience = `${String(timeoutMs / 1000)} s`;
  const timeout = (text: string): FaultDescription => ({
    text: `timed out: ${text}`,
    hint: SLOW,
    type: "timeout",
  });
  const connection = (text: string, hint: string): FaultDescription => ({
    text: `failed: ${text}`,
    hint,
    type: "connection",
  });
  switch (fault.kind) {
    case "connect_timeout":
      return timeout(`no connection to ${host} within ${patience}`);
    case "answer_timeout":
      return timeout(`no answer within ${patience}`);
    case "body_timeout":
      return timeout(`the body paused for more than ${patience}`);
    case "slow_body":
      return timeout(`the body brought less than 1 KiB in ${String(slowWindowMs(timeoutMs) / 1000)} s`);
    case "dns":
      return connection(
        `the host name ${host} could not be resolved (${fault.detail})`,
        "Check the spelling of base_url, and this machine's network and DNS.",
      );
    case "tls":
      return connection(`no secure connection to ${host} (${fault.detail})`, hintForTls(fault.detail));
    case "refused":
      return connection(
        `${host} refused the connection`,
        "Check host and port of base_url, and that the server is running.",
      );
    case "unreachable":
      return connection(`${host} cannot be reached (${fault.detail})`, "Check this machine's network.");
    case "reset":
      return connection("the connection was closed before an answer came", LATER);
    case "cut_short":
      return connection("the body was cut short", LATER);
    case "proxy":
      return connection(fault.detail, "Check proxy, or the variables HTTP_PROXY, HTTPS_PROXY and NO_PROXY.");
    case "protocol":
      return connection(
        `the answer is not valid HTTP${fault.detail === "" ? "" : ` (${fault.detail})`}`,
        "Check scheme and port of base_url: this may not be a web server.",
      );
    case "corrupt_body":
      return connection(`the body is not valid ${fault.detail}`, LATER);
    case "invalid_request":
    case "unknown":
      return connection(fault.detail === "" ? "the connection broke" : fault.detail, LATER);
    default:
      return fault.kind satisfies never;
  }
}

function hintForTls(detail: string): string {
  if (detail.startsWith("CERT_HAS_EXPIRED")) {
    return "The server's certificate has expired: its operator must renew it. Check this machine's clock too.";
  }
  if (detail.includes("ALTNAME_INVALID")) {
    return "The certificate belongs to another host: check the host of base_url.";
  }
  if (/SELF_SIGNED|UNABLE_TO_/.test(detail)) {
    return "The certificate is of no authority that is known here: name the authority's own one as tls.ca.";
  }
  return "Check that the server speaks https on this port, and what certificates it asks for (tls.cert and tls.key).";
}
