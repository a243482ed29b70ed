import type { FoundFormat } from "./body-format.js";
import type { CsvReader } from "./split-csv.js";
import type { XmlReader } from "./split-xml.js";

/** The readers of formats that few sources need. */
export interface BodyReaders {
  readonly csv?: CsvReader;
  readonly xml?: XmlReader;
}

/** Loads the reader that a body needs, if any: neither CSV nor XML costs those who get JSON anything. */
export async function loadBodyReaders(format: FoundFormat): Promise<BodyReaders> {
  if (format === "csv") return { csv: await import("./csv.js") };
  if (format === "xml") return { xml: await import("./xml.js") };
  return {};
}
