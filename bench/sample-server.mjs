// The sample API with its pages kept, so that what is measured is the client.
import { startSampleApi } from "../dist/sample/server.js";

const api = await startSampleApi({
  orders: Number(process.argv[2]),
  users: 1,
  events: 1,
  cachePages: true,
  recordRequests: false,
});
console.log(api.url);
