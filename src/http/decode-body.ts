import { isUtf8 } from "node:buffer";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import * as zlib from "node:zlib";
import { bothEnds, type Body } from "../model/body.js";
import { isDangoError } from "../shared/errors.js";
import { TemporaryFile } from "../shared/temporary-file.js";
import { BodyCollector } from "./body-collector.js";

/** What became of an encoded body. */
export type DecodedBody =
  | { readonly kind: "decoded"; readonly body: Body }
  | { readonly kind: "too_large" }
  /** The compressed stream ends before its end. */
  | { readonly kind: "cut_short" }
  | { readonly kind: "corrupt"; readonly encoding: string }
  /** This Node cannot decode it. */
  | { readonly kind: "unsupported"; readonly encoding: string };

/** How much may come out, and where a large body goes. */
export interface DecodeLimits {
  readonly maxBytes: number;
  readonly directory: string;
}

/** An encoding inside an encoding, such as a `.gz` file sent with `Content-Encoding: gzip`. */
const MOST_LAYERS = 4;

/**
 * Undoes `Content-Encoding`. The bytes decide where the header lies: gzip and zstd are known by their first bytes,
 * with or without a header, and what is named gzip, deflate or br but is plain text stays as it is. A file that was
 * decoded is closed. Rejects with a WarehouseError of type `disk`.
 */
export async function decodeBody(
  body: Body,
  contentEncoding: string | undefined,
  limits: DecodeLimits,
): Promise<DecodedBody> {
  const named = (contentEncoding ?? "").toLowerCase().split(",");
  const pending = named.map((name) => name.trim().replace(/^x-/, ""));
  let current = body;
  for (let layer = 0; layer < MOST_LAYERS; layer += 1) {
    const name = pending.pop();
    const encoding = chooseEncoding(bothEnds(current), name);
    if (encoding === undefined && pending.length === 0) break;
    if (encoding === undefined) continue;
    const decoded = await decodeLayer(current, encoding, limits);
    if (current instanceof TemporaryFile) current.close();
    if (decoded.kind !== "decoded") return decoded;
    current = decoded.body;
  }
  return current.length > limits.maxBytes ? { kind: "too_large" } : { kind: "decoded", body: current };
}

type Encoding = "gzip" | "deflate" | "br" | "zstd";

/** What the bytes say of themselves, or else what they are called. `ends` are the first and last ones. */
function chooseEncoding(ends: Buffer, name: string | undefined): Encoding | undefined {
  if (ends.length >= 4) {
    if (ends.readUIntBE(0, 3) === 0x1f8b08) return "gzip";
    if (ends.readUInt32LE(0) === 0xfd2fb528) return "zstd";
  }
  if (ends.length === 0 || (name !== "deflate" && name !== "br")) return undefined;
  return isPlainText(ends) ? undefined : name;
}

async function decodeLayer(body: Body, encoding: Encoding, limits: DecodeLimits): Promise<DecodedBody> {
  const decoder = createDecoder(bothEnds(body), encoding);
  if (decoder === undefined) return { kind: "unsupported", encoding };
  const collector = new BodyCollector(limits);
  try {
    await pipeline(Readable.from(piecesOf(body)), decoder, async (chunks) => {
      for await (const chunk of chunks as AsyncIterable<Buffer>) {
        await collector.add(chunk);
        if (collector.length > limits.maxBytes) throw TOO_LARGE;
      }
    });
    return { kind: "decoded", body: await collector.finish() };
  } catch (error) {
    collector.discard();
    if (error === TOO_LARGE) return { kind: "too_large" };
    if (isDangoError(error)) throw error;
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    return code === "Z_BUF_ERROR" ? { kind: "cut_short" } : { kind: "corrupt", encoding };
  }
}

const TOO_LARGE = new Error("more than is allowed");
const PIECE_BYTES = 1 << 20;

function* piecesOf(body: Body): Generator<Buffer> {
  if (!(body instanceof TemporaryFile)) yield body;
  else for (let at = 0; at < body.length; at += PIECE_BYTES) yield body.read(at, at + PIECE_BYTES);
}

function createDecoder(head: Buffer, encoding: Encoding): NodeJS.ReadWriteStream | undefined {
  switch (encoding) {
    case "gzip":
      return zlib.createGunzip(OUTPUT);
    case "deflate":
      return hasZlibHeader(head) ? zlib.createInflate(OUTPUT) : zlib.createInflateRaw(OUTPUT);
    case "br":
      return zlib.createBrotliDecompress(OUTPUT);
    case "zstd":
      return createZstd();
    default:
      return encoding satisfies never;
  }
}

/** Large pieces: each costs a turn of the event loop. */
const OUTPUT = { chunkSize: 1 << 18 };

/** Node has zstd from 22.15 and 23.8 on. */
function createZstd(): NodeJS.ReadWriteStream | undefined {
  const candidate: unknown = Reflect.get(zlib, "createZstdDecompress");
  return typeof candidate === "function" ? (candidate as typeof zlib.createGunzip)(OUTPUT) : undefined;
}

function hasZlibHeader(bytes: Buffer): boolean {
  return bytes.length >= 2 && ((bytes[0] ?? 0) & 0x0f) === 8 && bytes.readUInt16BE(0) % 31 === 0;
}

/**
 * Asked before br and raw deflate are tried: both can take the first bytes of JSON for a complete stream. No
 * compressed stream of more than a few bytes is UTF-8 without control characters.
 */
function isPlainText(bytes: Buffer): boolean {
  return isUtf8(headOf(bytes)) && !hasControls(bytes.subarray(0, 1024)) && !hasControls(bytes.subarray(-16));
}

/** Enough of the bytes, up to the end of a character. */
function headOf(bytes: Buffer): Buffer {
  if (bytes.length <= HEAD_BYTES) return bytes;
  let end = HEAD_BYTES;
  while (end > 0 && (bytes[end] ?? 0) >= 0x80) end -= 1;
  return bytes.subarray(0, end);
}

const HEAD_BYTES = 65_536;

function hasControls(bytes: Buffer): boolean {
  return bytes.some((byte) => byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d);
}
