import { z } from "zod";
import { BODY_FORMATS } from "../../model/body-format.js";
import { strict, text } from "./schema-kit.js";

const character = z.string().regex(/^[^\r\n]$/u, "must be one character");

/** The keys of `endpoint` that say how records are found in a body. */
export const recordKeys = {
  data_selector: text.nullish(),
  on_missing_selector: z.enum(["error", "empty"]).nullish(),
  response_format: z
    .union([
      z.enum(BODY_FORMATS),
      strict({
        type: z.literal("csv"),
        delimiter: character.nullish(),
        quote: z.union([character, z.null()]).optional(),
        columns: z.array(text).min(1).nullish(),
      }),
    ])
    .nullish(),
  record_fields: z.union([text, z.array(text).min(1)]).nullish(),
  include_from_ancestors: z.union([text, z.array(text)]).nullish(),
};
