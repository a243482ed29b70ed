import { describe, expect, it, onTestFinished } from "vitest";
import { createRestProject } from "../../support/rest-project.js";
import { sendJson, serve, type TestServer } from "../../support/serve.js";

async function startServer(): Promise<TestServer> {
  const server = await serve((_request, response) => {
    sendJson(response, [{ id: 1 }]);
  });
  onTestFinished(() => server.close());
  return server;
}

describe("environments", () => {
  it("choose URL, key and rate; without one the defaults of the file hold (002-27, 002-28)", async () => {
    const [development, production] = [await startServer(), await startServer()];
    await using project = await createRestProject(
      `base_url: "\${BASE_URL:-${development.url}}"
headers: {Authorization: "Bearer \${API_KEY:-dev-key}"}
rate_limit: "\${RATE:-20}"
paginator: single_page
resources: [users, orders]`,
      {
        files: {
          ".dlt/production.config.toml": `[sources.api]\nBASE_URL = "${production.url}"\nRATE = 5\n`,
          ".dlt/production.secrets.toml": '[sources.api]\nAPI_KEY = "prod-key"\n',
        },
      },
    );
    const sent = ({ requests }: TestServer): unknown[] =>
      requests.map(({ headers }) => headers.authorization);

    expect((await project.sync()).exitCode).toBe(0);
    expect([sent(development), sent(production)]).toEqual([["Bearer dev-key", "Bearer dev-key"], []]);
    expect(project.clock.sleeps).toEqual([50]);

    project.env = { DANGO_ENV: "production" };
    expect((await project.sync()).exitCode).toBe(0);
    expect([sent(development).length, sent(production)]).toEqual([2, ["Bearer prod-key", "Bearer prod-key"]]);
    expect(project.clock.sleeps).toEqual([50, 200]);

    project.env = { DANGO_ENV: "staging" };
    await expect(project.sync()).rejects.toThrow(
      "unknown environment `staging`: neither .dlt/staging.secrets.toml nor .dlt/staging.config.toml exists",
    );
  });
});
