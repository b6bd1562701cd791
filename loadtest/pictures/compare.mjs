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

async function luma(file) {
  const { data, info } = await sharp(file).rotate().flatten().removeAlpha().toColourspace('srgb').raw().toBuffer({ resolveWithObject: true });
  const plane = new Float64Array(info.width * info.height);
  for (let i = 0; i < plane.length; i++)
    plane[i] = 0.299 * data[3 * i] + 0.587 * data[3 * i + 1] + 0.114 * data[3 * i + 2];
  return { data: plane, width: info.width, height: info.height };
}

function seconds(pid) {
  const fields = fs.readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/.*\) /, '').split(' ');
  return (fields.slice(11, 15).reduce((sum, text) => sum + parseInt(text, 10), 0)) / tick;
}

const originals = [];
let bytes = 0;
for (let number = 0; number < pictures; number++) {
  const { file } = await get({ port: origin, accept: '*/*' }, number);
  originals.push(await luma(file));
  bytes += file.length;
}
console.log(`${pictures} pictures, ${bytes} bytes`);

const results = [];
for (const proxy of proxies) {
  await settled(proxy, pictures); // one that does not count
  const before = seconds(proxy.pid);
  let sent = 0;
  let similarity = 0;
  const files = [];
  for (let number = 0; number < pictures; number++) {
    const { file } = await settled(proxy, number);
    sent += file.length;
    files.push(file);
  }
  const cpu = (1000 * (seconds(proxy.pid) - before)) / pictures;
  for (let number = 0; number < pictures; number++)
    similarity += decibels(msSsim(originals[number], await luma(files[number]))) / pictures;
  results.push({ ...proxy, sent, similarity });
  console.log(
    `${proxy.name}: ${sent} bytes, ${((100 * sent) / bytes).toFixed(1)} %, MS-SSIM ${similarity.toFixed(2)} dB, ${cpu.toFixed(0)} ms of CPU a picture`
  );
}

// bytes that a peer would need for our similarity: its bytes are nearly exponential in decibels
for (const ours of results.filter(one => one.family.startsWith('vellum')))
  for (const family of new Set(results.map(one => one.family).filter(name => !name.startsWith('vellum')))) {
    const curve = results.filter(one => one.family === family).sort((a, b) => a.similarity - b.similarity);
    const above = curve.findIndex(one => one.similarity >= ours.similarity);
    if (above <= 0) {
      console.log(`${ours.name} beside ${family}: its similarities do not enclose ${ours.similarity.toFixed(2)} dB`);
      continue;
    }
    const [low, high] = [curve[above - 1], curve[above]];
    const share = (ours.similarity - low.similarity) / (high.similarity - low.similarity);
    const needed = Math.exp(Math.log(low.sent) + share * (Math.log(high.sent) - Math.log(low.sent)));
    console.log(`${ours.name} beside ${family} at ${ours.similarity.toFixed(2)} dB: ${((100 * ours.sent) / needed - 100).toFixed(1)} % of bytes`);
  }
process.exit(0);
