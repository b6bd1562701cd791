// A proxy as sites build it with sharp: node sharp-proxy.mjs PORT ORIGIN-PORT FORMAT QUALITY. Each picture is coded in
// that format at that quality with sharp's own defaults, and sent if it is smaller.
import http from 'node:http';
import sharp from 'sharp';

const [, , port, origin, format, quality] = process.argv;
sharp.concurrency(1);
sharp.cache(false);

http
  .createServer(async (request, response) => {
    const answer = await fetch(`http://127.0.0.1:${origin}${request.url}`);
    const file = Buffer.from(await answer.arrayBuffer());
    const coded = await sharp(file).rotate().toFormat(format, { quality: parseInt(quality, 10) }).toBuffer();
    const smaller = coded.length < file.length;
    response.writeHead(200, { 'Content-Type': smaller ? `image/${format}` : answer.headers.get('content-type') });
    response.end(smaller ? coded : file);
  })
  .listen(parseInt(port, 10), '127.0.0.1');
