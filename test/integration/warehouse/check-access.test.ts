import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { systemClock } from "../../../src/shared/async.js";
import { checkAccess } from "../../../src/warehouse/check-access.js";

it("a file where the warehouse's folder should be is told by check already", async () => {
  const root = await mkdtemp(join(tmpdir(), "dango-access-"));
  try {
    await writeFile(join(root, "data"), "");
    const path = join(root, "data", "warehouse.duckdb");
    const names = { dataset: "raw_shop", pipeline: "shop", schema: "shop" };
    const target = { path, ...names, tempDirectory: root, lockWaitMs: 0 };
    await expect(checkAccess(target, systemClock, new AbortController().signal)).rejects.toMatchObject({
      message: `${join(root, "data")} is no folder, so the warehouse ${path} cannot be made`,
      type: "disk",
    });
  } finally {
    await rm(root, { recursive: true });
  }
});
