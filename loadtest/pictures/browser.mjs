// node browser.mjs WORK ORIGIN SECURE LINK WEBP AVIF FORWARD FORWARD_TLS CLIENT MODEL [FOLDER]: see loadtest/browser.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import path from 'node:path';
import sharp from 'sharp';
import { msSsim } from './ms-ssim.mjs';

const [, , work, origin, secure, link, webp, avif, forward, forwardTls, client, model, folder] = process.argv;
const FLOOR = 0.97;

// ---- the page

async function painted() {
  const noise = sigma =>
    sharp({ create: { width: 640, height: 448, channels: 3, noise: { type: 'gaussian', mean: 128, sigma } } });
  const [coarse, fine] = await Promise.all([
    noise(120).blur(24).normalise().png().toBuffer(),
    noise(50).blur(1.2).png().toBuffer()
  ]);
  return sharp(coarse).composite([{ input: fine, blend: 'soft-light' }]).removeAlpha().jpeg({ quality: 92 }).toBuffer();
}

const sources = folder
  ? fs.readdirSync(folder).filter(name => /\.jpe?g$/i.test(name)).sort().map(name => fs.readFileSync(path.join(folder, name)))
  : [await painted(), await painted(), await painted()];
let taken = 0;
const photograph = () => sharp(sources[taken++ % sources.length]).resize(640, 448, { fit: 'cover' });

async function pages() {
  const lines = Array.from({ length: 24 }, (_, i) => `<text x="16" y="${24 + 18 * i}">The quick brown fox, line ${i}: 0123456789</text>`);
  const screen = `<svg width="640" height="448" font-family="sans-serif" font-size="14"><rect width="640" height="448" fill="#fff"/>${lines.join('')}</svg>`;
  const circle = '<svg width="640" height="448"><ellipse cx="320" cy="224" rx="300" ry="200"/></svg>';
  const frames = [];
  for (let i = 0; i < 3; i++) frames.push(await photograph().resize(192, 192, { fit: 'cover' }).removeAlpha().raw().toBuffer());
  const jpeg = await photograph().jpeg({ quality: 90 }).toBuffer();
  return {
    jpeg: ['image/jpeg', jpeg],
    progressive: ['image/jpeg', await photograph().jpeg({ quality: 90, progressive: true }).toBuffer()],
    cmyk: ['image/jpeg', await photograph().toColourspace('cmyk').jpeg({ quality: 90 }).toBuffer()],
    turned: ['image/jpeg', await photograph().withMetadata({ orientation: 6 }).jpeg({ quality: 90 }).toBuffer()],
    alpha: ['image/png', await photograph().composite([{ input: Buffer.from(circle), blend: 'dest-in' }]).png().toBuffer()],
    screenshot: ['image/png', await sharp(Buffer.from(screen)).png().toBuffer()],
    animation: [
      'image/gif',
      await sharp(Buffer.concat(frames), { raw: { width: 192, height: 576, channels: 3, pageHeight: 192 } })
        .gif({ delay: [60000, 60000, 60000], loop: 0 })
        .toBuffer()
    ],
    webp: ['image/webp', await photograph().webp({ quality: 90 }).toBuffer()],
    avif: ['image/avif', await photograph().avif({ quality: 80, effort: 2 }).toBuffer()],
    corrupt: ['image/jpeg', Buffer.concat([jpeg.subarray(0, 400), Buffer.alloc(3000, 0x5a)])],
    secure: ['image/jpeg', await photograph().jpeg({ quality: 90 }).toBuffer()]
  };
}
const files = await pages();
const names = Object.keys(files);
const page = `<!doctype html><title>Pictures</title><body><script>
const shown = {};
const one = (name, source) => new Promise(done => {
  const image = new Image();
  image.crossOrigin = 'anonymous';
  image.onerror = () => { shown[name] = null; done(); };
  image.onload = () => {
    const canvas = document.createElement('canvas');
    canvas.width = image.naturalWidth; canvas.height = image.naturalHeight;
    const context = canvas.getContext('2d');
    context.drawImage(image, 0, 0);
    const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
    let text = '';
    for (let i = 0; i < data.length; i += 8192) text += String.fromCharCode(...data.subarray(i, i + 8192));
    shown[name] = { width: canvas.width, height: canvas.height, data: btoa(text) };
    done();
  };
  document.body.append(image);
  image.src = source;
});
Promise.all(${JSON.stringify(names)}.map(name => one(name, (name === 'secure' ? 'https://localhost:${secure}/' : '/') + name)))
  .then(() => fetch('/shown', { method: 'POST', body: JSON.stringify(shown) }));
</script>`;

let told = () => {};
const answer = (request, response) => {
  if (request.method === 'POST') {
    const chunks = [];
    request.on('data', chunk => chunks.push(chunk));
    request.on('end', () => {
      response.end();
      told(JSON.parse(Buffer.concat(chunks).toString()));
    });
    return;
  }
  const [type, body] = files[request.url.slice(1)] ?? ['text/html', Buffer.from(page)];
  response.writeHead(200, {
    'Content-Type': type,
    'Content-Length': body.length,
    'Cache-Control': 'max-age=3600',
    'Access-Control-Allow-Origin': '*'
  });
  response.end(body);
};
http.createServer(answer).listen(parseInt(origin, 10), '127.0.0.1');
https
  .createServer(
    { key: fs.readFileSync(path.join(work, 'key.pem')), cert: fs.readFileSync(path.join(work, 'certificate.pem')) },
    answer
  )
  .listen(parseInt(secure, 10), '127.0.0.1');

