import { TemporaryFile } from "../shared/temporary-file.js";

/** A body, decoded: in memory, or on disk where it is large (rule B2). */
export type Body = Buffer | TemporaryFile;

/** Bodies above this size are kept on disk. */
export const MOST_HELD_BYTES = 8 << 20;

/** All of a body in memory: for what cannot do with less. The same buffer each time where it is there already. */
export function wholeBody(body: Body): Buffer {
  return body instanceof TemporaryFile ? body.read() : body;
}

/** The first and last bytes of a body, `most` of each, as if they stood one behind the other; a body not much longer is whole. */
export function bothEnds(body: Body, most = 65_536): Buffer {
  if (!(body instanceof TemporaryFile) || body.length <= 2 * most) return wholeBody(body);
  return Buffer.concat([body.read(0, most), body.read(body.length - most)]);
}
