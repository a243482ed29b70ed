import { expect, it } from "vitest";
import { createFakeClock } from "../../test/support/fake-clock.js";
import { createRateLimiter } from "./rate-limiter.js";

const { signal } = new AbortController();
const ignore = (): void => undefined;

it("lets the first request through at once and keeps the gap from then on", async () => {
  const clock = createFakeClock();
  const limiter = createRateLimiter([{ requests: 10, perMs: 1_000 }], clock);
  for (let index = 0; index < 4; index += 1) await limiter.wait(signal, ignore);
  expect(clock.sleeps).toEqual([100, 100, 100]);
});

it("counts the time that passed anyway", async () => {
  const clock = createFakeClock();
  const limiter = createRateLimiter([{ requests: 1, perMs: 1_000 }], clock);
  await limiter.wait(signal, ignore);
  clock.advance(400);
  await limiter.wait(signal, ignore);
  clock.advance(5_000);
  await limiter.wait(signal, ignore);
  expect(clock.sleeps).toEqual([600]);
});

it("takes the longest gap of several limits", async () => {
  const clock = createFakeClock();
  const limits = [
    { requests: 10, perMs: 1_000 },
    { requests: 100, perMs: 60_000 },
  ];
  const limiter = createRateLimiter(limits, clock);
  await limiter.wait(signal, ignore);
  await limiter.wait(signal, ignore);
  expect(clock.sleeps).toEqual([600]);
});

it("gives requests at the same time a turn each", async () => {
  const clock = createFakeClock();
  const limiter = createRateLimiter([{ requests: 1, perMs: 1_000 }], clock);
  const waits: number[] = [];
  const note = (waitMs: number): void => void waits.push(waitMs);
  await Promise.all([limiter.wait(signal, note), limiter.wait(signal, note), limiter.wait(signal, note)]);
  expect(waits).toEqual([1_000, 2_000]);
});

it("rounds a gap up to whole milliseconds without losing pace", async () => {
  const clock = createFakeClock();
  const limiter = createRateLimiter([{ requests: 3, perMs: 1_000 }], clock);
  for (let index = 0; index < 4; index += 1) await limiter.wait(signal, ignore);
  expect(clock.sleeps.reduce((sum, ms) => sum + ms, 0)).toBe(1_000);
});

it("waits for nothing without limits", async () => {
  const clock = createFakeClock();
  const limiter = createRateLimiter([], clock);
  for (let index = 0; index < 3; index += 1) await limiter.wait(signal, ignore);
  expect(clock.sleeps).toEqual([]);
});

it("ends a wait with the signal's reason", async () => {
  const clock = createFakeClock();
  const limiter = createRateLimiter([{ requests: 1, perMs: 1_000 }], clock);
  await limiter.wait(signal, ignore);
  await expect(limiter.wait(AbortSignal.abort(new Error("stop")), ignore)).rejects.toThrow("stop");
});
