import { describe, expect, it } from "vitest";
import { headerLink } from "../../../../test/support/paginator-configs.js";
import { idRows, runPaginator, type PageAnswer } from "../../../../test/support/run-paginator.js";
import { createHeaderLinkPaginator } from "./header-link-paginator.js";

const page = (link: string): PageAnswer => ({ body: idRows(1, 2), headers: link === "" ? {} : { link } });

function run(
  config: Parameters<typeof headerLink>[0],
  answers: PageAnswer[],
): ReturnType<typeof runPaginator> {
  return runPaginator(createHeaderLinkPaginator(headerLink(config)), answers);
}

describe("header_link", () => {
  it("follows rel=next until there is none", () => {
    const answers = [
      page('<https://api.test/items?page=2>; rel="next", </items?page=9>; rel="last"'),
      page(""),
    ];
    expect(run({}, answers)).toEqual({
      requests: ["/items", "/items?page=2"],
      outcome: "end: no Link header with rel=next",
      notices: [],
    });
  });

  it("follows another relation if told", () => {
    expect(run({ linksNextKey: "older" }, [page("</items?before=5>; rel=older")]).requests).toEqual([
      "/items",
      "/items?before=5",
    ]);
  });

  it("P13: no Link header on page 1 is an error where another sign of more is", () => {
    const answers = [{ body: idRows(1, 2), headers: { "x-total-count": "5" } }];
    expect(run({}, answers).outcome).toBe(
      "stuck: the declared Link header with rel=next is missing, yet more pages seem to follow: header x-total-count is 5, above the 2 rows received",
    );
    expect(run({ onMissingPath: "end" }, answers).outcome).toBe("end: no Link header with rel=next");
  });
});