// ---- the hop that would be thin

let carried = 0;
[origin, webp, avif, forwardTls].forEach((target, i) => {
  net
    .createServer(near => {
      const far = net.connect(parseInt(target, 10), '127.0.0.1');
      far.on('data', data => (carried += data.length));
      near.pipe(far).pipe(near);
      near.on('error', () => far.destroy());
      far.on('error', () => near.destroy());
    })
    .listen(parseInt(link, 10) + i, '127.0.0.1');
});

// ---- visits

function visit(proxy) {
  return new Promise((resolve, reject) => {
    carried = 0;
    const profile = fs.mkdtempSync(path.join(work, 'profile-'));
    const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'];
    flags.push('--disable-background-networking', '--disable-component-update', '--disable-sync');
    flags.push('--ignore-certificate-errors', '--proxy-bypass-list=<-loopback>', `--user-data-dir=${profile}`);
    if (proxy) flags.push(`--proxy-server=http://127.0.0.1:${proxy}`);
    // in a process group of its own, since chromium is many processes behind a script
    const chromium = spawn('chromium', [...flags, `http://127.0.0.1:${origin}/`], { stdio: 'ignore', detached: true });
    const end = () => {
      try {
        process.kill(-chromium.pid, 'SIGKILL');
      } catch {
        // it is gone
      }
    };
    const timer = setTimeout(() => {
      end();
      reject(new Error('nothing shown after 150 s'));
    }, 150_000);
    told = shown => {
      clearTimeout(timer);
      end();
      resolve({ shown, bytes: carried });
    };
  });
}

const accepted = 'image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8';
function ask(port, name, accept) {
  return new Promise((resolve, reject) => {
    const headers = { Accept: accept, Downlink: '0.01' };
    const answered = response => {
      response.resume();
      response.on('end', () =>
        response.statusCode === 200
          ? resolve(response.headers['server-timing'] ?? '')
          : reject(new Error(`status ${response.statusCode} for ${name}`))
      );
    };
    const proxy = { host: '127.0.0.1', port: parseInt(port, 10) };
    if (name !== 'secure') {
      const Host = `127.0.0.1:${origin}`;
      http.get({ ...proxy, path: `http://${Host}/${name}`, headers: { ...headers, Host } }, answered).on('error', reject);
      return;
    }
    const Host = `localhost:${secure}`;
    http
      .request({ ...proxy, method: 'CONNECT', path: Host, headers: { Host } })
      .on('connect', (opened, socket) => {
        if (opened.statusCode !== 200) return reject(new Error(`status ${opened.statusCode} for a tunnel`));
        const options = { socket, servername: 'localhost', rejectUnauthorized: false, agent: false };
        https.get({ ...options, host: 'localhost', path: '/secure', headers: { ...headers, Host, Connection: 'close' } }, answered)
          .on('error', reject);
      })
      .on('error', reject)
      .end();
  });
}

/** Until each form is made, or known to be of no use. */
async function ready(port, accept) {
  for (const name of names)
    for (let i = 0; i < 1200 && (i === 0 || /not-yet|first-view|overloaded/.test(await ask(port, name, accept))); i++)
      await new Promise(resolve => setTimeout(resolve, 50));
}

function luma({ width, height, data }) {
  const rgba = Buffer.from(data, 'base64');
  const out = new Float64Array(width * height);
  for (let i = 0; i < out.length; i++) {
    const alpha = rgba[4 * i + 3] / 255;
    const seen = 0.299 * rgba[4 * i] + 0.587 * rgba[4 * i + 1] + 0.114 * rgba[4 * i + 2];
    out[i] = seen * alpha + 255 * (1 - alpha);
  }
  return { width, height, data: out };
}

const direct = (await visit(0)).shown;
const sent = names.reduce((sum, name) => sum + files[name][1].length, page.length);
console.log(`without a proxy: ${(sent / 1e3).toFixed(1)} kB of content; not shown: ${names.filter(name => !direct[name]).join(', ') || 'none'}`);

let failures = 0;
const ways = [
  ['WebP only', webp, parseInt(link, 10) + 1, accepted],
  ['AVIF only', avif, parseInt(link, 10) + 2, accepted],
  ['latents', forward, client, `image/vnd.vellum;m=${model},${accepted}`]
];
for (const [way, maker, proxy, accept] of ways) {
  await ready(maker, accept);
  const { shown, bytes } = await visit(proxy);
  const marks = names.map(name => {
    const [is, was] = [shown[name], direct[name]];
    if (!was) return `${name} ${is ? 'shows' : 'does not show'}`;
    if (!is || is.width !== was.width || is.height !== was.height) {
      failures++;
      return `${name} BROKEN`;
    }
    const similarity = was.width >= 176 && was.height >= 176 ? msSsim(luma(was), luma(is)) : is.data === was.data ? 1 : 0;
    if (similarity < FLOOR) failures++;
    return `${name} ${similarity.toFixed(4)}${similarity < FLOOR ? ' BELOW' : ''}`;
  });
  console.log(`${way}: ${(bytes / 1e3).toFixed(1)} kB over the hop; ${marks.join(', ')}`);
}
console.log(failures ? `${failures} pictures do not look the same` : 'every picture looks the same');
process.exit(failures ? 1 : 0);
