// node capacity.mjs ORIGIN FORWARD LINK NAME:PORT:PID NAME:PORT:PID MODEL PICTURES REQUESTS SAVES: see loadtest/compare-capacity.
import fs from 'node:fs';
import http from 'node:http';
import net from 'node:net';

const [, , origin, forward, link, first, second, model] = process.argv;
const [pictures, requests] = process.argv.slice(8, 10).map(text => parseInt(text, 10));
const saves = process.argv[10] === 'true' ? { 'Save-Data': 'on' } : {};
const ways = [first, second].map(text => {
  const [name, port, pid] = text.split(':');
  return { name, port: parseInt(port, 10), pid };
});
const browser = 'image/avif,image/webp,image/*,*/*;q=0.8';
const agent = new http.Agent({ keepAlive: true });

// ---- a link: one piece after the other, each as long under way as its bits take, and 20 ms
const bitsPerSecond = 8e6;
const delay = 20;
let carried = 0;
net
  .createServer(near => {
    const far = net.connect(parseInt(forward, 10), '127.0.0.1');
    join(near, far, { free: 0 });
    join(far, near, down);
  })
  .listen(parseInt(link, 10), '127.0.0.1');
const down = { free: 0, counts: true };

function join(from, to, direction) {
  from.on('data', data => {
    if (direction.counts) carried += data.length;
    const now = performance.now();
    direction.free = Math.max(direction.free, now) + (data.length * 8e3) / bitsPerSecond;
    from.pause();
    setTimeout(() => from.resume(), direction.free - now);
    setTimeout(() => to.writable && to.write(data), direction.free - now + delay);
  });
  from.on('end', () => setTimeout(() => to.end(), delay + 5));
  from.on('error', () => to.destroy());
}

function get(port, number, headers) {
  return new Promise((resolve, reject) => {
    const begun = performance.now();
    http
      .get({ host: '127.0.0.1', port, path: `http://127.0.0.1:${origin}/${number}`, agent, headers: { ...headers, Host: `127.0.0.1:${origin}` } }, response => {
        let length = 0;
        response.on('data', data => (length += data.length));
        response.on('error', reject);
        response.on('end', () =>
          resolve({
            length,
            millis: performance.now() - begun,
            status: response.statusCode,
            type: response.headers['content-type'] ?? '',
            hit: /;hit/.test((response.headers['cache-status'] ?? '').split(',').pop())
          })
        );
      })
      .on('error', reject);
  });
}

function cpuMillis(pid) {
  const fields = fs.readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return (parseInt(fields[11], 10) + parseInt(fields[12], 10)) * 10;
}

// ---- the same popularity for both
let seed = 20261122;
const random = () => ((seed = (Math.imul(seed, 1103515245) + 12345) >>> 0) / 2 ** 32);
const weights = Array.from({ length: pictures }, (_, rank) => (rank + 1) ** -0.9);
const sum = weights.reduce((a, b) => a + b, 0);
const asked = Array.from({ length: requests }, () => {
  let left = random() * sum;
  return Math.max(0, weights.findIndex(weight => (left -= weight) <= 0));
});

const type = `image/vnd.vellum;m=${model}`;
let ready = 0;
for (let number = 0; number < pictures; number++) {
  for (let i = 0; i < 400; i++) {
    const got = await get(parseInt(forward, 10), number, { Accept: type + ',image/*', Downlink: '0.01', ...saves });
    if (got.type.startsWith('image/vnd.vellum')) {
      ready++;
      break;
    }
    await new Promise(resolve => setTimeout(resolve, 50));
  }
}
// what was made in haste is made again for fewer bytes when there is no work: until nothing changes for a quarter of a minute
async function total() {
  let sum = 0;
  for (let number = 0; number < pictures; number++)
    sum += (await get(parseInt(forward, 10), number, { Accept: type + ',image/*', ...saves })).length;
  return sum;
}
const hasty = await total();
let settled = hasty;
for (let same = 0; same < 3; ) {
  await new Promise(resolve => setTimeout(resolve, 5000));
  const now = await total();
  same = now === settled ? same + 1 : 0;
  settled = now;
}
const kilobytes = bytes => (bytes / pictures / 1e3).toFixed(1);
console.log(
  `${ready} of ${pictures} pictures have latents, ${kilobytes(settled)} kB each, ${kilobytes(hasty)} as first made; ` +
    `${requests} requests, exponent 0.9`
);

const share = (list, p) => list.sort((a, b) => a - b)[Math.min(list.length - 1, Math.floor(list.length * p))].toFixed(0);
for (const way of ways) {
  carried = 0;
  let next = 0;
  let hits = 0;
  const times = [];
  const client = async () => {
    for (let i = next++; i < requests; i = next++) {
      const got = await get(way.port, asked[i], { Accept: browser });
      if (got.status !== 200) throw new Error(`status ${got.status} for ${asked[i]} through ${way.name}`);
      hits += got.hit ? 1 : 0;
      times.push(got.millis);
    }
  };
  await Promise.all([client(), client()]);
  const bytes = carried;
  let held = 0;
  for (let number = 0; number < pictures; number++)
    held += (await get(way.port, number, { Accept: browser, 'Cache-Control': 'only-if-cached' })).status === 200 ? 1 : 0;
  const before = cpuMillis(way.pid);
  const recent = asked.slice(-100).filter((number, i, all) => all.indexOf(number) === i);
  let again = 0;
  for (const number of [...recent, ...recent, ...recent])
    again += (await get(way.port, number, { Accept: browser, 'Cache-Control': 'only-if-cached' })).status === 200 ? 1 : 0;
  const cpu = (cpuMillis(way.pid) - before) / Math.max(1, again);
  console.log(
    `${way.name.padEnd(9)} held ${held}, hit ratio ${(hits / requests).toFixed(3)}, last byte median ${share(times, 0.5)} ms, ` +
      `p95 ${share(times, 0.95)} ms, ${(bytes / 1e6).toFixed(1)} MB over the link, ${cpu.toFixed(1)} ms of processor a hit`
  );
}
process.exit(0);
