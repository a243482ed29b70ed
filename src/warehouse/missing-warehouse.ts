import { WarehouseError } from "../shared/errors.js";

/** There is no file yet. */
export function missingWarehouse(path: string): WarehouseError {
  return new WarehouseError(`there is no warehouse at ${path}`, "disk", {
    hint: "run `dango sync` first: it creates the file",
  });
}
