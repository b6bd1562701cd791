// Runs graphs in ONNX Runtime's WebAssembly build and prints the SHA-256 of what each gives:
//   node graphs.mjs JOB.json [THREADS]
// A job is [{ graph: FILE, inputs: [{ name, type: "uint8" | "int32", dims, file: FILE }], outputs: [NAME] }];
// files lie beside it. One line an output: FILE NAME HASH.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as ort from 'onnxruntime-web';

const [job, threads = '1'] = process.argv.slice(2);
const folder = dirname(job);
ort.env.wasm.numThreads = Number(threads);
ort.env.logLevel = 'error';

function tensor({ name, type, dims, file }) {
    const bytes = readFileSync(join(folder, file));
    const data =
        type === 'uint8'
            ? new Uint8Array(bytes)
            : new Int32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
    return [name, new ort.Tensor(type, data, dims)];
}

for (const { graph, inputs, outputs } of JSON.parse(readFileSync(job, 'utf8'))) {
    const session = await ort.InferenceSession.create(readFileSync(join(folder, graph)), {
        executionProviders: ['wasm'],
    });
    const results = await session.run(Object.fromEntries(inputs.map(tensor)));
    for (const name of outputs) {
        const { data } = results[name];
        const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
        console.log(graph, name, createHash('sha256').update(bytes).digest('hex'));
    }
    await session.release();
}
