import { afterEach, describe, expect, it, vi } from "vitest";
import { buildProgram } from "./program.js";

afterEach(() => {
  vi.unstubAllEnvs();
});

/** The options of `dango sync` as the environment and `args` set them. */
function syncOptions(args: readonly string[]): Record<string, unknown> {
  const program = buildProgram(() => undefined);
  const sync = program.commands.find((command) => command.name() === "sync");
  sync?.action(() => undefined);
  program.parse(["sync", ...args], { from: "user" });
  return sync?.opts() ?? {};
}

describe("flags from the environment (contract §3)", () => {
  it.each(["1", "true", "yes"])("DANGO_FULL_REFRESH=%s turns the switch on", (value) => {
    vi.stubEnv("DANGO_FULL_REFRESH", value);
    expect(syncOptions([])["fullRefresh"]).toBe(true);
  });

  it.each(["", "0", "false", "no", "off"])("DANGO_FULL_REFRESH=%s leaves it off", (value) => {
    vi.stubEnv("DANGO_FULL_REFRESH", value);
    expect(syncOptions([])["fullRefresh"]).toBe(false);
  });

  it("a flag that is given wins", () => {
    vi.stubEnv("DANGO_LIMIT", "7");
    expect(syncOptions([])["limit"]).toBe(7);
    expect(syncOptions(["--limit", "3"])["limit"]).toBe(3);
  });

  it("DANGO_SOURCE names a source", () => {
    vi.stubEnv("DANGO_SOURCE", "shop");
    expect(syncOptions([])["source"]).toEqual(["shop"]);
  });
});
