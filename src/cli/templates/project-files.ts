/** One file that `dango init` writes. */
export interface ProjectFile {
  /** Relative to the project's root. */
  readonly path: string;
  readonly text: string;
  /** Default 0644. */
  readonly mode?: number;
}

const SOURCES = `# What to sync. \`dango validate\` checks this file, \`dango sync\` carries it out.
version: 1
sources:
  # A REST API, declared: no code.
  - name: shop
    type: rest_api
    rest_api:
      base_url: "\${SAMPLE_API_URL:-http://127.0.0.1:8787}"
      headers:
        Authorization: "Bearer \${SHOP_TOKEN}"
      resources:
        - name: users
          endpoint: /bearer/page/users
          params: { per_page: 50 }
          pagination: { type: page_number, param: page, start: 1 }
        - name: orders
          endpoint: /bearer/next/orders
          params: { limit: 200 }
          paginator: { type: json_link, next_url_path: next_page_url }
          primary_key: id
          incremental:
            cursor_path: updated_at
            initial_value: "2024-01-01T00:00:00Z"
            start_param: updated_after

  # The same API, read by a TypeScript module: custom_sources/my_api.ts
  - name: my_custom_api
    type: dlt_native
    dlt_native:
      source_module: custom_sources.my_api
      source_name: my_api_source
      args: { base_url: "\${SAMPLE_API_URL:-http://127.0.0.1:8787}" }
`;

const SECRETS = `# Credentials: in a project of your own .gitignore keeps this file out of git. These are the bundled sample API's.
[sources.rest_api]
SHOP_TOKEN = "demo-token"

[sources.my_api_source]
api_key = "demo-token"
`;

const MODULE = `import { config, defineSource, paginators, resource, RestClient, secret } from "dango";

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
 * ended. \`api_key\` comes from .dlt/secrets.toml, \`base_url\` from sources.yml.
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
`;

const GITIGNORE = `.dlt/secrets.toml
.dlt/*.secrets.toml
.dlt/.*.tmp
.dlt/pipelines/
.dango/logs/
.dango/cache/
data/
`;

/** Everything that `dango init` writes: an example that \`dango demo\` runs. */
export const PROJECT_FILES: readonly ProjectFile[] = [
  { path: ".dango/sources.yml", text: SOURCES },
  { path: ".dlt/secrets.toml", text: SECRETS, mode: 0o600 },
  { path: "custom_sources/my_api.ts", text: MODULE },
  { path: ".gitignore", text: GITIGNORE },
];
