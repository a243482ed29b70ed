import { constants, isUtf8 } from "node:buffer";
import { promisify } from "node:util";
import * as zlib from "node:zlib";

/** What became of an encoded body. */
export type DecodedBody =
  | { readonly kind: "decoded"; readonly bytes: Buffer }
  | { readonly kind: "too_large" }
  /** The compressed stream ends before its end. */
  | { readonly kind: "cut_short" }
  | { readonly kind: "corrupt"; readonly encoding: string }
  /** This Node cannot decode it. */
  | { readonly kind: "unsupported"; readonly encoding: string };

type Decoder = (bytes: Uint8Array, options: { maxOutputLength: number }) => Promise<Buffer>;

const gunzip: Decoder = promisify(zlib.gunzip);
const inflate: Decoder = promisify(zlib.inflate);
const inflateRaw: Decoder = promisify(zlib.inflateRaw);
const brotli: Decoder = promisify(zlib.brotliDecompress);

/** An encoding inside an encoding, such as a `.gz` file sent with `Content-Encoding: gzip`. */
const MOST_LAYERS = 4;

/**
 * Undoes `Content-Encoding`. The bytes decide where the header lies: gzip and zstd are known by their first bytes,
 * with or without a header, and what is named gzip, deflate or br but is plain text stays as it is.
 */
export async function decodeBody(
  bytes: Buffer,
  contentEncoding: string | undefined,
  maxBytes: number,
): Promise<DecodedBody> {
  const named = (contentEncoding ?? "").toLowerCase().split(",");
  const pending = named.map((name) => name.trim().replace(/^x-/, ""));
  let current = bytes;
  for (let layer = 0; layer < MOST_LAYERS; layer += 1) {
    const name = pending.pop();
    const encoding = recognise(current) ?? chooseNamed(current, name);
    if (encoding === undefined && pending.length === 0) break;
    if (encoding === undefined) continue;
    const decoded = await decodeLayer(current, encoding, maxBytes);
    if (decoded.kind !== "decoded") return decoded;
    current = decoded.bytes;
  }
  return current.length > maxBytes ? { kind: "too_large" } : { kind: "decoded", bytes: current };
}

type Encoding = "gzip" | "deflate" | "br" | "zstd";

/** Encodings that name themselves in their first bytes. */
function recognise(bytes: Buffer): Encoding | undefined {
  if (bytes.length < 4) return undefined;
  if (bytes.readUIntBE(0, 3) === 0x1f8b08) return "gzip";
  return bytes.readUInt32LE(0) === 0xfd2fb528 ? "zstd" : undefined;
}

/** A named encoding that has no sure mark, unless the bytes are plain text. */
function chooseNamed(bytes: Buffer, name: string | undefined): Encoding | undefined {
  if (bytes.length === 0 || (name !== "deflate" && name !== "br")) return undefined;
  return isPlainText(bytes) ? undefined : name;
}

async function decodeLayer(bytes: Buffer, encoding: Encoding, maxBytes: number): Promise<DecodedBody> {
  const decoder = chooseDecoder(bytes, encoding);
  if (decoder === undefined) return { kind: "unsupported", encoding };
  try {
    const maxOutputLength = Math.min(maxBytes, constants.MAX_LENGTH);
    return { kind: "decoded", bytes: await decoder(bytes, { maxOutputLength }) };
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ERR_BUFFER_TOO_LARGE") return { kind: "too_large" };
    return code === "Z_BUF_ERROR" ? { kind: "cut_short" } : { kind: "corrupt", encoding };
  }
}

function chooseDecoder(bytes: Buffer, encoding: Encoding): Decoder | undefined {
  switch (encoding) {
    case "gzip":
      return gunzip;
    case "deflate":
      return hasZlibHeader(bytes) ? inflate : inflateRaw;
    case "br":
      return brotli;
    case "zstd":
      return findZstd();
    default:
      return encoding satisfies never;
  }
}

/** Node has zstd from 22.15 and 23.8 on. */
function findZstd(): Decoder | undefined {
  const candidate: unknown = Reflect.get(zlib, "zstdDecompress");
  return typeof candidate === "function" ? promisify(candidate as typeof zlib.gunzip) : undefined;
}

function hasZlibHeader(bytes: Buffer): boolean {
  return bytes.length >= 2 && ((bytes[0] ?? 0) & 0x0f) === 8 && bytes.readUInt16BE(0) % 31 === 0;
}

/**
 * Asked before br and raw deflate are tried: both can take the first bytes of JSON for a complete stream. No
 * compressed stream of more than a few bytes is UTF-8 without control characters.
 */
function isPlainText(bytes: Buffer): boolean {
  return isUtf8(bytes) && !hasControls(bytes.subarray(0, 1024)) && !hasControls(bytes.subarray(-16));
}

function hasControls(bytes: Buffer): boolean {
  return bytes.some((byte) => byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d);
}
