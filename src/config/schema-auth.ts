import { z } from "zod";
import { NOT_YET } from "./not-yet.js";
import { notYetTypes, notYetWords, strict, text } from "./schema-kit.js";

/** `auth`: a type alone, or a mapping; fields left out are looked up as secrets (rules A). */
export const authSchema = z.union([
  z.enum(["bearer", "api_key", "http_basic"]),
  notYetWords(NOT_YET.authTypes),
  strict({ type: z.literal("bearer").optional(), token: text.nullish() }),
  strict({
    type: z.literal("api_key"),
    name: text.nullish(),
    api_key: text.nullish(),
    location: z.enum(["header", "query", "param", "cookie"]).nullish(),
  }),
  strict({ type: z.literal("http_basic"), username: z.string().nullish(), password: z.string().nullish() }),
  notYetTypes(NOT_YET.authTypes),
]);

export type AuthInput = z.infer<typeof authSchema>;
