import type { Detection } from "./detection.js";
import type { PageView } from "./paginator.js";
import { findSignsInObject, isSingleRecord } from "./signs-of-more.js";
import { isObject, readPath } from "../value-path.js";

/** Rule P11: an object that a path to one entity answered is that entity, unless it looks like a page of others. */
export function detectEntity(page: PageView): Detection | undefined {
  const { records } = page;
  if (!isSingleRecord(records)) return undefined;
  const why = "the path names one entity";
  const record = readPath(records.envelope, records.chosen);
  if (isObject(record) && Object.keys(record).some((key) => /^_?id$/i.test(key)))
    return { kind: "single", why, isRound: false };
  const [sign] = findSignsInObject(page);
  if (sign === undefined) return { kind: "single", why, isRound: false };
  return {
    kind: "stuck",
    problem: `the path names one entity, but the answer has no "id" and looks like a page of several (${sign})`,
    hint: "Set `paginator` and `data_selector` on the endpoint: `paginator: single_page` and `data_selector: $` if the object is the record.",
  };
}
