import { wholeBody } from "../../../model/body.js";
import { excerptOf } from "../../../extract/formats/excerpt.js";
import type { HttpClient, HttpContext, HttpRequest, HttpResponse } from "../../../http/client.js";
import { describePage } from "../../../http/describe-page.js";
import { AuthError, RateLimitError, ResponseError } from "../../../shared/errors.js";
import { findGraphqlErrors } from "./graphql-errors.js";

/**
 * Sends a GraphQL request. `errors` in the answer are an error even beside data: what is missing cannot be told from
 * what is not there. Throws ResponseError, or AuthError if their code is one of missing credentials or permission;
 * answers whose code is one of a rate limit are asked for again, at last a RateLimitError.
 */
export async function sendGraphql(
  client: HttpClient,
  request: HttpRequest,
  context: HttpContext,
): Promise<HttpResponse> {
  const last = { isThrottled: false };
  const acceptBody = (response: HttpResponse): string | undefined => {
    const errors = findGraphqlErrors(wholeBody(response.body));
    last.isThrottled = errors?.kind === "throttled";
    return errors?.kind === "throttled" ? `a rate limit: ${errors.text}` : request.acceptBody?.(response);
  };
  let response: HttpResponse;
  try {
    response = await client.send({ ...request, acceptBody }, context);
  } catch (error) {
    if (!last.isThrottled || !(error instanceof ResponseError)) throw error;
    const hint = "Set rate_limit to stay below the API's limit, ask for smaller pages, or sync again later.";
    throw new RateLimitError(error.message, { hint, context: error.context, cause: error });
  }
  if (response.isIgnored === true) return response;
  const errors = findGraphqlErrors(wholeBody(response.body));
  if (errors === undefined) return response;
  const url = client.redactUrl(response.url);
  const message = `${describePage(request.page, excerptOf)}${request.method} ${url} answered ${String(response.status)} with GraphQL errors: ${errors.text}`;
  const facts = { status: response.status, url, method: request.method };
  switch (errors.kind) {
    case "unauthenticated":
      throw new AuthError(message, "authentication", {
        hint: "The API did not accept the credentials; check the secret behind auth or the Authorization header.",
        context: facts,
      });
    case "forbidden":
      throw new AuthError(message, "permission", {
        hint: "The credentials lack the permission for this; grant it, or take the field out of the query.",
        context: facts,
      });
    default:
      throw new ResponseError(message, {
        hint: "The API refused the query, or a part of it; nothing of a page with errors is loaded.",
        context: facts,
      });
  }
}
