# SPDX-License-Identifier: Apache-2.0
"""Train the digits workload (64-128-10, ReLU, no biases) and write it as integer arrays.

The tile has no bias rows, so the network has none. Training is hardware-aware: noise on the weights
in every step and clipped weights, so that analog errors cost little accuracy. The factors of every
product are rounded to binary grids that make each float64 sum exact: the result does not depend on
BLAS, SIMD level or number of threads, and `--check` can compare the files byte for byte. The recipe
was chosen on held-out folds of the training rows; the test rows serve for the report only.

  python3 scripts/train_digits.py [--check] [--folder traces/workloads/digits]
"""
import argparse
import gzip
import io
import sys

import numpy as np

from generated_files import ROOT, json_bytes, sha256, write_or_check

DATA = "digits.csv.gz"
DATA_SHA256 = "46abec6b12486ad9e51943373abcf22bbea1b5a51a1619b361570d8893f1464a"
CODE_MAX = 127         # Source: LeGallo23, integer input codes +-127
PIXEL_MAX = 16         # Source: UCI digits, pixels 0..16
N_TEST = 360           # Choice: a fifth of the 1,797 rows
N_CALIBRATION = 1024   # Choice: a power of two, from the training rows
HIDDEN = 128           # Choice: both layers share one 256 x 256 tile
WEIGHT_NOISE = 0.10    # Choice: sd as a share of the layer's largest weight
CLIP_SIGMA = 2.0, 3.0  # Choice: weights clipped at this many sd of their layer; 3 in the second,
                       # whose many active rows would else exceed the ADC's 94 uA at G_max 20.7 uS
EPOCHS, BATCH = 300, 64  # Choice
RATE = 2.0**-8         # Choice: of Adam, falling linearly to 0
MOMENT_1, MOMENT_2 = 0.9, 0.99  # Choice: decay of Adam's means
SEED = 1               # Choice: not searched


def grid(a, bits):
    """Round to multiples of 2^-bits, so that sums of products stay below 53 bits and are exact."""
    return np.rint(a * 2.0**bits) * 2.0**-bits


def load(folder):
    """The rows in shuffled order (they are grouped by writer): int8 codes and labels."""
    raw = (folder / DATA).read_bytes()
    if sha256(raw) != DATA_SHA256:
        sys.exit("%s: not the expected file (sha256)" % (folder / DATA))
    table = np.loadtxt(io.BytesIO(gzip.decompress(raw)), delimiter=",", dtype=np.int64)
    table = table[np.random.Generator(np.random.PCG64(SEED)).permutation(len(table))]
    codes = np.rint(table[:, :64] * CODE_MAX / PIXEL_MAX).astype(np.int8)  # 63.5 becomes 64
    return codes, table[:, 64].astype(np.uint8)


def forward(x, weights):
    """Hidden activations and logits of the float network; x in units of 1/128."""
    hidden = grid(np.maximum(x @ weights[0], 0.0), 16)
    return hidden, hidden @ weights[1]


