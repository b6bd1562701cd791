"""Trains on a GPU host with the files that `vellum train gpu` writes.

The archive is the whole training step: networks, losses, gradients, optimiser. This driver only
feeds it, and knows nothing of the architecture. It needs PyTorch and numpy, and no other package.

    python3 train.py codec.pt state.safetensors pictures.npy --steps 20000 --out state.safetensors

pictures.npy holds bytes [N, 3, S, S]. The state is what `vellum train` wrote and goes on from.
"""

import argparse
import json
import math
import struct
import time

import numpy
import torch

TENSORS = ["parameters", "first", "second", "average"]


def read(path):
    data = open(path, "rb").read()
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + length])
    arrays = {}
    for name in TENSORS:
        start, end = header[name]["data_offsets"]
        arrays[name] = torch.from_numpy(
            numpy.frombuffer(data, "<f4", (end - start) // 4, 8 + length + start).copy()
        )
    return header["__metadata__"], arrays


def write(path, metadata, arrays):
    header, at = {"__metadata__": metadata}, 0
    for name in TENSORS:
        size = 4 * arrays[name].numel()
        header[name] = {"dtype": "F32", "shape": [size // 4], "data_offsets": [at, at + size]}
        at += size
    text = json.dumps(header)
    text += " " * (-len(text) % 8)
    with open(path, "wb") as out:
        out.write(struct.pack("<Q", len(text)) + text.encode())
        for name in TENSORS:
            out.write(arrays[name].cpu().numpy().astype("<f4").tobytes())


def crops(pictures, batch, side, generator):
    n, _, height, width = pictures.shape
    device = pictures.device
    draw = lambda limit: torch.randint(limit, (batch,), generator=generator, device=device)
    index, top, left, turn = draw(n), draw(height - side + 1), draw(width - side + 1), draw(8)
    out = []
    for i, y, x, t in torch.stack([index, top, left, turn], 1).tolist():
        crop = pictures[i, :, y : y + side, x : x + side]
        crop = torch.rot90(crop, t % 4, (1, 2))
        out.append(crop.flip(2) if t > 3 else crop)
    return torch.stack(out).contiguous()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("archive")
    parser.add_argument("state")
    parser.add_argument("pictures")
    parser.add_argument("--out", required=True)
    parser.add_argument("--steps", type=int, default=10000)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--crop", type=int, default=256)
    parser.add_argument("--rate", type=float, default=4e-4)
    parser.add_argument("--warm-up", type=int, default=200)
    parser.add_argument("--ms-ssim", type=float, default=0.35)
    parser.add_argument("--balance", type=float, default=0.3)
    parser.add_argument("--contours", type=float, default=0.5)
    parser.add_argument("--average", type=float, default=0.9995)
    parser.add_argument("--integer", action="store_true", help="simulate the exported integers")
    parser.add_argument("--minutes", type=float, default=1e9)
    parser.add_argument("--device", default="cuda")
    arguments = parser.parse_args()

    device = torch.device(arguments.device)
    torch.backends.cuda.matmul.allow_tf32 = False
    torch.backends.cudnn.allow_tf32 = False
    torch._C._jit_set_profiling_mode(False)
    module = torch.jit.load(arguments.archive, map_location=device)
    step = module.step_integer if arguments.integer else module.step_float
    metadata, arrays = read(arguments.state)
    arrays = {name: array.to(device) for name, array in arrays.items()}
    scales = torch.tensor([float(s) for s in metadata["scales"].split()], dtype=torch.float64)
    groups = metadata["architecture"].split()[0].split(",")
    latents, hyper = sum(map(int, groups)), int(metadata["architecture"].split()[1])
    pictures = torch.from_numpy(numpy.load(arguments.pictures)).to(device)
    generator = torch.Generator(device).manual_seed(1)
    uniform = lambda *shape: torch.rand(*shape, generator=generator, device=device)
    batch, side = arguments.batch, arguments.crop
    cells = (side // 16) ** 2
    size = batch * (cells * latents + cells // 16 * hyper)
    options = torch.tensor([1, int(arguments.integer), 0, arguments.ms_ssim, arguments.balance, arguments.contours], dtype=torch.float64)
    begun = time.time()
    done = 0
    for t in range(1, arguments.steps + 1):
        if time.time() - begun > 60 * arguments.minutes:
            break
        cosine = 0.01 + 0.99 * (1 + math.cos(math.pi * t / arguments.steps)) / 2
        rate = arguments.rate * min(1, t / max(1, arguments.warm_up)) * cosine
        decay = min(arguments.average, t / (9 + t))
        rates = torch.tensor(
            [rate / (1 - 0.9**t), math.sqrt(1 - 0.99**t), 0.9, 0.99, 1e-8, 1, decay, 0, 2],
            dtype=torch.float64,
        )
        quality = 1 + 99 * (torch.arange(batch, device=device) + uniform(batch)) / batch
        noise = torch.randint(256, (size,), generator=generator, device=device, dtype=torch.uint8)
        statistics = step(
            *(arrays[name] for name in TENSORS),
            torch.ones(1, dtype=torch.float64),
            scales,
            crops(pictures, batch, side, generator),
            quality,
            noise,
            torch.ones(batch, len(groups) + 4, device=device),
            options,
            rates,
        )
        done = t
        if t % 100 == 0:
            norm, loss, bpp, mse, similarity = statistics[:5].tolist()
            speed = t * batch * side * side / 1e6 / (time.time() - begun)
            print(
                f"step {t}: loss {loss:.4f}, {bpp:.3f} bpp, {10 * math.log10(65025 / mse):.2f} dB,"
                f" MS-SSIM {similarity:.4f}, {speed:.1f} MP/s",
                flush=True,
            )
    # the moments belong to another schedule: a training that goes on starts them afresh
    arrays["first"].zero_()
    arrays["second"].zero_()
    metadata["earlier"] = str(int(metadata["earlier"]) + int(metadata["step"]) + done)
    metadata["step"] = "0"
    metadata["seconds"] = str(float(metadata["seconds"]) + time.time() - begun)
    write(arguments.out, metadata, arrays)


main()
