// MS-SSIM (Wang, Simoncelli and Bovik 2003) of luma, five scales, Gaussian window of 11 with sigma 1.5, valid area only.
const WEIGHTS = [0.0448, 0.2856, 0.3001, 0.2363, 0.1333];
const WINDOW = Array.from({ length: 11 }, (_, i) => Math.exp(-((i - 5) ** 2) / (2 * 1.5 ** 2)));
const SUM = WINDOW.reduce((a, b) => a + b);

function blur({ data, width, height }) {
  const w = width - 10;
  const h = height - 10;
  const rows = new Float64Array(w * height);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < w; x++) {
      let sum = 0;
      for (let i = 0; i < 11; i++) sum += WINDOW[i] * data[y * width + x + i];
      rows[y * w + x] = sum / SUM;
    }
  const out = new Float64Array(w * h);
  for (let y = 0; y < h; y++)
    for (let x = 0; x < w; x++) {
      let sum = 0;
      for (let i = 0; i < 11; i++) sum += WINDOW[i] * rows[(y + i) * w + x];
      out[y * w + x] = sum / SUM;
    }
  return out;
}

const times = (a, b) => ({ ...a, data: a.data.map((value, i) => value * b.data[i]) });

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
    const [ma, mb, aa, bb, ab] = [a, b, times(a, a), times(b, b), times(a, b)].map(blur);
    let contrast = 0;
    let all = 0;
    for (let i = 0; i < ma.length; i++) {
      const cs = (2 * (ab[i] - ma[i] * mb[i]) + c2) / (aa[i] - ma[i] ** 2 + bb[i] - mb[i] ** 2 + c2);
      contrast += cs;
      all += (cs * (2 * ma[i] * mb[i] + c1)) / (ma[i] ** 2 + mb[i] ** 2 + c1);
    }
    product *= Math.max(0, (scale < 4 ? contrast : all) / ma.length) ** WEIGHTS[scale];
    a = half(a);
    b = half(b);
  }
  return product;
}

export const decibels = value => -10 * Math.log10(Math.max(1e-6, 1 - value));