def train(codes, labels):
    """Adam on the cross-entropy; returns the two weight matrices [inputs x outputs]."""
    rng = np.random.Generator(np.random.PCG64(SEED + 1))
    x_all, target_all = codes / 128.0, np.eye(10)[labels]
    shapes = ((64, HIDDEN), (HIDDEN, 10))
    weights = [grid(rng.standard_normal(s) * np.sqrt(2.0 / s[0]), 20) for s in shapes]
    mean, square = ([np.zeros(s) for s in shapes] for _ in range(2))
    n_steps = EPOCHS * (len(codes) // BATCH)
    for step in range(n_steps):
        if step % (len(codes) // BATCH) == 0:
            order = rng.permutation(len(codes))
        rows, order = order[:BATCH], order[BATCH:]
        x, target = x_all[rows], target_all[rows]
        noisy = [grid(w + WEIGHT_NOISE * np.abs(w).max() * rng.standard_normal(w.shape), 20)
                 for w in weights]
        hidden, logits = forward(x, noisy)
        p = np.exp(logits - logits.max(axis=1, keepdims=True))
        error = grid(p / p.sum(axis=1, keepdims=True) - target, 20)
        error_hidden = grid((error @ noisy[1].T) * (hidden > 0), 24)
        for k, gradient in enumerate((x.T @ error_hidden / BATCH, hidden.T @ error / BATCH)):
            mean[k] = MOMENT_1 * mean[k] + (1 - MOMENT_1) * gradient
            square[k] = MOMENT_2 * square[k] + (1 - MOMENT_2) * gradient * gradient
            w = weights[k] - RATE * (1 - step / n_steps) * mean[k] / (np.sqrt(square[k]) + 1e-8)
            if k == 1:  # what is common to all logits changes nothing but costs bit-line current
                w = w - w.mean(axis=1, keepdims=True)
            w = grid(w, 20)
            bound = grid(CLIP_SIGMA[k] * np.sqrt((w * w).sum() / w.size), 20)
            weights[k] = np.clip(w, -bound, bound)
    return weights


def quantise(w):
    """int8 codes +-127 of a layer's weights, by its largest magnitude."""
    return np.rint(w * (CODE_MAX / np.abs(w).max())).astype(np.int8)


def npy(a):
    """Bytes of a .npy file, version 1.0, C order, little endian."""
    out = io.BytesIO()
    np.lib.format.write_array(out, np.ascontiguousarray(a), version=(1, 0), allow_pickle=False)
    return out.getvalue()


def top1(logits, labels):
    """Share of rows whose largest logit is the label, in percent with two digits."""
    return round(100.0 * float((logits.argmax(axis=1) == labels).mean()), 2)


def integer_logits(x, layers, code_per_product=None):
    """Exact integer forward; with a factor the hidden sums become 7-bit codes, as between tiles."""
    hidden = np.maximum(x.astype(np.int64) @ layers[0], 0)
    if code_per_product is not None:
        hidden = np.minimum(np.rint(hidden * code_per_product), CODE_MAX).astype(np.int64)
    return hidden @ layers[1]


def layer(name, weights, rows, cols, activation):
    """One layer of the workload: where it lies on the tile and what follows it."""
    return {"name": name, "weights": weights, "rows": rows, "cols": cols,
            "activation": activation, "out_shift": 0}


def workload(float_top1):
    """The description that the simulator reads; the two layers lie on the diagonal of one tile."""
    return {
        "format": "aimc-workload/1",
        "name": "digits",
        "inputs": "test_x.npy",
        "labels": "test_labels.npy",
        "calibration_inputs": "calibration_x.npy",
        "float_top1": float_top1,
        "arrival": {"kind": "back_to_back"},
        "layers": [
            layer("hidden", "layer1.npy", [0, 64], [0, HIDDEN], "relu"),
            layer("output", "layer2.npy", [64, 64 + HIDDEN], [HIDDEN, HIDDEN + 10], "identity"),
        ],
    }


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true",
                        help="compare with the files on disk; exit 1 if one differs")
    parser.add_argument("--folder", default="traces/workloads/digits",
                        help="holds %s and takes the files" % DATA)
    args = parser.parse_args()
    folder = ROOT / args.folder
    codes, labels = load(folder)
    test_x, test_labels, train_x = codes[:N_TEST], labels[:N_TEST], codes[N_TEST:]
    calibration_x = train_x[:N_CALIBRATION]
    weights = train(train_x, labels[N_TEST:])
    layers = [quantise(w) for w in weights]

    wide = [w.astype(np.int64) for w in layers]
    percentile = np.percentile(np.abs(calibration_x.astype(np.int64) @ wide[0]), 99.9)
    logits = {
        "float network": forward(test_x / 128.0, weights)[1],
        "exact integer products": integer_logits(test_x, wide),
        "the same, hidden codes of 7 bits": integer_logits(test_x, wide, CODE_MAX / percentile),
    }
    for name, values in logits.items():
        print("top-1 on %d test rows, %s: %.2f %%" % (N_TEST, name, top1(values, test_labels)))
    return write_or_check(folder, {
        "layer1.npy": npy(layers[0]),
        "layer2.npy": npy(layers[1]),
        "test_x.npy": npy(test_x),
        "test_labels.npy": npy(test_labels),
        "calibration_x.npy": npy(calibration_x),
        "workload.json": json_bytes(workload(top1(logits["float network"], test_labels))),
    }, args.check)


if __name__ == "__main__":
    sys.exit(main())
