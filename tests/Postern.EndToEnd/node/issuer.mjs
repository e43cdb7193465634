// An issuer of tokens as anybody would write it: `jose` unmodified makes the keys, publishes them and signs.
//
//   node issuer.mjs PORT SECRET AUDIENCE
//
// Serves the discovery document, the keys, and GET /token?alg=RS256&sub=… with the token as text; HS256 and its kin are signed with SECRET.
import { createServer } from "node:http";
import { exportJWK, generateKeyPair, SignJWT } from "jose";

const [port, secret, audience] = process.argv.slice(2);
const issuer = `http://127.0.0.1:${port}`;
const algorithms = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"];

const keys = new Map();
for (const alg of algorithms) {
  keys.set(alg, await generateKeyPair(alg));
}

const published = {
  keys: await Promise.all(algorithms.map(async (alg) => ({ ...(await exportJWK(keys.get(alg).publicKey)), kid: alg, alg, use: "sig" }))),
};

const sign = (alg, sub) =>
  new SignJWT({ scope: "read" })
    .setProtectedHeader({ alg, kid: keys.has(alg) ? alg : undefined, typ: "at+jwt" })
    .setIssuer(keys.has(alg) ? issuer : `${issuer}/shared`)
    .setAudience(audience)
    .setSubject(sub)
    .setIssuedAt()
    .setExpirationTime("5m")
    .sign(keys.get(alg)?.privateKey ?? new TextEncoder().encode(secret));

const server = createServer(async (request, response) => {
  const url = new URL(request.url, issuer);
  const json = (body) => response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(body));
  switch (url.pathname) {
    case "/.well-known/openid-configuration":
      return json({ issuer, jwks_uri: `${issuer}/keys` });
    case "/keys":
      return json(published);
    case "/token":
      return response.writeHead(200, { "content-type": "text/plain" }).end(await sign(url.searchParams.get("alg"), url.searchParams.get("sub")));
    default:
      return response.writeHead(404).end();
  }
});

server.listen(Number(port), "127.0.0.1", () => console.log("ready"));
process.on("SIGTERM", () => process.exit(0));
