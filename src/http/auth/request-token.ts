import { bothEnds } from "../../model/body.js";
import { AuthError, HttpStatusError, ResponseError } from "../../shared/errors.js";
import type { HttpRequest, HttpResponse } from "../client.js";
import { toServerText } from "../server-text.js";
import { readServerError, readTokenAnswer } from "./token-answer.js";
import type { TokenRequester } from "./token-requester.js";

/** What to do, should the server refuse. */
export interface TokenHints {
  readonly refused: string;
  /** For an answer that is none: a wrong address. */
  readonly address: string;
}

/** An answer that was no refusal, taken apart. */
export interface TokenResponse {
  readonly response: HttpResponse;
  readonly members: Readonly<Record<string, unknown>>;
  /** For messages: `POST https://… answered 200`. */
  readonly description: string;
}

const REFUSALS = [400, 401, 403];

/**
 * Sends one request for a token. Throws AuthError when the server refuses it (rule H4), and what the client throws
 * for everything else; no message holds anything of a 2xx, which may be a token.
 */
export async function requestToken(
  request: Omit<HttpRequest, "expectedStatuses" | "acceptBody" | "isAnswerSecret">,
  requester: TokenRequester,
  hints: TokenHints,
): Promise<TokenResponse> {
  const response = await send(request, requester, hints);
  const members = readTokenAnswer(response);
  const { status } = response;
  const url = requester.redactUrl(request.url);
  const description = `${request.method} ${url} answered ${String(status)}`;
  const said = readServerError(members);
  const isRefused = REFUSALS.includes(status);
  if (isRefused || (said !== undefined && members?.["error"] !== undefined && isBare(members))) {
    const text = toServerText(said ?? bothEnds(response.body), requester.redactor);
    throw new AuthError(
      `${description}${text === "" ? "" : `: ${text}`}`,
      status === 403 ? "permission" : "authentication",
      { hint: hints.refused, context: { status, url, method: request.method } },
    );
  }
  return { response, members: members ?? {}, description };
}

/** The token of an answer, known to the redactor from here on. Throws ResponseError when it is not there. */
export function takeToken(
  value: unknown,
  { name, hint }: { readonly name: string; readonly hint: string },
  { members, description }: TokenResponse,
  { redactor }: TokenRequester,
): string {
  if (typeof value === "string" && value !== "") {
    redactor.add(value);
    return value;
  }
  const keys = Object.keys(members).filter((key) => key !== "");
  const found = keys.length === 0 ? "it has no keys" : `its keys: ${keys.join(", ")}`;
  throw new ResponseError(`${description} without ${name}; ${toServerText(found, redactor)}`, { hint });
}

async function send(
  request: Parameters<typeof requestToken>[0],
  requester: TokenRequester,
  hints: TokenHints,
): Promise<HttpResponse> {
  try {
    return await requester.send(
      {
        ...request,
        expectedStatuses: REFUSALS,
        isAnswerSecret: true,
        acceptBody: (response) =>
          response.body.length === 0 || readTokenAnswer(response) !== undefined
            ? undefined
            : "it is neither JSON nor a form",
      },
      requester.context,
    );
  } catch (error) {
    if (!(error instanceof HttpStatusError)) throw error;
    const { context, cause } = error;
    throw new HttpStatusError(error.message, error.status, { hint: hints.address, context, cause });
  }
}

/** Some servers say 200 to what they refuse. */
function isBare(members: Readonly<Record<string, unknown>>): boolean {
  return !("access_token" in members) && Boolean(members["error"]);
}
