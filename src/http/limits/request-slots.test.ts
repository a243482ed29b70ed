import { describe, expect, it } from "vitest";
import { createRequestSlots } from "./request-slots.js";

describe("createRequestSlots", () => {
  it("gives as many as there are, then makes others wait in order", async () => {
    const slots = createRequestSlots(2);
    const [first, second] = [await slots.acquire(), await slots.acquire()];
    const order: string[] = [];
    const third = slots.acquire().then((release) => (order.push("third"), release));
    const fourth = slots.acquire().then((release) => (order.push("fourth"), release));
    await Promise.resolve();
    expect(order).toEqual([]);
    second();
    await third;
    expect(order).toEqual(["third"]);
    first();
    await fourth;
    expect(order).toEqual(["third", "fourth"]);
  });

  it("gives none ahead of those who wait, and takes one back only once", async () => {
    const slots = createRequestSlots(1);
    const release = await slots.acquire();
    expect(slots.tryAcquire()).toBeUndefined();
    const waiting = slots.acquire();
    release();
    release();
    expect(slots.tryAcquire()).toBeUndefined();
    (await waiting)();
    expect(slots.tryAcquire()).toBeTypeOf("function");
    expect(slots.tryAcquire()).toBeUndefined();
  });
});
