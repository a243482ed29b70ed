// Loaded before a measured program: writes its peak resident memory, in KiB, to BENCH_PEAK_FILE when it ends.
import { writeFileSync } from "node:fs";

process.on("exit", () => {
  writeFileSync(process.env.BENCH_PEAK_FILE, String(process.resourceUsage().maxRSS));
});
