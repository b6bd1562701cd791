// node compare.mjs JSON: asks every proxy for every picture and prints bytes, similarity and CPU; see compare-pictures.
import fs from 'node:fs';
import http from 'node:http';
import sharp from 'sharp';
import { decibels, msSsim } from './ms-ssim.mjs';

const { origin, pictures, proxies, tick } = JSON.parse(process.argv[2]);
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

// What similarity is measured of: red, green and blue, as Vellum's own guard does, and luma.
const PLANES = [[1, 0, 0], [0, 1, 0], [0, 0, 1], [0.299, 0.587, 0.114]];
const MEASURES = { RGB: [0, 1, 2], luma: [3] };

async function planes(file) {
  const { data, info } = await sharp(file).rotate().flatten().removeAlpha().toColourspace('srgb').raw().toBuffer({ resolveWithObject: true });
  return PLANES.map(([red, green, blue]) => {
    const plane = new Float64Array(info.width * info.height);
    for (let i = 0; i < plane.length; i++) plane[i] = red * data[3 * i] + green * data[3 * i + 1] + blue * data[3 * i + 2];
    return { data: plane, width: info.width, height: info.height };
  });
}

const mean = values => values.reduce((sum, value) => sum + value, 0) / values.length;

// MS-SSIM by each measure.
function likeness(original, other) {
  const each = original.map((plane, i) => msSsim(plane, other[i]));
  return Object.fromEntries(Object.entries(MEASURES).map(([name, of]) => [name, mean(of.map(i => each[i]))]));
}

function seconds(pid) {
  const fields = fs.readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/.*\) /, '').split(' ');
  return (fields.slice(11, 15).reduce((sum, text) => sum + parseInt(text, 10), 0)) / tick;
}

const originals = [];
let bytes = 0;
for (let number = 0; number < pictures; number++) {
  const { file } = await get({ port: origin, accept: '*/*' }, number);
  originals.push(file);
  bytes += file.length;
}
console.log(`${pictures} pictures, ${bytes} bytes; MS-SSIM in decibels, mean and least`);

const results = [];
for (const proxy of proxies) {
  await settled(proxy, pictures); // one that does not count
  const before = seconds(proxy.pid);
  const files = [];
  for (let number = 0; number < pictures; number++) files.push((await settled(proxy, number)).file);
  const cpu = (1000 * (seconds(proxy.pid) - before)) / pictures;
  results.push({ ...proxy, files, cpu });
}

for (let number = 0; number < pictures; number++) {
  const original = await planes(originals[number]);
  for (const result of results) {
    const file = result.files[number];
    const same = file.equals(originals[number]);
    const alike = same ? { RGB: 1, luma: 1 } : likeness(original, await planes(file));
    (result.each ??= []).push({ bytes: file.length, ...alike });
  }
}

const total = each => each.reduce((sum, one) => sum + one.bytes, 0);
const share = part => `${(100 * part).toFixed(1)} %`;
for (const { name, each, cpu } of results) {
  const alike = Object.keys(MEASURES).map(measure => {
    const values = each.map(one => one[measure]);
    return `${measure} ${decibels(mean(values)).toFixed(2)} ${decibels(Math.min(...values)).toFixed(2)}`;
  });
  console.log(`${name}: ${share(total(each) / bytes)} of the bytes, ${alike.join(', ')}, ${cpu.toFixed(0)} ms of CPU a picture`);
}

// Bytes for a similarity between two points of a curve: nearly exponential in decibels. Undefined outside of it.
function needed(curve, similarity) {
  const wanted = decibels(similarity);
  const points = curve.map(one => ({ bytes: one.bytes, decibels: decibels(one.similarity) })).sort((a, b) => a.decibels - b.decibels);
  const above = points.findIndex(one => one.decibels >= wanted);
  if (above <= 0) return undefined;
  const [low, high] = [points[above - 1], points[above]];
  const part = (wanted - low.decibels) / (high.decibels - low.decibels);
  return Math.exp(Math.log(low.bytes) + part * (Math.log(high.bytes) - Math.log(low.bytes)));
}

// Our bytes beside what a peer needs at the quality, one for all pictures, that gives the same `of` all similarities.
function together(ours, peers, measure, of) {
  const similarity = each => of(each.map(one => one[measure]));
  const theirs = needed(peers.map(({ each }) => ({ bytes: total(each), similarity: similarity(each) })), similarity(ours));
  return theirs === undefined ? 'not enclosed' : `${((100 * total(ours)) / theirs - 100).toFixed(1)} %`;
}

// The same picture by picture, each at its own similarity; those that the peer's qualities do not enclose are left out.
function apart(ours, peers, measure) {
  let [mine, theirs, enclosed] = [0, 0, 0];
  ours.forEach((one, number) => {
    const curve = peers.map(({ each }) => ({ bytes: each[number].bytes, similarity: each[number][measure] }));
    const bytes = needed(curve, one[measure]);
    if (bytes === undefined) return;
    mine += one.bytes;
    theirs += bytes;
    enclosed++;
  });
  return enclosed ? `${((100 * mine) / theirs - 100).toFixed(1)} % (${enclosed})` : 'not enclosed';
}

console.log('Our bytes less theirs at equal similarity: of each picture, in the mean, of the least alike');
for (const { name, each } of results.filter(one => one.family.startsWith('vellum')))
  for (const family of new Set(results.map(one => one.family).filter(one => !one.startsWith('vellum')))) {
    const peers = results.filter(one => one.family === family);
    for (const measure of Object.keys(MEASURES)) {
      const figures = [apart(each, peers, measure), together(each, peers, measure, mean), together(each, peers, measure, list => Math.min(...list))];
      console.log(`${name} beside ${family}, by ${measure}: ${figures.join(', ')}`);
    }
  }
process.exit(0);
