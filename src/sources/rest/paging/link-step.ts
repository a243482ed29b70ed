import type { PageStep } from "./paginator.js";
import { showValue } from "../show-value.js";

/** A step to a next link: everything it asks for is in the URL. */
export function createLinkStep(link: string): PageStep {
  return { values: {}, tokens: [], link, label: `next link ${showValue(link)}` };
}
