// A producer as anybody would write it: `cloudevents` unmodified makes the messages, binary and structured in turn.
//
//   node publish.mjs URL-OF-/events SOURCE
//
// Prints one line of JSON for each event: its id, type and mode, the status that was answered, and its data in base64.
import { CloudEvent, HTTP } from "cloudevents";
import { each } from "./payloads.mjs";

const [url, source] = process.argv.slice(2);

await each(async ({ name, index, data }, number) => {
  const event = new CloudEvent({
    id: `${name}-${index}`,
    source,
    type: `github.${name}`,
    subject: name,
    datacontenttype: "application/json",
    data,
  });
  const mode = number % 2 === 0 ? "binary" : "structured";
  const message = mode === "binary" ? HTTP.binary(event) : HTTP.structured(event);

  // The data as it stands in the message: the whole body, or the member of the envelope, whose text is the same.
  const published = JSON.stringify(data);
  if (!message.body.includes(published)) throw new Error(`${event.id}: the message does not hold the data as it was given`);

  const response = await fetch(url, { method: "POST", headers: message.headers, body: message.body });
  await response.arrayBuffer();
  return { id: event.id, type: event.type, mode, status: response.status, body: Buffer.from(published).toString("base64") };
});
