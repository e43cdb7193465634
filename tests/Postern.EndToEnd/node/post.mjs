// A client of a REST API that has never heard of webhooks: plain POSTs, to one collection after the other.
//
//   node post.mjs URL-OF-THE-API COLLECTION…
//
// Prints one line of JSON for each call: where the record stands, the status, and the body that was answered, in base64.
import { each } from "./payloads.mjs";

const [url, ...collections] = process.argv.slice(2);

await each(async ({ data }, number) => {
  const collection = collections[number % collections.length];
  const response = await fetch(url + collection, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(data),
  });
  const body = Buffer.from(await response.arrayBuffer()).toString("base64");
  return { collection, location: response.headers.get("location"), status: response.status, body };
});
