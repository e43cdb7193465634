// A client of HTTP/2 that is not .NET: Node's own. Sends all its calls at once, each on a stream of one connection.
//
//   node http2.mjs URL ROOT-CERTIFICATE PATH CALLS
//
// Prints one line of JSON for each call: the protocol that was agreed on, the status, the headers, the body in base64, the trailers.
import { readFileSync } from "node:fs";
import { connect } from "node:http2";

const [url, root, path, calls] = process.argv.slice(2);
const session = connect(url, { ca: readFileSync(root) });

const call = (number) =>
  new Promise((resolve, reject) => {
    const stream = session.request({ ":method": "POST", ":path": path, "content-type": "application/grpc", te: "trailers" });
    const answer = { trailers: {}, body: [] };
    stream.on("response", (headers) => (answer.headers = headers));
    stream.on("trailers", (trailers) => (answer.trailers = trailers));
    stream.on("data", (part) => answer.body.push(part));
    stream.on("error", reject);
    stream.on("end", () => resolve({
      protocol: session.alpnProtocol,
      status: answer.headers[":status"],
      headers: answer.headers,
      body: Buffer.concat(answer.body).toString("base64"),
      trailers: answer.trailers,
    }));
    stream.write(`call ${number}, `);
    stream.end("and no more");
  });

// The peer says how many streams it allows; Node keeps to it by itself.
await new Promise((resolve, reject) => session.once("remoteSettings", resolve).once("error", reject));
for (const answer of await Promise.all(Array.from({ length: Number(calls) }, (_, number) => call(number)))) {
  console.log(JSON.stringify(answer));
}
session.close();
