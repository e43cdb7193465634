// A producer that signs what it publishes: `standardwebhooks` unmodified makes the signature.
//
//   node sign.mjs URL-OF-/events SECRET OTHER-SECRET
//
// Prints one line of JSON for each message: what it is, the status that was answered, and whether the event was known.
import { Webhook } from "standardwebhooks";

const [url, secret, other] = process.argv.slice(2);

async function show(name, { id = name, key = secret, at = new Date(), change = (body) => body } = {}) {
  const body = JSON.stringify({ specversion: "1.0", id, source: "/signed", type: "orders.created", data: { text: "Euro € 😀" } });
  const response = await fetch(url, {
    method: "POST",
    headers: {
      "content-type": "application/cloudevents+json",
      "webhook-id": `msg_${id}`,
      "webhook-timestamp": `${Math.floor(at.getTime() / 1000)}`,
      "webhook-signature": new Webhook(key).sign(`msg_${id}`, at, body),
    },
    body: change(body),
  });
  const answer = await response.json();
  console.log(JSON.stringify({ name, status: response.status, duplicate: answer.events?.[0].duplicate ?? false }));
}

await show("signed");
await show("sent again", { id: "signed" });
await show("another secret", { key: other });
await show("a changed body", { change: (body) => body.replace("created", "deleted") });
await show("too old", { at: new Date(Date.now() - 310_000) });
