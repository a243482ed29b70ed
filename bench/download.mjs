// Downloads every page over one connection; with a third argument, also writes the records there as NDJSON.
import { appendFileSync } from "node:fs";
import { Agent, request } from "undici";

const [base, page, file] = process.argv.slice(2);
const dispatcher = new Agent({ connections: 1 });
let next = `${base}/next/orders?limit=${page}`;
while (next !== null) {
  const { body } = await request(next, { dispatcher });
  const bytes = Buffer.from(await body.arrayBuffer());
  const link = /"next_page_url":(null|"[^"]*")\}$/.exec(bytes.subarray(-300).toString());
  next = JSON.parse(link[1]);
  if (file !== undefined)
    appendFileSync(
      file,
      `${JSON.parse(bytes.toString())
        .data.map((record) => JSON.stringify(record))
        .join("\n")}\n`,
    );
}
await dispatcher.close();
