// An origin of pictures that are all different: node origin.mjs PORT FOLDER. GET /N sends the Nth JPEG of the folder,
// counted round, with a comment that names N.
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';

const [, , port, folder] = process.argv;
const files = fs
  .readdirSync(folder)
  .filter(name => /\.jpe?g$/i.test(name))
  .sort()
  .map(name => fs.readFileSync(path.join(folder, name)));

http
  .createServer((request, response) => {
    const number = parseInt(request.url.slice(1), 10);
    const file = files[number % files.length];
    const comment = Buffer.from([0xff, 0xfe, 0, 10, ...Buffer.from(String(number).padStart(8, '0'))]);
    const body = Buffer.concat([file.subarray(0, 2), comment, file.subarray(2)]);
    response.writeHead(200, {
      'Content-Type': 'image/jpeg',
      'Content-Length': body.length,
      'Cache-Control': 'max-age=3600'
    });
    response.end(body);
  })
  .listen(parseInt(port, 10), '127.0.0.1');
