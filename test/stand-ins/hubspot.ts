import { sendJson, serve, type TestServer } from "../support/serve.js";

/** A contact as the CRM search gives it. */
export interface HubSpotContact {
  readonly id: string;
  readonly properties: Readonly<Record<string, string | null>>;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly archived: boolean;
}

interface Search {
  readonly filterGroups: readonly { readonly filters: readonly { readonly value: string }[] }[];
  readonly after?: string;
}

/** The CRM search: POST, two contacts a page, `paging.next.after`. */
export async function startHubSpot(contacts: HubSpotContact[]): Promise<TestServer> {
  return serve((request, response) => {
    if (request.headers.authorization !== "Bearer pat-test-token") {
      sendJson(response, { status: "error", message: "Authentication credentials not found" }, 401);
      return;
    }
    if (request.method !== "POST" || request.url !== "/crm/v3/objects/contacts/search") {
      sendJson(response, { status: "error", message: "resource not found" }, 404);
      return;
    }
    const search = JSON.parse(request.body) as Search;
    const since = Number(search.filterGroups[0]?.filters[0]?.value);
    const matching = contacts.filter(({ updatedAt }) => Date.parse(updatedAt) >= since);
    const from = Number(search.after ?? "0");
    const after = String(from + 2);
    const next = from + 2 < matching.length ? { paging: { next: { after, link: `?after=${after}` } } } : {};
    sendJson(response, { total: matching.length, results: matching.slice(from, from + 2), ...next });
  });
}
