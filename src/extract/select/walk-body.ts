import { parseLossless } from "../../json/parse-lossless.js";
import { skipValue } from "../../json/skip-value.js";
import { rejectTrailing } from "../formats/body-fault.js";
import { describeMissingKey, describeMissingStep } from "./missing-records.js";
import type { CollectedRecords } from "../record-collector.js";
import { toJsonPath, type Selector } from "./selector.js";
import type { Splitter } from "../formats/splitter.js";
import { walkJsonPath } from "./walk-json-path.js";
import { walkKeys, type Cut, type WalkedKeys } from "./walk-keys.js";

/** What a selector matched in a body. */
export interface WalkedBody {
  readonly records: CollectedRecords;
  /** Why the selector matches nothing; undefined if records were found or could have been (rule D1). */
  readonly missing: string | undefined;
  /** Whether a single value that is no list stands where records were looked for. */
  readonly isOne: boolean;
  /** Members named by `include_from_ancestors` that no record was given. */
  readonly absentAncestors: readonly string[];
  /** The values that the selector went through, the body first: where an error of the server may stand (rule D3). */
  onWay(): readonly unknown[];
  /** The body parsed, with empty lists in place of those whose records were taken. */
  readEnvelope(): unknown;
}

/** Takes the records that a selector matches in a body that is one JSON value. Throws a JsonFault. */
export function walkBody(splitter: Splitter, selector: Selector): WalkedBody {
  return selector.kind === "keys" && splitter.pick.ancestors === undefined
    ? alongKeys(splitter, selector)
    : alongPath(splitter, selector);
}

function alongKeys(splitter: Splitter, { keys, isWild }: Extract<Selector, { kind: "keys" }>): WalkedBody {
  const { buffer, start, head, page, options } = splitter;
  const walked = walkKeys({ buffer, start, end: buffer.length }, keys, isWild, options);
  rejectTrailing(buffer, walked.after, head, page);
  const envelope = once(() => readEnvelope(buffer, start, walked.cuts));
  return {
    records: walked.records,
    get missing() {
      return whyMissing(splitter, walked, keys, envelope);
    },
    isOne: walked.found === "one",
    absentAncestors: [],
    onWay: () => valuesOnWay(envelope(), keys),
    readEnvelope: envelope,
  };
}

function whyMissing(
  { isXml }: Splitter,
  { found, records }: WalkedKeys,
  keys: readonly string[],
  envelope: () => unknown,
): string | undefined {
  if (records.rows > 0 || (found !== "missing" && found !== "scalar")) return undefined;
  const parent = valuesOnWay(envelope(), keys).at(-1);
  if (isXml === true && isEmptyElement(parent)) return undefined;
  return describeMissingKey(envelope(), keys);
}

function alongPath(
  { buffer, start, head, page, pick, options, isXml }: Splitter,
  selector: Selector,
): WalkedBody {
  rejectTrailing(buffer, skipValue(buffer, start, buffer.length), head, page);
  const walked = walkJsonPath(buffer.subarray(start), toJsonPath(selector), {
    ...options,
    ancestors: pick.ancestors ?? [],
  });
  const { missing, records } = walked;
  const isEmpty = isXml === true && missing?.before.every(isEmptyElement) === true;
  return {
    records,
    missing: missing === undefined || isEmpty ? undefined : describeMissingStep(missing.step, missing.before),
    isOne: false,
    absentAncestors: walked.absentAncestors,
    onWay: () => walked.onWay(),
    readEnvelope: () => walked.readEnvelope(),
  };
}

/** An XML element without children: a list of none, as far as can be told. */
function isEmptyElement(value: unknown): boolean {
  if (value === null) return true;
  return (
    typeof value === "object" &&
    !Array.isArray(value) &&
    Object.keys(value).every((key) => key.startsWith("_"))
  );
}

function readEnvelope(buffer: Buffer, start: number, cuts: readonly Cut[]): unknown {
  const pieces: Buffer[] = [];
  let at = start;
  for (const { start: from, end } of cuts) {
    pieces.push(buffer.subarray(at, from), EMPTY_LIST);
    at = end;
  }
  const envelope = Buffer.concat([...pieces, buffer.subarray(at)]);
  return parseLossless(envelope, 0, envelope.length);
}

const EMPTY_LIST = Buffer.from("[]");

/** The body, and the values under each key on the way to its records. */
function valuesOnWay(body: unknown, keys: readonly string[]): unknown[] {
  const values = [body];
  let value = body;
  for (const key of keys.slice(0, -1)) {
    value = typeof value === "object" && value !== null ? (value as Record<string, unknown>)[key] : undefined;
    values.push(value);
  }
  return values;
}

function once(read: () => unknown): () => unknown {
  let kept: { readonly value: unknown } | undefined;
  return () => (kept ??= { value: read() }).value;
}
