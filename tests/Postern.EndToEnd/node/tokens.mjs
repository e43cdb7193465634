// An issuer of tokens as anybody would write it: `jose` unmodified makes the keys, publishes them and signs.
//
//   node tokens.mjs PORT-OF-THE-ISSUER URL-OF-A-CALL-FOR-CONSUMERS
//
// Prints one line of JSON for each token: what it is, and the status that the call was answered with.
import { createServer } from "node:http";
import { EncryptJWT, SignJWT, UnsecuredJWT, exportJWK, exportSPKI, generateKeyPair } from "jose";

const [port, url] = process.argv.slice(2);
const issuer = `http://127.0.0.1:${port}`;
const keys = {};
for (const alg of ["RS256", "PS384", "ES256", "ES512"]) keys[alg] = await generateKeyPair(alg, { extractable: true });

const published = await Promise.all(
  Object.entries(keys).map(async ([alg, pair]) => ({ ...(await exportJWK(pair.publicKey)), kid: `key-${alg}`, alg, use: "sig" })));
const server = createServer((request, response) => {
  response.setHeader("content-type", "application/json");
  response.end(JSON.stringify(
    request.url === "/.well-known/openid-configuration" ? { issuer, jwks_uri: `${issuer}/jwks` } : { keys: published }));
});
await new Promise((resolve) => server.listen(Number(port), "127.0.0.1", resolve));

const token = (alg, change = (jwt) => jwt) =>
  change(new SignJWT({}).setProtectedHeader({ alg, kid: `key-${alg}`, typ: "JWT" })
    .setIssuer(issuer).setAudience(["somebody", "postern"]).setSubject("acme").setIssuedAt().setExpirationTime("5m"));

async function call(bearer) {
  const response = await fetch(url, { headers: { authorization: `Bearer ${bearer}` } });
  await response.arrayBuffer();
  return response.status;
}

const show = async (name, bearer) => console.log(JSON.stringify({ name, status: await call(bearer) }));

// The gateway was there before its issuer: it may still be on its way to the keys.
const first = await token("RS256").sign(keys.RS256.privateKey);
while ((await call(first)) === 503) await new Promise((resolve) => setTimeout(resolve, 200));

for (const alg of Object.keys(keys)) await show(alg, await token(alg).sign(keys[alg].privateKey));
await show("RS256 again", first);
await show("expired", await token("ES256", (jwt) => jwt.setExpirationTime("-2m")).sign(keys.ES256.privateKey));
await show("another audience", await token("ES256", (jwt) => jwt.setAudience("other")).sign(keys.ES256.privateKey));
await show("another subject", await token("ES256", (jwt) => jwt.setSubject("globex")).sign(keys.ES256.privateKey));
await show("another key", await token("ES256").sign((await generateKeyPair("ES256")).privateKey));
await show("unsecured", new UnsecuredJWT({}).setIssuer(issuer).setAudience("postern").setSubject("acme").setExpirationTime("5m").encode());
await show("the public key as a secret", await token("HS256").sign(new TextEncoder().encode(await exportSPKI(keys.RS256.publicKey))));
await show("encrypted", await new EncryptJWT({ sub: "acme" }).setProtectedHeader({ alg: "RSA-OAEP-256", enc: "A256GCM" })
  .setIssuer(issuer).setAudience("postern").setExpirationTime("5m").encrypt((await generateKeyPair("RSA-OAEP-256")).publicKey));

// A key that is new since the gateway looked.
const next = await generateKeyPair("ES256", { extractable: true });
published.push({ ...(await exportJWK(next.publicKey)), kid: "next", use: "sig" });
const rotated = await token("ES256", (jwt) => jwt.setProtectedHeader({ alg: "ES256", kid: "next" })).sign(next.privateKey);
while ((await call(rotated)) === 401) await new Promise((resolve) => setTimeout(resolve, 1000));
await show("a new key", rotated);
server.close();
server.closeAllConnections();
