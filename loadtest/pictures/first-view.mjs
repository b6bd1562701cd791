// node first-view.mjs MAKING-PORT PASSING-PORT PICTURES CLIENTS PID: see loadtest/first-view.
import fs from 'node:fs';
import http from 'node:http';

const [, , making, passing, pictures, clients, pid] = process.argv.map((text, i) => (i < 2 ? text : parseInt(text, 10)));
const accept = 'image/avif,image/webp,image/*,*/*;q=0.8';
const agents = { [making]: new http.Agent({ keepAlive: true }), [passing]: new http.Agent({ keepAlive: true }) };

function get(port, number) {
  return new Promise(resolve => {
    const begun = performance.now();
    let first = 0;
    const request = http.get(
      { host: '127.0.0.1', port, path: '/' + number, agent: agents[port], headers: { Accept: accept } },
      response => {
        first = performance.now() - begun;
        let bytes = 0;
        response.on('data', chunk => (bytes += chunk.length));
        response.on('error', () => resolve({ failed: true }));
        response.on('end', () =>
          resolve({
            first,
            last: performance.now() - begun,
            failed: response.statusCode !== 200 || bytes !== parseInt(response.headers['content-length'], 10),
            told: response.headers['server-timing'] ?? ''
          })
        );
      }
    );
    request.on('error', () => resolve({ failed: true }));
  });
}

function resident() {
  return Math.round(parseInt(/VmRSS:\s+(\d+)/.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? '0', 10) / 1024);
}

const times = { [making]: [], [passing]: [] };
let failures = 0;
async function ask(port, number) {
  const got = await get(port, number);
  if (got.failed) failures++;
  else times[port].push(got);
}

async function run(from, to) {
  let next = from;
  const client = async () => {
    for (let number = next++; number < to; number = next++) {
      const ports = Math.random() < 0.5 ? [making, passing] : [passing, making];
      for (const port of ports) await ask(port, number);
      if (number % Math.max(1, Math.floor(pictures / 10)) === 0) console.log(`${number} pictures: ${resident()} MiB resident`);
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
}

await run(1_000_000, 1_000_000 + Math.max(200, Math.floor(pictures / 10))); // so that both are compiled
times[making] = [];
times[passing] = [];
await run(0, pictures);

const share = (list, p) => list.sort((a, b) => a - b)[Math.min(list.length - 1, Math.floor(list.length * p))].toFixed(2);
for (const what of ['first', 'last'])
  for (const port of [passing, making]) {
    const list = times[port].map(one => one[what]);
    console.log(
      `${what} byte, ${port === making ? 'forms made' : 'none made '}: median ${share(list, 0.5)} ms, p95 ${share(list, 0.95)} ms, p99 ${share(list, 0.99)} ms`
    );
  }
console.log(`failed: ${failures} of ${2 * pictures}`);
const outcomes = {};
for (let number = 0; number < pictures; number += Math.ceil(pictures / 200)) {
  const { told } = await get(making, number);
  outcomes[told] = (outcomes[told] ?? 0) + 1;
}
console.log('of 200 asked again:', JSON.stringify(outcomes));
for (const agent of Object.values(agents)) agent.destroy();
