import { recordLimitsOf } from "../../../model/record-limits.js";
import type { RestResourceConfig } from "../../../model/rest-config.js";
import type { Resource } from "../../../model/source.js";
import { stringifyRecord } from "../../../json/write-lossless.js";

/** A resource whose records stand in the configuration: read like those of a response, without a request. */
export function createGivenResource(
  { options, client, selected }: Pick<RestResourceConfig, "options" | "client" | "selected">,
  records: readonly unknown[],
): Resource {
  return {
    options,
    ...recordLimitsOf(client),
    isSelected: selected,
    async read(context) {
      const body = Buffer.from(stringifyRecord(records));
      const pick = { selector: undefined, emptyWhenMissing: false, chosen: undefined, singleEntity: false };
      const page = { number: 1, url: "sources.yml", status: 200, contentType: "application/json" };
      await context.records.writeBody(body, pick, page);
      return { paginator: null };
    },
    describeFirstRequest: () => Promise.resolve(undefined),
  };
}
