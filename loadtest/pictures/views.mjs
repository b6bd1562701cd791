// What runs that ask for cold pictures share.
import fs from 'node:fs';
import http from 'node:http';

export const BROWSER = 'image/avif,image/webp,image/*,*/*;q=0.8';

// Asks for pictures of one edge over connections that are kept; `get` never rejects.
export function viewer(port) {
  const agent = new http.Agent({ keepAlive: true });
  const get = (number, headers = { Accept: BROWSER }) =>
    new Promise(resolve => {
      const begun = performance.now();
      const request = http.get({ host: '127.0.0.1', port, path: '/' + number, agent, headers }, response => {
        const first = performance.now() - begun;
        let bytes = 0;
        response.on('data', chunk => (bytes += chunk.length));
        response.on('error', () => resolve({ failed: true }));
        response.on('end', () =>
          resolve({
            first,
            last: performance.now() - begun,
            failed: response.statusCode !== 200 || bytes !== parseInt(response.headers['content-length'], 10),
            told: response.headers['server-timing'] ?? '',
            type: response.headers['content-type']
          })
        );
      });
      request.on('error', () => resolve({ failed: true }));
    });
  return { get, close: () => agent.destroy() };
}

// MiB.
export function resident(pid) {
  return Math.round(parseInt(/VmRSS:\s+(\d+)/.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? '0', 10) / 1024);
}

export function share(list, p) {
  return list.toSorted((a, b) => a - b)[Math.min(list.length - 1, Math.floor(list.length * p))];
}
