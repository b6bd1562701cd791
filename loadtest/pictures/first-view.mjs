// node first-view.mjs MAKING-PORT PASSING-PORT PICTURES CLIENTS PID: see loadtest/first-view.
import { resident, share, viewer } from './views.mjs';

const [, , making, passing, pictures, clients, pid] = process.argv.map((text, i) => (i < 2 ? text : parseInt(text, 10)));
const edges = { [making]: viewer(making), [passing]: viewer(passing) };
const times = { [making]: [], [passing]: [] };
let failures = 0;
async function ask(port, number) {
  const got = await edges[port].get(number);
  if (got.failed) failures++;
  else times[port].push(got);
}

async function run(from, to) {
  let next = from;
  const client = async () => {
    for (let number = next++; number < to; number = next++) {
      const ports = Math.random() < 0.5 ? [making, passing] : [passing, making];
      for (const port of ports) await ask(port, number);
      if (number % Math.max(1, Math.floor(pictures / 10)) === 0) console.log(`${number} pictures: ${resident(pid)} MiB resident`);
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
}

await run(1_000_000, 1_000_000 + Math.max(200, Math.floor(pictures / 10))); // so that both are compiled
times[making] = [];
times[passing] = [];
await run(0, pictures);

for (const what of ['first', 'last'])
  for (const port of [passing, making]) {
    const [median, p95, p99] = [0.5, 0.95, 0.99].map(p => share(times[port].map(one => one[what]), p).toFixed(2));
    console.log(`${what} byte, ${port === making ? 'forms made' : 'none made '}: median ${median} ms, p95 ${p95} ms, p99 ${p99} ms`);
  }
console.log(`failed: ${failures} of ${2 * pictures}`);
const outcomes = {};
for (let number = 0; number < pictures; number += Math.ceil(pictures / 200)) {
  const { told } = await edges[making].get(number);
  outcomes[told] = (outcomes[told] ?? 0) + 1;
}
console.log('of 200 asked again:', JSON.stringify(outcomes));
for (const edge of Object.values(edges)) edge.close();
