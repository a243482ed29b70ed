import type { CursorValue } from "./resource-settings.js";

/**
 * The function that `incremental.convert` names: gets a cursor value as the API spells it, and gives what is sent for it;
 * null leaves the parameter out. What is stored is not affected.
 */
export type ConvertCursor = (value: CursorValue) => SentCursor | Promise<SentCursor>;

type SentCursor = string | number | bigint | boolean | null | undefined;
