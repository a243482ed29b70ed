import { z } from "zod";
import { functionName } from "../custom-function.js";
import { nearestName } from "../nearest.js";
import { strict, text } from "./schema-kit.js";

const STATUS = "not a status\nwrite a number such as 404, 4xx or 5xx";

const VERDICTS = ["ignore", "retry", "fail"];

const verdictOrFunction = z.string().superRefine((word, context) => {
  if (VERDICTS.includes(word) || functionName.safeParse(word).success) return;
  const near = nearestName(word, VERDICTS);
  const hint =
    near === undefined ? "name a function as custom_sources.my_api:decide" : `did you mean \`${near}\`?`;
  const message = `\`${word}\` is not one of ${VERDICTS.join(", ")}, and no function`;
  context.addIssue({ code: "custom", message: `${message}\n${hint}` });
});

const action = z.union([verdictOrFunction, z.array(functionName).min(1)]);

const item = strict({
  status_code: z
    .union([z.int().min(100).max(599), z.string().regex(/^\s*[1-5]\d\d\s*$|^[45]xx$/, STATUS)])
    .nullish(),
  content: text.nullish(),
  path: text.nullish(),
  action,
}).superRefine((value, context) => {
  const hasCondition = [value.status_code, value.content, value.path].some(
    (condition) => condition !== undefined && condition !== null,
  );
  const isFunction = Array.isArray(value.action) || value.action.includes(":");
  if (hasCondition || isFunction) return;
  context.addIssue({
    code: "custom",
    message: `would ${String(value.action)} every answer\nadd \`status_code\`, \`content\` or \`path\``,
  });
});

/** `response_actions`: what to make of an answer by its status and content (rule H6); a function alone sees every answer. */
export const responseActionsSchema = z.array(z.union([functionName, item]));

export type ResponseActionsInput = z.infer<typeof responseActionsSchema>;
