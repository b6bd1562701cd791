// node compare.mjs JSON: asks every proxy for every picture and prints bytes, similarity and CPU; see compare-pictures.
import fs from 'node:fs';
import http from 'node:http';
import sharp from 'sharp';
import { decibels, msSsim } from './ms-ssim.mjs';

const { origin, pictures, proxies, tick, colour } = JSON.parse(process.argv[2]);
const sleep = millis => new Promise(resolve => setTimeout(resolve, millis));

function get(proxy, number) {
  const target = `http://127.0.0.1:${origin}/${number}`;
  const path = proxy.absolute ? target : '/' + number;
  const headers = { Accept: proxy.accept, Connection: 'close' };
  return new Promise((resolve, reject) =>
    http
      .get({ host: '127.0.0.1', port: proxy.port, path, headers, agent: false }, response => {
        const parts = [];
        response.on('data', part => parts.push(part));
        response.on('end', () => resolve({ file: Buffer.concat(parts), headers: response.headers }));
        response.on('error', reject);
      })
      .on('error', reject)
  );
}

async function settled(proxy, number) {
  for (;;) {
    const got = await get(proxy, number);
    if (!/not-yet|overloaded/.test(got.headers['server-timing'] ?? '')) return got;
    await sleep(100);
  }
}

const WEIGHTS = colour ? [[1, 0, 0], [0, 1, 0], [0, 0, 1]] : [[0.299, 0.587, 0.114]];

async function planes(file) {
  const { data, info } = await sharp(file).rotate().flatten().removeAlpha().toColourspace('srgb').raw().toBuffer({ resolveWithObject: true });
  return WEIGHTS.map(([red, green, blue]) => {
    const plane = new Float64Array(info.width * info.height);
    for (let i = 0; i < plane.length; i++) plane[i] = red * data[3 * i] + green * data[3 * i + 1] + blue * data[3 * i + 2];
    return { data: plane, width: info.width, height: info.height };
  });
}

function likeness(original, other) {
  return decibels(original.reduce((sum, plane, i) => sum + msSsim(plane, other[i]), 0) / original.length);
}

function seconds(pid) {
  const fields = fs.readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/.*\) /, '').split(' ');
  return (fields.slice(11, 15).reduce((sum, text) => sum + parseInt(text, 10), 0)) / tick;
}

const originals = [];
let bytes = 0;
for (let number = 0; number < pictures; number++) {
  const { file } = await get({ port: origin, accept: '*/*' }, number);
  originals.push(await planes(file));
  bytes += file.length;
}
console.log(`${pictures} pictures, ${bytes} bytes`);

const results = [];
for (const proxy of proxies) {
  await settled(proxy, pictures); // one that does not count
  const before = seconds(proxy.pid);
  const files = [];
  for (let number = 0; number < pictures; number++) files.push((await settled(proxy, number)).file);
  const cpu = (1000 * (seconds(proxy.pid) - before)) / pictures;
  const sent = files.reduce((sum, file) => sum + file.length, 0);
  const each = [];
  for (let number = 0; number < pictures; number++)
    each.push({ bytes: files[number].length, similarity: likeness(originals[number], await planes(files[number])) });
  const similarity = each.reduce((sum, one) => sum + one.similarity, 0) / pictures;
  results.push({ ...proxy, each });
  console.log(
    `${proxy.name}: ${sent} bytes, ${((100 * sent) / bytes).toFixed(1)} %, MS-SSIM ${similarity.toFixed(2)} dB, ${cpu.toFixed(0)} ms of CPU a picture`
  );
}

// Bytes that a peer needs for our similarity, picture by picture: between two of its qualities, nearly exponential in
// decibels. Pictures whose similarity its qualities do not enclose are left out, on both sides.
function needed(curve, similarity) {
  const points = [...curve].sort((a, b) => a.similarity - b.similarity);
  const above = points.findIndex(one => one.similarity >= similarity);
  if (above <= 0) return undefined;
  const [low, high] = [points[above - 1], points[above]];
  const share = (similarity - low.similarity) / (high.similarity - low.similarity);
  return Math.exp(Math.log(low.bytes) + share * (Math.log(high.bytes) - Math.log(low.bytes)));
}

for (const ours of results.filter(one => one.family.startsWith('vellum')))
  for (const family of new Set(results.map(one => one.family).filter(name => !name.startsWith('vellum')))) {
    const peers = results.filter(one => one.family === family);
    let [mine, theirs, enclosed] = [0, 0, 0];
    ours.each.forEach((one, number) => {
      const bytes = needed(peers.map(peer => peer.each[number]), one.similarity);
      if (bytes === undefined) return;
      mine += one.bytes;
      theirs += bytes;
      enclosed++;
    });
    const difference = enclosed ? `${((100 * mine) / theirs - 100).toFixed(1)} % of bytes` : 'no similarity enclosed';
    console.log(`${ours.name} beside ${family}, each picture at equal similarity (${enclosed} of ${pictures}): ${difference}`);
  }
process.exit(0);
