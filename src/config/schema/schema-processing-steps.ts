import { z } from "zod";
import { functionName } from "../custom-function.js";
import { names, scalar, strict, text } from "./schema-kit.js";

const functionSlot = strict({ function: functionName });

const stepKeys = {
  filter: z.union([text, functionSlot]).optional(),
  map: z.record(text, scalar.nullable()).optional(),
  yield_map: functionSlot.optional(),
  rename: z.record(text, text).optional(),
  exclude: names.optional(),
};

const stepSchema = strict(stepKeys).superRefine((step, context) => {
  const given = Object.values(step).filter((value) => value !== undefined).length;
  // A key that is unknown has its own message.
  if (given === 1 || (given === 0 && Object.keys(step).length > 0)) return;
  const message = given === 0 ? "a step without a kind" : "several steps in one";
  context.addIssue({
    code: "custom",
    message: `${message}\nwrite one list entry for each of filter, map, yield_map, rename, exclude: their order counts`,
  });
});

/** `processing_steps` of a resource. */
export const processingStepsSchema = z.array(stepSchema);

export type ProcessingStepInput = z.infer<typeof stepSchema>;
