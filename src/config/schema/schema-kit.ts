import { z } from "zod";

/** A mapping that takes only the keys of `shape`. The message of an unknown key lists the known ones, by line. */
export function strict<Shape extends z.ZodRawShape>(shape: Shape): z.ZodObject<Shape, z.core.$strict> {
  const known = Object.keys(shape).join("\n");
  return z.strictObject(shape, {
    error: (issue) => (issue.code === "unrecognized_keys" ? known : undefined),
  });
}

/** Keys of the contract that are refused until they are built. */
export function notYetKeys<Key extends string>(
  keys: readonly Key[],
): Record<Key, z.ZodOptional<z.ZodUnknown>> {
  const entries = keys.map((key) => [key, refusedKey(`\`${key}\` is not supported yet`)] as const);
  return Object.fromEntries(entries) as unknown as Record<Key, z.ZodOptional<z.ZodUnknown>>;
}

/** Words of the contract that stand where others are supported, and are refused until they are built. */
export function notYetWords<const Word extends string>(words: readonly Word[]): z.ZodType<Word> {
  return z.enum(words).superRefine((word, context) => {
    context.addIssue({ code: "custom", message: `\`${word}\` is not supported yet` });
  });
}

/** Mappings whose `type` is one of the contract's, and refused until it is built; what else they hold does not matter. */
export function notYetTypes<const Word extends string>(words: readonly Word[]) {
  return z.looseObject({ type: notYetWords(words) });
}

/** Keys of dlt that have no meaning here: refused with what to use instead. */
export function refusedKey(message: string) {
  return z
    .unknown()
    .superRefine((value, context) => {
      if (value !== undefined && value !== null)
        context.addIssue({ code: "custom", message, params: { at: "key" } });
    })
    .optional();
}

/** A name or path: text that is not empty. */
export const text = z.string().min(1);

/** One name or several; a single one stands for a list of itself. */
export const names = z.union([text, z.array(text)]);

/** Text, or a number that is sent as it is spelled. */
export const scalar = z.union([z.string(), z.number(), z.bigint(), z.boolean()]);

/** A count from 0. */
export const count = z.int().min(0);

/** A count from 1. */
export const positive = z.int().min(1);
