import { createInterface } from "node:readline";
import { createSourceLoad, type TestResource } from "./load-fixture.js";
import { systemClock } from "../../../src/shared/async.js";
import { createWarehouse } from "../../../src/warehouse/warehouse.js";
import type { WarehouseTarget } from "../../../src/model/warehouse.js";

/** A process of its own that commits what a line on stdin says; the test kills it somewhere on the way. */
interface Order {
  readonly directory: string;
  readonly target: WarehouseTarget;
  readonly resources: readonly TestResource[];
  readonly ordinal: number;
}

const signal = new AbortController().signal;
for await (const line of createInterface({ input: process.stdin })) {
  const { directory, target, resources, ordinal } = JSON.parse(line) as Order;
  const warehouse = createWarehouse({ clock: systemClock });
  const before = await warehouse.readSnapshot(target, signal);
  const load = await createSourceLoad(directory, resources, { before, ordinal });
  process.stdout.write("ready\n");
  await warehouse.commit(target, load, signal);
  process.stdout.write("committed\n");
}
