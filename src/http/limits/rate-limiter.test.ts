import { expect, it } from "vitest";
import { createFakeClock, type FakeClock } from "../../../test/support/fake-clock.js";
import type { RateLimitConfig } from "../../model/rest-config.js";
import { createRateLimiter, type RateLimiter, type TurnRequest } from "./rate-limiter.js";

const ORIGIN = "https://api.example.com";
const second = { requests: 1, perMs: 1_000 };

function ask(limits: readonly RateLimitConfig[], over: Partial<TurnRequest> = {}): TurnRequest {
  const { signal } = new AbortController();
  return { origin: ORIGIN, limits, maxWaitMs: 300_000, signal, onWait: () => undefined, ...over };
}

/** Takes a turn and sends at once; gives the time of the send. */
async function send(limiter: RateLimiter, clock: FakeClock, request: TurnRequest): Promise<number> {
  const turn = await limiter.take(request);
  turn.sent();
  return clock.now();
}

function start(): { clock: FakeClock; limiter: RateLimiter } {
  const clock = createFakeClock(0);
  return { clock, limiter: createRateLimiter({ clock }) };
}

it("lets the first request through at once and keeps the gap from then on", async () => {
  const { clock, limiter } = start();
  for (let index = 0; index < 4; index += 1) await send(limiter, clock, ask([{ requests: 1, perMs: 100 }]));
  expect(clock.sleeps).toEqual([100, 100, 100]);
});

it("counts the time that passed anyway", async () => {
  const { clock, limiter } = start();
  await send(limiter, clock, ask([second]));
  clock.advance(400);
  await send(limiter, clock, ask([second]));
  clock.advance(5_000);
  await send(limiter, clock, ask([second]));
  expect(clock.sleeps).toEqual([600]);
});

it("lets as many through as the limit allows, then slides", async () => {
  const { clock, limiter } = start();
  const limits = [{ requests: 3, perMs: 10_000 }];
  const times: number[] = [];
  for (let index = 0; index < 7; index += 1) {
    times.push(await send(limiter, clock, ask(limits)));
    clock.advance(1_000);
  }
  expect(times).toEqual([0, 1_000, 2_000, 10_000, 11_000, 12_000, 20_000]);
});

it("counts a request from when it went out, not from when it got its turn", async () => {
  const { clock, limiter } = start();
  const turn = await limiter.take(ask([second]));
  clock.advance(700);
  turn.sent();
  expect(await send(limiter, clock, ask([second]))).toBe(1_700);
});

it("gives a turn only after the one before was used or given up", async () => {
  const { clock, limiter } = start();
  const turn = await limiter.take(ask([second]));
  const order: string[] = [];
  const next = send(limiter, clock, ask([second])).then(() => order.push("second"));
  await new Promise((resolve) => setImmediate(resolve));
  order.push("first");
  turn.sent();
  await next;
  expect(order).toEqual(["first", "second"]);
});

it("holds all of several limits", async () => {
  const { clock, limiter } = start();
  const limits = [
    { requests: 2, perMs: 1_000 },
    { requests: 3, perMs: 60_000 },
  ];
  const times: number[] = [];
  for (let index = 0; index < 5; index += 1) times.push(await send(limiter, clock, ask(limits)));
  expect(times).toEqual([0, 0, 1_000, 60_000, 60_000]);
});

it("counts equal limits of one origin together, and other origins apart", async () => {
  const { clock, limiter } = start();
  const times = [
    await send(limiter, clock, ask([second])),
    await send(limiter, clock, ask([{ ...second }])),
    await send(limiter, clock, ask([second], { origin: "https://other.example.com" })),
  ];
  expect(times).toEqual([0, 1_000, 1_000]);
});

it("does not let a slow limit hold up the requests that only have a quick one", async () => {
  const { clock, limiter } = start();
  const quick = { requests: 1, perMs: 10 };
  const slow = { requests: 1, perMs: 1_000 };
  await send(limiter, clock, ask([quick, slow]));
  const done: string[] = [];
  const waiting = send(limiter, clock, ask([quick, slow])).then(() => done.push("slow"));
  await send(limiter, clock, ask([quick])).then(() => done.push("quick"));
  await waiting;
  expect(done).toEqual(["quick", "slow"]);
});

it("rounds a gap up to whole milliseconds", async () => {
  const { clock, limiter } = start();
  for (let index = 0; index < 3; index += 1) {
    await send(limiter, clock, ask([{ requests: 1, perMs: 1_000 / 3 }]));
  }
  expect(clock.sleeps).toEqual([334, 334]);
});

it("tells of a wait before it begins", async () => {
  const { clock, limiter } = start();
  await send(limiter, clock, ask([second]));
  const waits: number[] = [];
  await send(limiter, clock, ask([second], { onWait: (waitMs) => waits.push(waitMs) }));
  expect(waits).toEqual([1_000]);
});

it("holds back an origin for as long as its server asked", async () => {
  const { clock, limiter } = start();
  limiter.hold(ORIGIN, 7_000);
  limiter.hold(ORIGIN, 3_000);
  expect(await send(limiter, clock, ask([], { origin: "https://other.example.com" }))).toBe(0);
  expect(await send(limiter, clock, ask([]))).toBe(7_000);
});

it("waits for nothing without limits", async () => {
  const { clock, limiter } = start();
  for (let index = 0; index < 3; index += 1) await send(limiter, clock, ask([]));
  expect(clock.sleeps).toEqual([]);
});

it("ends a wait with the signal's reason, and gives the turn on", async () => {
  const { clock, limiter } = start();
  const turn = await limiter.take(ask([second]));
  const abort = new AbortController();
  const ended = limiter.take(ask([second], { signal: abort.signal }));
  const next = send(limiter, clock, ask([second]));
  abort.abort(new Error("stop"));
  await expect(ended).rejects.toThrow("stop");
  turn.sent();
  expect(await next).toBe(1_000);
});

it("does not wait longer than max_wait for a budget over an hour or more: it names the time", async () => {
  const { clock, limiter } = start();
  const limits = [{ requests: 2, perMs: 7_200_000 }];
  await send(limiter, clock, ask(limits));
  await send(limiter, clock, ask(limits));
  await expect(limiter.take(ask(limits))).rejects.toMatchObject({
    code: "DANGO_SOURCE_RATE_LIMIT",
    exitCode: 7,
    message: `The rate limit of 2 requests in 2 h to ${ORIGIN} is used up until 1970-01-01T02:00:00.000Z; max_wait is 300 s`,
  });
  expect(await send(limiter, clock, ask(limits, { maxWaitMs: 7_200_000 }))).toBe(7_200_000);
});
