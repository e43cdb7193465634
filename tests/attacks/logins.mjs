// logins.mjs PORT CALLERS SECONDS: so many callers of one address, each with another wrong password in every call and the next call as soon as it
// is answered. Prints how many calls were answered, by status.
import http from 'node:http';

const [port, callers, seconds] = process.argv.slice(2).map(Number);
const agent = new http.Agent({ keepAlive: true, maxSockets: callers });
const end = Date.now() + seconds * 1000;
const answers = {};

const call = (user, password) => new Promise((resolve) => {
  const login = Buffer.from(`${user}:${password}`).toString('base64');
  http.get({ agent, host: '127.0.0.1', localAddress: '127.0.0.2', port, path: '/orders/subscriptions', headers: { authorization: `Basic ${login}` } }, (answer) => {
    answers[answer.statusCode] = (answers[answer.statusCode] ?? 0) + 1;
    answer.resume().on('end', resolve);
  }).on('error', (error) => {
    answers[error.code] = (answers[error.code] ?? 0) + 1;
    setTimeout(resolve, 100);
  });
});

await Promise.all(Array.from({ length: callers }, async (_, caller) => {
  // One in ten guesses at a user that there is.
  const user = caller % 10 === 0 ? 'acme' : `user${caller}`;
  for (let attempt = 0; Date.now() < end; attempt++) {
    await call(user, `wrong-${caller}-${attempt}`);
  }
}));
console.log(JSON.stringify(answers));
process.exit(0);
