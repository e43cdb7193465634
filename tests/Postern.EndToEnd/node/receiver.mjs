// A receiver as a consumer would write it: `standardwebhooks` unmodified decides whether a callback is genuine.
//
//   node receiver.mjs PORT FILE
//
// PUT /-/secrets?path=/a with the secrets, one a line, tells it how callbacks to /a are signed. Each callback becomes
// one line of FILE: path, webhook-id, headers, body in base64, whether it verified, and why not.
import { appendFileSync } from "node:fs";
import { createServer } from "node:http";
import { Webhook } from "standardwebhooks";

const [port, file] = process.argv.slice(2);
const secrets = new Map();

function faultOf(path, headers, body) {
  let fault = `no secret for ${path}`;
  for (const secret of secrets.get(path) ?? []) {
    try {
      // The bodies may be anything, so that only the signature is looked at.
      new Webhook(secret).verify(body, headers, { jsonParse: false });
      return null;
    } catch (error) {
      fault = error.message;
    }
  }
  return fault;
}

async function bodyOf(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const server = createServer(async (request, response) => {
  const body = await bodyOf(request);
  const url = new URL(request.url, "http://receiver");
  if (request.method === "PUT" && url.pathname === "/-/secrets") {
    secrets.set(url.searchParams.get("path"), body.toString().split("\n").filter(Boolean));
    response.writeHead(204).end();
    return;
  }

  const fault = faultOf(url.pathname, request.headers, body);
  const line = {
    path: url.pathname,
    id: request.headers["webhook-id"],
    headers: request.headers,
    body: body.toString("base64"),
    verified: fault === null,
    fault,
  };
  appendFileSync(file, JSON.stringify(line) + "\n");
  response.writeHead(fault === null ? 204 : 401).end();
});

server.listen(Number(port), "127.0.0.1", () => console.log("ready"));
process.on("SIGTERM", () => process.exit(0));
