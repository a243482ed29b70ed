import type { AuthConfig } from "../../model/auth-config.js";
import { mergeHeaders, readHeader } from "../merge-headers.js";
import { withParameter } from "../url-parameter.js";
import type { Authenticator, OutgoingRequest } from "./authenticator.js";

/** Sends what stands in the configuration, the same with every request. */
export function createStaticAuthenticator(
  auth: Extract<AuthConfig, { type: "bearer" | "http_basic" | "api_key" }>,
): Authenticator {
  switch (auth.type) {
    case "bearer":
      return headerAuthenticator("Authorization", `Bearer ${auth.token}`);
    case "http_basic":
      return headerAuthenticator("Authorization", `Basic ${encodePair(auth.username, auth.password)}`);
    case "api_key":
      return apiKeyAuthenticator(auth);
    default:
      return auth satisfies never;
  }
}

function apiKeyAuthenticator(auth: AuthConfig & { type: "api_key" }): Authenticator {
  switch (auth.location) {
    case "header":
      return headerAuthenticator(auth.name, auth.apiKey);
    case "cookie":
      return { secretParameters: [], apply: (request) => withCookie(request, auth.name, auth.apiKey) };
    case "query":
      return {
        secretParameters: [auth.name],
        apply: (request) => ({ ...request, url: withParameter(request.url, auth.name, auth.apiKey) }),
      };
    default:
      return auth.location satisfies never;
  }
}

function headerAuthenticator(name: string, value: string): Authenticator {
  return {
    secretParameters: [],
    apply: (request) => ({ ...request, headers: mergeHeaders(request.headers, { [name]: value }) }),
  };
}

function withCookie(request: OutgoingRequest, name: string, value: string): OutgoingRequest {
  const lowerCase = Object.fromEntries(
    Object.entries(request.headers).map(([key, text]) => [key.toLowerCase(), text]),
  );
  const others = readHeader(lowerCase, "cookie");
  const own = `${name}=${value}`;
  const cookie = others === undefined || others === "" ? own : `${others}; ${own}`;
  return { ...request, headers: mergeHeaders(request.headers, { Cookie: cookie }) };
}

/** RFC 7617 with charset UTF-8. */
function encodePair(username: string, password: string): string {
  return Buffer.from(`${username}:${password}`, "utf8").toString("base64");
}
