import { wholeBody } from "../../model/body.js";
import type { HttpResponse } from "../../http/client.js";
import { parseLossless } from "../../json/parse-lossless.js";
import type { ApiResponse } from "./response-function.js";

/** An answer as functions of custom slots see it. */
export function toApiResponse(
  response: Pick<HttpResponse, "status" | "headers" | "url" | "body">,
): ApiResponse {
  const { status, headers, url } = response;
  const body = wholeBody(response.body);
  const given = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, typeof value === "string" ? value : value.join(", ")] as const],
  );
  return {
    status,
    headers: Object.fromEntries(given),
    url: url.href,
    text: body.toString("utf8"),
    json: () => {
      // Checked first: the lossless parser takes the bytes for JSON.
      JSON.parse(body.toString("utf8"));
      return parseLossless(body, 0, body.length);
    },
  };
}
