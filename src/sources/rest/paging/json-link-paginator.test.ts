import { describe, expect, it } from "vitest";
import { jsonLink } from "../../../../test/support/paginator-configs.js";
import { idRows, runPaginator, type PageAnswer } from "../../../../test/support/run-paginator.js";
import { createJsonLinkPaginator } from "./json-link-paginator.js";

const page = (data: unknown[], rest: object = {}): PageAnswer => ({ body: { data, ...rest } });

function run(config: Parameters<typeof jsonLink>[0], answers: PageAnswer[]): ReturnType<typeof runPaginator> {
  return runPaginator(createJsonLinkPaginator(jsonLink(config)), answers, { params: { z: 1 } });
}

describe("json_link", () => {
  it("follows absolute and relative links; the request's own params are cleared", () => {
    const answers = [
      page(idRows(1, 1), { next: "https://api.test/items?p=2" }),
      page(idRows(2, 2), { next: "?p=3" }),
      page(idRows(3, 3), { next: "/more/4" }),
      page(idRows(4, 4), { next: null }),
    ];
    expect(run({}, answers)).toEqual({
      requests: ["/items?z=1", "/items?p=2", "/items?p=3", "/more/4"],
      outcome: "end: no next",
      notices: [],
    });
  });

  it("ends at an empty string", () => {
    expect(run({}, [page(idRows(1, 1), { next: "" })]).outcome).toBe("end: no next");
  });

  it.each([
    ["@odata.nextLink", { "@odata.nextLink": "?p=2" }],
    ["['@odata.nextLink']", { "@odata.nextLink": "?p=2" }],
    ["$.links[0].href", { links: [{ href: "?p=2" }] }],
    [
      "links[?(@.rel=='next')].href",
      {
        links: [
          { rel: "self", href: "?p=1" },
          { rel: "next", href: "?p=2" },
        ],
      },
    ],
  ])("finds the link at %s", (nextUrlPath, rest) => {
    expect(run({ nextUrlPath }, [page(idRows(1, 1), rest)]).requests).toEqual(["/items?z=1", "/items?p=2"]);
  });

  it("P5: has_more true without a link is an error", () => {
    expect(run({ hasMorePath: "more" }, [page(idRows(1, 1), { next: null, more: true })]).outcome).toBe(
      "stuck: more promises more, but there is no link (next) to ask for it with",
    );
  });

  it("P13: a link path that is missing on page 1 is an error where another sign of more is", () => {
    expect(run({}, [page(idRows(1, 2), { total: 250 })]).outcome).toBe(
      'stuck: the declared next_url_path "next" is missing, yet more pages seem to follow: total is 250, above the 2 rows received',
    );
  });

  it("refuses what is no URL", () => {
    expect(run({}, [page(idRows(1, 1), { next: 2 })])).toMatchObject({
      outcome: 'stuck: next_url_path "next" holds 2, which is no URL',
      hint: "Let next_url_path name a URL; for a token, use the cursor paginator.",
    });
  });
});
