import { readFileSync } from "node:fs";

/** The package's version, as `dango --version` prints it and the User-Agent names it. */
export function readVersion(): string {
  const file = new URL("../../package.json", import.meta.url);
  return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
}
