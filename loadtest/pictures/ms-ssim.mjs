// MS-SSIM (Wang, Simoncelli and Bovik 2003) of a plane, five scales, Gaussian window of 11 with sigma 1.5, valid area only.
const WEIGHTS = [0.0448, 0.2856, 0.3001, 0.2363, 0.1333];
const RADIUS = 5;
const HALF = Array.from({ length: RADIUS + 1 }, (_, i) => Math.exp(-(i ** 2) / (2 * 1.5 ** 2))); // from the middle on
const SUM = HALF[0] + 2 * HALF.slice(1).reduce((a, b) => a + b);
const WINDOW = HALF.map(value => value / SUM);
const [W0, W1, W2, W3, W4, W5] = WINDOW;

// Each of the pixels of `data`, `step` apart from their neighbours, `count` in all from `from` on, into `out`.
function along(data, from, step, count, out, to) {
  for (let i = 0; i < count; i++) {
    const at = from + i + RADIUS * step;
    out[to + i] =
      W0 * data[at] +
      W1 * (data[at - step] + data[at + step]) +
      W2 * (data[at - 2 * step] + data[at + 2 * step]) +
      W3 * (data[at - 3 * step] + data[at + 3 * step]) +
      W4 * (data[at - 4 * step] + data[at + 4 * step]) +
      W5 * (data[at - 5 * step] + data[at + 5 * step]);
  }
}

function blur(data, width, height) {
  const w = width - 2 * RADIUS;
  const rows = new Float64Array(w * height);
  for (let y = 0; y < height; y++) along(data, y * width, 1, w, rows, y * w);
  const out = new Float64Array(w * (height - 2 * RADIUS));
  along(rows, 0, w, out.length, out, 0);
  return out;
}

function half({ data, width, height }) {
  const w = width >> 1;
  const h = height >> 1;
  const out = new Float64Array(w * h);
  for (let y = 0; y < h; y++)
    for (let x = 0; x < w; x++) {
      const at = 2 * y * width + 2 * x;
      out[y * w + x] = (data[at] + data[at + 1] + data[at + width] + data[at + width + 1]) / 4;
    }
  return { data: out, width: w, height: h };
}

// Two planes {data: Float64Array of 0 to 255, width, height} of one size, at least 176 in both directions.
export function msSsim(one, other) {
  const c1 = (0.01 * 255) ** 2;
  const c2 = (0.03 * 255) ** 2;
  let product = 1;
  let a = one;
  let b = other;
  for (let scale = 0; scale < 5; scale++) {
    const { data, width, height } = a;
    const squares = new Float64Array(data.length); // of both
    const products = new Float64Array(data.length);
    for (let i = 0; i < data.length; i++) {
      squares[i] = data[i] * data[i] + b.data[i] * b.data[i];
      products[i] = data[i] * b.data[i];
    }
    const [ma, mb, both, ab] = [data, b.data, squares, products].map(plane => blur(plane, width, height));
    let contrast = 0;
    let all = 0;
    for (let i = 0; i < ma.length; i++) {
      const means = ma[i] * mb[i];
      const power = ma[i] * ma[i] + mb[i] * mb[i];
      const cs = (2 * (ab[i] - means) + c2) / (both[i] - power + c2);
      contrast += cs;
      all += (cs * (2 * means + c1)) / (power + c1);
    }
    product *= Math.max(0, (scale < 4 ? contrast : all) / ma.length) ** WEIGHTS[scale];
    a = half(a);
    b = half(b);
  }
  return product;
}

export const decibels = value => -10 * Math.log10(Math.max(1e-6, 1 - value));
