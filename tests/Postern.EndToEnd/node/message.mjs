// A program that signs its messages (RFC 9421): `http-message-signatures` unmodified makes the signatures.
//
//   node message.mjs keys DIRECTORY          makes a key for each algorithm there: ALGORITHM.private and ALGORITHM.public (or .secret)
//   node message.mjs call URL DIRECTORY      signs with each of them, and with one of them what does not hold
//
// Prints one line of JSON for each message: what it is, the status that was answered, and why it was refused.
import { constants, createHash, createPrivateKey, generateKeyPairSync, randomBytes, sign } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createSigner, httpbis } from "http-message-signatures";

const pairs = {
  ed25519: ["ed25519"],
  "ecdsa-p256-sha256": ["ec", { namedCurve: "P-256" }],
  "ecdsa-p384-sha384": ["ec", { namedCurve: "P-384" }],
  "rsa-pss-sha512": ["rsa", { modulusLength: 2048 }],
  "rsa-v1_5-sha256": ["rsa", { modulusLength: 2048 }],
};

const [what, ...rest] = process.argv.slice(2);
await (what === "keys" ? makeKeys(...rest) : call(...rest));

function makeKeys(directory) {
  for (const [algorithm, [type, options]] of Object.entries(pairs)) {
    const { privateKey, publicKey } = generateKeyPairSync(type, options);
    writeFileSync(join(directory, `${algorithm}.private`), privateKey.export({ type: "pkcs8", format: "pem" }));
    writeFileSync(join(directory, `${algorithm}.public`), publicKey.export({ type: "spki", format: "pem" }));
  }
  writeFileSync(join(directory, "hmac-sha256.secret"), randomBytes(32).toString("base64"));
}

async function call(url, directory) {
  const signerOf = (algorithm) => {
    if (algorithm === "hmac-sha256") return createSigner(Buffer.from(readFileSync(join(directory, "hmac-sha256.secret"), "utf8"), "base64"), algorithm, algorithm);
    const key = createPrivateKey(readFileSync(join(directory, `${algorithm}.private`)));
    return algorithm === "rsa-pss-sha512"
      // The library leaves the length of the salt to OpenSSL; RFC 9421 §3.3.1 says 64 bytes.
      ? { id: algorithm, alg: algorithm, sign: async (data) => sign("sha512", data, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 64 }) }
      : createSigner(key, algorithm, algorithm);
  };

  async function show(name, { algorithm = "ed25519", method = "POST", path = "/events", body, headers = {}, fields = [], params = ["created", "expires", "keyid", "alg"], paramValues, change = (message) => message }) {
    if (body !== undefined) {
      headers = { ...headers, "content-digest": `sha-256=:${createHash("sha256").update(body).digest("base64")}:` };
      fields = ["content-digest", "content-type", ...fields];
    }
    const message = { method, url: url + path, headers };
    const signed = await httpbis.signMessage({ key: signerOf(algorithm), fields: ["@method", "@target-uri", ...fields], params, paramValues }, message);
    const { url: target, body: sent, ...request } = change({ ...signed, body });
    const response = await fetch(target, { ...request, body: sent });
    const text = await response.text();
    console.log(JSON.stringify({ name, status: response.status, why: response.status === 401 ? JSON.parse(text).detail : null }));
  }

  const event = (id) => ({ body: JSON.stringify({ specversion: "1.0", id, source: "/signed", type: "orders.created", data: { text: "Euro € 😀" } }), headers: { "content-type": "application/cloudevents+json" } });
  const attributes = { "ce-specversion": "1.0", "ce-id": "binary", "ce-source": "/signed", "ce-type": "orders.created" };

  for (const algorithm of [...Object.keys(pairs), "hmac-sha256"]) {
    await show(`${algorithm} publishes`, { algorithm, ...event(algorithm) });
    await show(`${algorithm} reads`, { algorithm, method: "GET", path: "/orders?limit=3" });
  }
  await show("attributes in fields", { body: "{}", headers: { "content-type": "application/json", ...attributes }, fields: Object.keys(attributes) });
  await show("attributes not covered", { body: "{}", headers: { "content-type": "application/json", ...attributes } });
  await show("a changed body", { ...event("changed"), change: (message) => ({ ...message, body: message.body.replace("created", "deleted") }) });
  await show("another path", { method: "GET", path: "/orders", change: (message) => ({ ...message, url: `${message.url}/1` }) });
  await show("another key", { method: "GET", path: "/orders", algorithm: "ecdsa-p256-sha256", change: (message) => ({ ...message, headers: { ...message.headers, "Signature-Input": message.headers["Signature-Input"].replaceAll("ecdsa-p256-sha256", "ed25519") } }) });
  await show("too old", { method: "GET", path: "/orders", params: ["created", "keyid"], paramValues: { created: new Date(Date.now() - 310_000) } });
  await show("nobody's", { method: "GET", path: "/orders", paramValues: { keyid: "unknown" } });
}
