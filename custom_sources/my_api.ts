import { config, defineSource, paginators, resource, RestClient, secret } from "dango";

interface User {
  id: number;
  name: string;
}

interface Order {
  id: number;
  updated_at: string;
}

/**
 * A source in TypeScript: users are replaced on every sync, orders are merged by id and read from where the last sync
 * ended. `api_key` comes from .dlt/secrets.toml, `base_url` from sources.yml.
 */
export const my_api_source = defineSource(
  { api_key: secret(), base_url: config("http://127.0.0.1:8787") },
  ({ api_key, base_url }) => {
    const api = new RestClient({ baseUrl: base_url, auth: { type: "bearer", token: api_key } });

    const users = resource({ name: "users", writeDisposition: "replace" }, async function* () {
      const body = await api.get<{ data: User[] }>("/bearer/page/users", { params: { per_page: 1000 } });
      yield body.data;
    });

    const orders = resource(
      {
        name: "orders",
        writeDisposition: "merge",
        primaryKey: "id",
        incremental: { cursorPath: "updated_at", initialValue: "2024-01-01T00:00:00Z" },
      },
      async function* ({ incremental }) {
        yield* api.paginate<Order>("/bearer/next/orders", {
          params: { updated_after: incremental.startValue, limit: 200 },
          paginator: paginators.jsonLink({ nextUrlPath: "next_page_url" }),
          dataSelector: "data",
        });
      },
    );
    return [users, orders];
  },
);
