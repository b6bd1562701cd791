// node overload.mjs MAKING-PORT PASSING-PORT ADMIN-PORT TOKEN-FILE MODEL PICTURES TIMES HOLD-MILLIS PID: see
// loadtest/first-view.
import fs from 'node:fs';
import { BROWSER, resident, share, viewer } from './views.mjs';

const [, , making, passing, admin, tokenFile, model, ...numbers] = process.argv;
const [pictures, times, hold, pid] = numbers.map(parseFloat);
const token = fs.readFileSync(tokenFile, 'utf8').trim();
const makes = viewer(parseInt(making, 10));
const passes = viewer(parseInt(passing, 10));
const sleep = millis => new Promise(resolve => setTimeout(resolve, millis));

// Every other view is a browser's, for which nothing is held back; the others take latents over a link so thin that all of
// the deadline is worth waiting.
const WISHES = [
  { name: 'browsers', headers: { Accept: BROWSER }, deadline: 0 },
  { name: 'clients', headers: { Accept: `image/vnd.vellum;m=${model},${BROWSER}`, Downlink: '0.001' }, deadline: hold }
];

async function metrics() {
  const answer = await fetch(`http://127.0.0.1:${admin}/metrics`, { headers: { Authorization: `Bearer ${token}` } });
  const text = await answer.text();
  const value = name => parseFloat(new RegExp(`^${name} (\\S+)`, 'm').exec(text)[1]);
  return { waiting: value('vellum_picture_jobs'), bytes: value('vellum_picture_bytes'), worked: value('vellum_picture_jobs_worked_total') };
}

// What the encoder does in a second while pictures wait for it, and little else is to be done. With few that wait it would
// take more trouble with each.
async function capacity(from, seconds) {
  const before = (await metrics()).worked;
  const begun = performance.now();
  const under = [];
  while (performance.now() < begun + 1000 * seconds) {
    for (let more = 24 - (await metrics()).waiting; more > 0; more--) {
      const number = from + under.length;
      under.push(makes.get(number, WISHES[number % WISHES.length].headers));
    }
    await sleep(50);
  }
  const able = (1000 * ((await metrics()).worked - before)) / (performance.now() - begun);
  await Promise.all(under);
  return able;
}

// Pictures from `from` on at fixed times, each through both edges; times count from when it was due.
async function offer(from, count, rate, results) {
  const begun = performance.now();
  const before = await metrics();
  let most = 0;
  let failed = 0;
  const under = [];
  let next = 0;
  const view = async (edge, number, wish, list) => {
    const due = begun + ((number - from) * 1000) / rate;
    const got = await edge.get(number, wish.headers);
    if (got.failed) failed++;
    else list.push({ millis: performance.now() - due, latents: got.type.startsWith('image/vnd.vellum') });
  };
  while (next < count) {
    for (; next < count && begun + (next * 1000) / rate <= performance.now(); next++) {
      const number = from + next;
      const wish = WISHES[number % WISHES.length];
      under.push(view(makes, number, wish, results[wish.name].makes), view(passes, number, wish, results[wish.name].passes));
      if (next % Math.ceil(count / 20) === 0) console.log(`${next} pictures: ${resident(pid)} MiB resident`);
    }
    if (next % 7 === 0) most = Math.max(most, (await metrics()).bytes);
    await sleep(2);
  }
  await Promise.all(under);
  const seconds = (performance.now() - begun) / 1000;
  return { failed, most, seconds, worked: ((await metrics()).worked - before.worked) / seconds };
}

const blank = () => Object.fromEntries(WISHES.map(({ name }) => [name, { makes: [], passes: [] }]));
await capacity(1_000_000, 15); // so that all is compiled
const able = await capacity(2_000_000, 10);
const rate = times * able;
console.log(`the encoder does ${able.toFixed(1)} pictures a second; ${rate.toFixed(1)} a second are asked for`);
await offer(3_000_000, Math.min(pictures, Math.ceil(5 * rate)), rate, blank());
const results = blank();
const run = await offer(0, pictures, rate, results);

const list = values => [0.5, 0.95, 0.99, 1].map(p => share(values, p).toFixed(1)).join(', ');
console.log('milliseconds to the last byte: median, p95, p99, longest');
for (const { name, deadline } of WISHES) {
  const [ours, plain] = [results[name].makes, results[name].passes].map(all => all.map(one => one.millis));
  const allowed = share(plain, 0.99) + deadline;
  const waited = share(ours, 0.99);
  const latents = results[name].makes.filter(one => one.latents).length;
  console.log(`${name}, pass-through: ${list(plain)}`);
  console.log(`${name}, forms made:   ${list(ours)}; ${latents} of ${ours.length} as latents`);
  console.log(`${name}: p99 ${waited.toFixed(1)} of ${allowed.toFixed(1)} ms (pass-through and ${deadline} ms)`);
}
console.log(
  `failed: ${run.failed} of ${2 * pictures}; ${run.worked.toFixed(1)} forms a second made or judged in ${run.seconds.toFixed(0)} s; ` +
    `at most ${(run.most / 2 ** 20).toFixed(1)} MiB set aside`
);
console.log(`${pictures} pictures: ${resident(pid)} MiB resident`);
process.exit(run.failed > 0 ? 1 : 0);
