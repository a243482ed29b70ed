import { onTestFinished } from "vitest";
import type { CursorState } from "../../../src/model/state.js";
import { createWarehouse } from "../../../src/warehouse/warehouse.js";
import { createRestProject, type ProjectStart, type RestProject } from "../../support/rest-project.js";
import { sendJson, serve, type ReceivedRequest } from "../../support/serve.js";

/** What an API answers: a JSON value; a number is a status. */
export type Answer = (url: URL, request: ReceivedRequest) => unknown;

/** An API with the project that syncs it. */
export interface IncrementalProject extends RestProject {
  readonly url: string;
  readonly requests: readonly ReceivedRequest[];
  /** The URLs requested since this was asked last, decoded. */
  asked(): string[];
  /** Syncs, which must succeed, and gives the URLs that were requested for it. */
  syncAsked(): Promise<string[]>;
  /** The cursors stored for a resource. */
  cursors(resource: string): Promise<Readonly<Record<string, CursorState>> | undefined>;
}

/** Starts an API on loopback and a project whose source `api` has these resources; both end with the test. */
export async function startApi(
  resources: string,
  answer: Answer,
  start: ProjectStart = {},
): Promise<IncrementalProject> {
  const server = await serve((request, response) => {
    const body = answer(new URL(request.url, "http://api.test"), request);
    if (typeof body === "number") sendJson(response, { message: "told to fail" }, body);
    else if (body instanceof Buffer)
      response.writeHead(200, { "content-type": "application/json" }).end(body);
    else sendJson(response, body);
  });
  const project = await createRestProject(
    `base_url: ${server.url}\npaginator: single_page\nresources:\n${resources.trim()}`,
    start,
  );
  onTestFinished(async () => {
    await project[Symbol.asyncDispose]();
    await server.close();
  });
  let seen = 0;
  const asked = (): string[] => {
    const urls = server.requests.slice(seen).map(({ url }) => decodeURIComponent(url));
    seen = server.requests.length;
    return urls;
  };
  return Object.assign(project, {
    url: server.url,
    requests: server.requests,
    asked,
    syncAsked: async () => {
      const { exitCode, resources: reports, error } = await project.sync();
      if (exitCode !== 0)
        throw new Error(JSON.stringify([error, ...reports.map((one) => [one.name, one.error])]));
      return asked();
    },
    cursors: async (resource: string) => {
      const snapshot = await createWarehouse({ clock: project.clock }).readSnapshot(
        {
          path: `${project.root}/data/warehouse.duckdb`,
          dataset: "raw_api",
          pipeline: "api",
          schema: "api",
          tempDirectory: project.root,
          lockWaitMs: 0,
        },
        new AbortController().signal,
      );
      return snapshot.state.resources[resource]?.incremental;
    },
  });
}
