import { expect, it } from "vitest";
import { nextRetryWait } from "./next-retry-wait.js";

const policy = { attempts: 5, baseMs: 1_000, maxWaitMs: 300_000 };
const middle = (): number => 0.5;

it("H1: doubles the wait from the base", () => {
  const waits = [1, 2, 3, 4].map((attempt) => nextRetryWait(policy, attempt, undefined, middle));
  expect(waits).toEqual([1_000, 2_000, 4_000, 8_000].map((waitMs) => ({ kind: "wait", waitMs })));
});

it("spreads the wait by a quarter to both sides", () => {
  expect(nextRetryWait(policy, 2, undefined, () => 0)).toEqual({ kind: "wait", waitMs: 1_500 });
  expect(nextRetryWait(policy, 2, undefined, () => 0.999_999)).toEqual({ kind: "wait", waitMs: 2_500 });
});

it("H1: has no wait after the last attempt", () => {
  expect(nextRetryWait(policy, 5, undefined, middle)).toEqual({ kind: "exhausted" });
  expect(nextRetryWait(policy, 5, 1_000, middle)).toEqual({ kind: "exhausted" });
  expect(nextRetryWait({ ...policy, attempts: 1 }, 1, undefined, middle)).toEqual({ kind: "exhausted" });
});

it("H1: never doubles beyond max_wait", () => {
  const patient = { ...policy, attempts: 2_000 };
  expect(nextRetryWait(patient, 10, undefined, middle)).toEqual({ kind: "wait", waitMs: 300_000 });
  expect(nextRetryWait(patient, 1_900, undefined, middle)).toEqual({ kind: "wait", waitMs: 300_000 });
});

it("§6.6: takes what the server asks for, neither shortened nor spread", () => {
  expect(nextRetryWait(policy, 1, 299_999, () => 0)).toEqual({ kind: "wait", waitMs: 299_999 });
  expect(nextRetryWait(policy, 4, 1, () => 0.9)).toEqual({ kind: "wait", waitMs: 1 });
  expect(nextRetryWait(policy, 1, 0, middle)).toEqual({ kind: "wait", waitMs: 0 });
});

it("H1: a Retry-After of exactly max_wait is slept, a longer one is not", () => {
  expect(nextRetryWait(policy, 1, 300_000, middle)).toEqual({ kind: "wait", waitMs: 300_000 });
  expect(nextRetryWait(policy, 1, 300_001, middle)).toEqual({ kind: "too_long", waitMs: 300_001 });
});

it("H1: names a time that is too long even after the last attempt", () => {
  expect(nextRetryWait(policy, 5, 300_001, middle)).toEqual({ kind: "too_long", waitMs: 300_001 });
});
