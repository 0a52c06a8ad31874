#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Train a small convolution network on the 8 x 8 digits and write it as a network file.

Two convolutions, a max pool, a residual block whose addition comes before its ReLU, a max pool, a
linear layer; batch norms with free signs, a quarter of their factors begin negative. The residual
block has 288 rows: more than a tile of 256. Training is hardware-aware: Gaussian noise on the
weights in every step, clipped weights (--plain: neither). Every factor of a product and every
summand is rounded to a binary grid that makes float64 sums exact, so that the result does not
depend on BLAS or the number of threads; --check compares the files byte for byte. Rows, their
order and the 360 test rows are those of scripts/train_digits.py; the test rows serve for the
report only.

  python3 scripts/train/train_digits_cnn.py [--check] [--plain] [--out NET.json]

Exit codes: 0 done, 1 --check: a file differs, 2 command line wrong, 5 output cannot be written.
"""
import argparse
import sys
from pathlib import Path

import numpy as np

SCRIPTS = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(SCRIPTS))

from digits_layers import Batch, Conv, Linear, grid, max_pool, max_pool_gradient  # noqa: E402
from generated_files import ROOT, write_or_check  # noqa: E402
from network_file import Network, encoded, forward, network_files, npy_bytes  # noqa: E402
from network_import import BAD_OUTPUT, network_path, summary  # noqa: E402
from network_topologies import conv, max_pool as pool_node  # noqa: E402
from train_digits import CODE_MAX, N_TEST, PIXEL_MAX, load, top1  # noqa: E402

CHANNELS = 8, 32       # Choice: 9 x 32 = 288 rows, more than one tile of 256
N_CALIBRATION = 256    # Choice: a power of two, from the training rows
WEIGHT_NOISE = 0.06    # Choice: sd as a share of the layer's largest weight
CLIP_SIGMA = 2.5       # Choice: weights clipped at this many sd of their layer
EPOCHS, BATCH = 30, 32  # Choice
RATE = 2.0**-7         # Choice: of Adam, falling linearly to 0
MOMENT_1, MOMENT_2 = 0.9, 0.99  # Choice: decay of Adam's means
SEED = 3               # Choice: not searched
ORIGIN = ("trained by the project (scripts/train/train_digits_cnn.py%s) on 1,437 rows of the "
          "digits of traces/workloads/digits; licence of the weights: Apache-2.0. Data set: "
          "E. Alpaydin, C. Kaynak, Optical Recognition of Handwritten Digits, UCI, 1998, in the "
          "copy of scikit-learn (BSD-3-Clause)")


def nodes() -> list[dict]:
    """The graph; all convolutions keep height and width."""
    return [
        conv("c1", "input"), conv("c2", "c1"), pool_node("pool", "c2", 2),
        conv("ra", "pool"), conv("rb", "ra", activation="identity"),
        {"name": "res", "op": "add", "inputs": ["pool", "rb"], "activation": "relu"},
        pool_node("pool2", "res", 2), {"name": "flat", "op": "flatten", "input": "pool2"},
        {"name": "fc", "op": "linear", "input": "flat"},
    ]


class Net:
    """The same graph with its gradients; images [n, 8, 8, channels]."""

    def __init__(self, rng: np.random.Generator):
        a, b = CHANNELS
        self.c1, self.c2 = Conv(1, a, rng), Conv(a, b, rng)
        self.ra, self.rb = Conv(b, b, rng), Conv(b, b, rng)
        self.fc = Linear(4 * b, 10, rng)
        self.layers = {"c1": self.c1, "c2": self.c2, "ra": self.ra, "rb": self.rb, "fc": self.fc}

    def logits(self, x: np.ndarray) -> np.ndarray:
        h = np.maximum(self.c1.forward(x), 0)
        h = np.maximum(self.c2.forward(h), 0)
        pooled, self.at_pool = max_pool(h)
        h = np.maximum(self.ra.forward(pooled), 0)
        self.sum = pooled + self.rb.forward(h)
        h, self.at_pool2 = max_pool(np.maximum(self.sum, 0))
        return self.fc.forward(h.transpose(0, 3, 1, 2).reshape(len(x), -1))

    def backward(self, error: np.ndarray) -> None:
        """Leaves every layer's gradients in the layer."""
        g = self.fc.backward(error).reshape(len(error), -1, 2, 2).transpose(0, 2, 3, 1)
        g = grid(max_pool_gradient(g, self.at_pool2) * (self.sum > 0), 24)
        inner = self.ra.backward(self.rb.backward(g) * self.ra.is_positive)
        g = max_pool_gradient(grid(g + inner, 24), self.at_pool) * self.c2.is_positive
        self.c1.backward(self.c2.backward(g) * self.c1.is_positive)


