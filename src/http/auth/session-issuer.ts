import type { SessionTokenConfig } from "../../model/auth-config.js";
import { mergeHeaders, readHeader } from "../merge-headers.js";
import { requestToken, takeToken, type TokenResponse } from "./request-token.js";
import { readMember, readSeconds } from "./token-answer.js";
import type { IssueToken } from "./token-cache.js";

/** Issues session tokens by logging in. */
export function issueByLogin(config: SessionTokenConfig): IssueToken {
  return async (requester) => {
    const { login, token, expiresInPath } = config;
    const type: Record<string, string> =
      login.contentType === undefined ? {} : { "Content-Type": login.contentType };
    const answer = await requestToken(
      {
        method: login.method,
        url: loginUrl(login.path, requester.baseUrl),
        headers: mergeHeaders(requester.headers, type, login.headers),
        ...(login.body === undefined ? {} : { body: login.body }),
      },
      requester,
      {
        refused: "Check the user and the password in login of auth.",
        address: "Check path and method in login of auth.",
      },
    );
    const value = takeToken(
      valueOf(token, answer),
      token.in === "body"
        ? { name: `a token at ${token.path}`, hint: "Check token_path of auth." }
        : { name: `the header ${token.name}`, hint: "Check token_header of auth." },
      answer,
      requester,
    );
    const said = expiresInPath === undefined ? undefined : readMember(answer.members, expiresInPath);
    return { value, expiresInMs: readSeconds(said) };
  };
}

function loginUrl(path: string, baseUrl: string): URL {
  if (URL.canParse(path)) return new URL(path);
  return new URL(path.replace(/^\/+/, ""), baseUrl.endsWith("/") ? baseUrl : `${baseUrl}/`);
}

function valueOf(token: SessionTokenConfig["token"], { members, response }: TokenResponse): unknown {
  if (token.in === "header") return readHeader(response.headers, token.name.toLowerCase());
  const found = token.path === "$" ? members[""] : readMember(members, token.path);
  return typeof found === "number" ? String(found) : found;
}
