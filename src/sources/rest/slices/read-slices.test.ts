import { expect, it } from "vitest";
import type { RecordSink } from "../../../model/source.js";
import { readSlices } from "./read-slices.js";
import { createSlice } from "./slices.js";

it("waits for what is under way when the next slice cannot be made", async () => {
  const told: string[] = [];
  const lane = { close: () => Promise.resolve() };
  const records = { isFull: false, mayFill: false, openLane: () => lane } as unknown as RecordSink;
  function* slices() {
    yield createSlice(undefined);
    throw new Error("no second slice");
  }
  const reading = readSlices(slices(), { concurrency: 2, records }, async () => {
    await new Promise((resolve) => setTimeout(resolve, 5));
    told.push("read");
  });
  await reading.catch((error: unknown) => told.push(String(error)));
  expect(told).toEqual(["read", "Error: no second slice"]);
});
