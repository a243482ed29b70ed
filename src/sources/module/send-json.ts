import { bothEnds } from "../../model/body.js";
import { checkBody } from "../../extract/formats/check-body.js";
import type { HttpRequest, HttpResponse } from "../../http/client.js";
import { readHeader } from "../../http/merge-headers.js";
import type { PageFacts } from "../../model/source.js";
import type { RequestScope } from "./request-scope.js";

/**
 * Sends a request for JSON and counts what came back for the resource that is being read. Bodies that cannot be JSON
 * are asked for again (rule D4). `stop` ends this request alone.
 */
export async function sendJson(
  request: HttpRequest,
  { client, context, reading }: RequestScope,
  stop?: AbortSignal,
): Promise<HttpResponse> {
  await reading?.beforeRequest();
  const acceptBody = (response: HttpResponse): string | undefined =>
    checkBody(bothEnds(response.body), readHeader(response.headers, "content-type"));
  const signal = stop === undefined ? context.signal : AbortSignal.any([context.signal, stop]);
  const response = await client.send({ ...request, acceptBody }, { ...context, signal });
  reading?.countPage(response.body.length);
  return response;
}

/** The facts of a response for messages; `number` is its place in a list of pages, from 1. */
export function describeResponse(
  response: HttpResponse,
  number: number,
  { client }: RequestScope,
): PageFacts {
  return {
    number,
    url: client.redactUrl(response.url),
    status: response.status,
    contentType: readHeader(response.headers, "content-type"),
  };
}
