import { config, defineSource, paginators, resource, RestClient, secret } from "dango";

interface Contact {
  id: string;
  properties: Record<string, string | null>;
  createdAt: string;
  updatedAt: string;
}

/**
 * HubSpot contacts: everything on the first sync, then what was modified since. `api_key` (a private app's token)
 * comes from `[sources.hubspot_contacts_source]` in .dlt/secrets.toml.
 *
 * HubSpot's search answers for at most 10,000 contacts a query; more modified ones than that need a later
 * `initialValue` or narrower filters.
 */
export const hubspot_contacts_source = defineSource(
  { api_key: secret(), base_url: config("https://api.hubapi.com") },
  ({ api_key, base_url }) => {
    const api = new RestClient({
      baseUrl: base_url,
      auth: { type: "bearer", token: api_key },
      rateLimit: 5,
    });

    return resource(
      {
        name: "contacts",
        writeDisposition: "merge",
        primaryKey: "id",
        // The field as it is yielded below, and a first value of the same kind: ISO 8601 text.
        incremental: { cursorPath: "updated_at", initialValue: "2000-01-01T00:00:00Z" },
      },
      async function* ({ incremental }) {
        const modifiedSince = String(Date.parse(incremental.startValue));
        const pages = api.paginate<Contact>("/crm/v3/objects/contacts/search", {
          method: "POST",
          json: {
            limit: 100,
            properties: ["email", "firstname", "lastname", "company", "phone"],
            filterGroups: [
              { filters: [{ propertyName: "lastmodifieddate", operator: "GTE", value: modifiedSince }] },
            ],
            sorts: [{ propertyName: "lastmodifieddate", direction: "ASCENDING" }],
          },
          paginator: paginators.cursor({ cursorPath: "paging.next.after", cursorBodyPath: "after" }),
          dataSelector: "results",
        });
        for await (const contacts of pages) {
          yield contacts.map(({ id, properties, createdAt, updatedAt }) => ({
            id,
            email: properties["email"],
            first_name: properties["firstname"],
            last_name: properties["lastname"],
            company: properties["company"],
            phone: properties["phone"],
            created_at: createdAt,
            updated_at: updatedAt,
          }));
        }
      },
    );
  },
);
