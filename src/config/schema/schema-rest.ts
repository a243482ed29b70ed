import { z } from "zod";
import { clientKeys, clientOverrides } from "./schema-client.js";
import { endpointKeys } from "./schema-endpoint.js";
import { strict, text } from "./schema-kit.js";
import { resourceKeys } from "./schema-resource.js";

/** What may stand in `resource_defaults`. */
export const resourceDefaultsSchema = strict({
  ...endpointKeys,
  ...clientOverrides,
  ...resourceKeys,
  endpoint: strict(endpointKeys).nullish(),
});

/** One resource in its long form. */
export const resourceSchema = strict({
  name: text,
  ...endpointKeys,
  ...clientOverrides,
  ...resourceKeys,
  records: z.array(z.unknown()).min(1).nullish(),
  endpoint: z.union([text, strict(endpointKeys)]).nullish(),
});

/** The block's own keys; its parts are checked one by one, so that a fault in one hides none in another. */
export const restBlockSchema = strict({
  ...clientKeys,
  client: z.unknown().optional(),
  resource_defaults: z.unknown().optional(),
  resources: z.array(z.unknown()).nullish(),
  endpoints: z.array(z.unknown()).nullish(),
});

export type ResourceInput = z.infer<typeof resourceSchema>;
export type ResourceDefaultsInput = z.infer<typeof resourceDefaultsSchema>;
export type RestBlockInput = z.infer<typeof restBlockSchema>;
