import { FieldLearner } from "../field-learner.js";
import { loadBodyReaders } from "../formats/body-readers.js";
import { openBody, splitBody } from "../formats/split-body.js";
import type { PageFacts, RecordPick } from "../../model/source.js";
import { DataError, GuardError, ResponseError } from "../../shared/errors.js";
import type { TemporaryFile } from "../../shared/temporary-file.js";
import type { HeldBodies } from "../spool/held-bodies.js";
import { createPageRecords, type SplitBody } from "../spool/page-records.js";
import { cutBody } from "./cut-body.js";
import type { BodyParts } from "./large-body.js";

/**
 * Spools the records of a large body, part by part where it can be cut, whole where not. What is rejected because of
 * one part is told as it stands in the whole body. The page reads the file once more for what is seldom asked of it.
 */
export async function writeLargeBody(
  file: TemporaryFile,
  { pick, page }: { readonly pick: RecordPick; readonly page: PageFacts },
  held: HeldBodies,
): Promise<SplitBody> {
  // Whether a page is the one before is asked of all its records, before any is spooled.
  const parts = pick.omit?.kind === "same_page" ? undefined : cutBody(file, pick, page);
  const joined = parts === undefined ? undefined : await writeParts(parts, { file, page }, held);
  if (joined !== undefined) return joined;
  const whole = await held.prepare(file.read(), pick, page);
  file.close();
  await whole.spool();
  return whole.split;
}

async function writeParts(
  parts: BodyParts,
  { file, page }: { readonly file: TemporaryFile; readonly page: PageFacts },
  held: HeldBodies,
): Promise<SplitBody | undefined> {
  let first: SplitBody | undefined;
  let last: SplitBody | undefined;
  let rows = 0;
  try {
    for (const body of parts.bodies) {
      const prepared = await held.prepare(body, pickOf(parts, first), page);
      last = prepared.split;
      if (first === undefined && !parts.isBetween(last.chosen)) {
        prepared.forget();
        return undefined;
      }
      await prepared.spool(first === undefined ? undefined : rows);
      first ??= last;
      rows += last.rows;
    }
  } catch (error) {
    if (error instanceof ResponseError || error instanceof DataError || error instanceof GuardError) {
      // Throws the same, with the offset or line as it is in the body.
      await held.splitAside(file.read(), parts.pick, page);
    }
    throw error;
  }
  return first === undefined || last === undefined
    ? undefined
    : joinPages(parts, { first, last, rows, page, file }, held);
}

/** The parts behind the first look for records where it had them. */
function pickOf({ pick }: BodyParts, first: SplitBody | undefined): RecordPick {
  if (first === undefined) return pick;
  const { omit: _, ...others } = pick;
  return { ...others, chosen: first.chosen };
}

interface JoinedFacts {
  readonly first: SplitBody;
  readonly last: SplitBody;
  readonly rows: number;
  readonly page: PageFacts;
  readonly file: TemporaryFile;
}

async function joinPages(
  parts: BodyParts,
  { first, last, rows, page, file }: JoinedFacts,
  { limits }: HeldBodies,
): Promise<SplitBody> {
  const readers = await loadBodyReaders(parts.format);
  const pick = pickOf(parts, first);
  const segments = {
    *[Symbol.iterator]() {
      for (const body of parts.bodies) {
        const learner = new FieldLearner({ ...limits, maxColumns: Infinity });
        yield* splitBody(openBody(body, pick, page), {
          learner,
          maxRecordBytes: limits.maxRecordBytes,
          readers,
        }).segments;
      }
    },
  };
  return createPageRecords({
    records: { rows, segments, first: first.first, last: last.last },
    chosen: parts.chosen ?? first.chosen,
    readEnvelope: () => first.envelope,
    release: () => {
      file.close();
    },
  });
}
