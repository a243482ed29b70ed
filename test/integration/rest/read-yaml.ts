import { readRest, type RestReading, type RestScenario } from "../../support/read-rest.js";
import { readResource } from "../config/support.js";

/** Reads one resource as sources.yml would have it, `base_url` excepted, over real HTTP. */
export async function readYaml(
  baseUrl: string,
  resource: string,
  scenario: Partial<RestScenario> = {},
): Promise<RestReading> {
  const { endpoint, options, client } = await readResource(resource);
  return readRest({ endpoint, options, ...scenario, baseUrl, client: { ...client, baseUrl } });
}
