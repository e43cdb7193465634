// The payloads of `@octokit/webhooks-examples`: 329 bodies as GitHub really sends them.
import { createRequire } from "node:module";

// The package is one JSON file; `require` reads it in every version of Node.
const examples = createRequire(import.meta.url)("@octokit/webhooks-examples");

export const payloads = examples.flatMap(({ name, examples }) => examples.map((data, index) => ({ name, index, data })));

/** Calls `work` for each payload, a few at a time, and prints what it returns as one line of JSON. */
export async function each(work, concurrency = 8) {
  const queue = payloads.entries();
  await Promise.all(Array.from({ length: concurrency }, async () => {
    for (const [number, payload] of queue) {
      console.log(JSON.stringify(await work(payload, number)));
    }
  }));
}