def adam_step(layer, name: str, rate: float, state: dict) -> None:
    """Adam on every array of a layer."""
    for key, gradient in layer.gradients.items():
        mean, square = state.get((name, key), (0.0, 0.0))
        mean = MOMENT_1 * mean + (1 - MOMENT_1) * gradient
        square = MOMENT_2 * square + (1 - MOMENT_2) * gradient * gradient
        state[name, key] = mean, square
        layer.arrays[key] = grid(layer.arrays[key] - rate * mean / (np.sqrt(square) + 1e-8), 16)


def clip(w: np.ndarray) -> np.ndarray:
    bound = grid(CLIP_SIGMA * np.sqrt((w * w).sum() / w.size), 16)
    return np.clip(w, -bound, bound)


def train(images: np.ndarray, labels: np.ndarray, noise: float, is_clipped: bool) -> Net:
    """Adam on the cross-entropy of images [n, 8, 8, 1]."""
    rng = np.random.Generator(np.random.PCG64(SEED))
    net, target_all, state = Net(rng), np.eye(10)[labels], {}
    per_epoch = len(images) // BATCH
    for step in range(EPOCHS * per_epoch):
        if step % per_epoch == 0:
            order = rng.permutation(len(images))
        rows, order = order[:BATCH], order[BATCH:]
        for layer in net.layers.values():
            w = layer.arrays["weights"]
            layer.noisy = grid(w + noise * np.abs(w).max() * rng.standard_normal(w.shape), 16)
        logits = net.logits(images[rows])
        p = np.exp(logits - logits.max(axis=1, keepdims=True))
        net.backward(grid((p / p.sum(axis=1, keepdims=True) - target_all[rows]) / BATCH, 24))
        rate = RATE * (1 - step / (EPOCHS * per_epoch))
        for name, layer in net.layers.items():
            adam_step(layer, name, rate, state)
            if is_clipped:
                layer.arrays["weights"] = clip(layer.arrays["weights"])
    settle(net, images)
    return net


def settle(net: Net, images: np.ndarray) -> None:
    """Batch norms of the final weights, without noise, over all training images."""
    for layer in net.layers.values():
        layer.noisy = layer.arrays["weights"]
    net.logits(images)
    for layer in net.layers.values():
        if isinstance(layer, Batch):
            layer.keep_statistics()


def network(net: Net, place: str, name: str, plain: bool) -> Network:
    """The trained network with float16 weights, rows in the order channel, ky, kx."""
    arrays = {}
    for key, layer in net.layers.items():
        arrays[key] = encoded(layer.rows_by_channel(), "float16")
        arrays[key].update({k: v.astype(np.float32) for k, v in layer.digital().items()})
    return Network(place=place, name=name, input_shape=(1, 8, 8), input_scale=1.0 / PIXEL_MAX,
                   nodes=nodes(), arrays=arrays, origin=ORIGIN % (" --plain" if plain else ""))


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true",
                        help="compare with the files on disk; exit 1 if one differs")
    parser.add_argument("--plain", action="store_true", help="no weight noise, no clipping")
    parser.add_argument("--out", type=network_path, metavar="NET.json",
                        default=ROOT / "traces/networks/digits_cnn.json")
    args = parser.parse_args()
    codes, labels = load(ROOT / "traces/workloads/digits")
    pixels = np.rint(codes * (PIXEL_MAX / CODE_MAX)).astype(np.uint8)  # the file's own 0 .. 16
    images = pixels.reshape(-1, 8, 8, 1) / PIXEL_MAX
    net = train(images[N_TEST:], labels[N_TEST:], 0.0 if args.plain else WEIGHT_NOISE,
                not args.plain)

    name = args.out.stem
    made = network(net, str(args.out), name, args.plain)
    network_files(made, name)  # checks it: what follows needs its shapes
    scores = forward(made, pixels[:N_TEST])
    made.float_top1 = top1(scores, labels[:N_TEST])
    files = network_files(made, name)
    data = {"images": pixels[:N_TEST], "labels": labels[:N_TEST],
            "calibration": pixels[N_TEST:N_TEST + N_CALIBRATION]}
    files.update({"%s/data/%s.npy" % (name, key): npy_bytes(a) for key, a in data.items()})
    factors = np.concatenate([a["batch_norm"][0] for a in made.arrays.values()
                              if "batch_norm" in a])
    print("top-1 on %d test rows, float16 weights: %.2f %%; %s; negative batch-norm factors: %d of "
          "%d" % (N_TEST, made.float_top1, summary(made), (factors < 0).sum(), factors.size))
    try:
        (args.out.parent / name / "data").mkdir(parents=True, exist_ok=True)
        return write_or_check(args.out.parent, files, args.check)
    except OSError as error:
        print("%s: cannot be written: %s" % (args.out, error.strerror), file=sys.stderr)
        return BAD_OUTPUT


if __name__ == "__main__":
    sys.exit(main())
