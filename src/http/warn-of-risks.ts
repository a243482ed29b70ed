import { isIP } from "node:net";
import type { HttpContext, HttpRequest } from "./client.js";
import { isSensitiveName } from "./redact-url.js";
import type { SendParts } from "./send-with-retries.js";

/** Says once a run what exposes credentials or data: plain http to another machine, and certificates not checked. */
export function warnOfRisks(request: HttpRequest, { source, emit }: HttpContext, parts: SendParts): void {
  const { config, traffic } = parts;
  const { origin, hostname, protocol } = request.url;
  const warn = (message: string): void => {
    if (traffic.isNew(message)) emit({ event: "notice", level: "warning", source, message });
  };
  if (protocol === "https:" && config.tls?.insecure === true) {
    warn(
      `tls.insecure is set: the certificate of ${origin} is not checked, so anyone on the way can read and change what is sent`,
    );
  }
  if (protocol === "http:" && !isLoopback(hostname) && hasCredentials(request, parts)) {
    warn(`credentials go to ${origin} without encryption; use https if the API offers it`);
  }
}

function hasCredentials(request: HttpRequest, { authenticator, baseHeaders }: SendParts): boolean {
  if (authenticator !== undefined) return true;
  const names = [
    ...Object.keys(baseHeaders),
    ...Object.keys(request.headers),
    ...request.url.searchParams.keys(),
  ];
  return names.some((name) => /^cookie$/i.test(name) || isSensitiveName(name));
}

function isLoopback(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, "");
  if (isIP(host) === 4) return host.startsWith("127.");
  return host === "::1" || host === "localhost" || host.endsWith(".localhost");
}
