#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Write the networks that the project ships from its trained arrays, and check them on test images.

The arrays (models/NAME.npz) and the CIFAR test sets are looked for in ../shared/data beside the
repository, or in --data. The check computes every image twice in float32, with the weights as
trained and as written (float16), and prints both top-1 and the largest difference of a score.

  python3 scripts/ship_networks.py [--check] [--images 200] [NAME ...]

Exit codes: 0 done, 1 --check: a file differs, 3 input wrong, 5 output wrong, 77 data not there.
"""
import argparse
import sys
from pathlib import Path

import numpy as np

import cifar
from generated_files import ROOT, write_or_check
from import_npz import make_network
from network_file import NetworkError, forward, network_files, read_network
from network_import import BAD_INPUT, BAD_OUTPUT

SKIPPED = 77
FOLDER = ROOT / "traces" / "networks"
DATA_SET = ("A. Krizhevsky, Learning Multiple Layers of Features from Tiny Images, technical "
            "report, 2009")
RESNET9 = ("ResNet-9, widths 28-56-112-112, trained by the project on the official CIFAR-10 "
           "training set")
RESNET32 = ("ResNet-32 (He et al. 2016) with option-A shortcuts, trained by the project on the "
            "official CIFAR-100 training set")
LAST = "; last epoch, not the best one; batch norms folded; weights rounded to float16"
LICENCE = ". Licence of the weights: Apache-2.0. Data set: %s." % DATA_SET
#: name -> (classes, top-1 of the training [%], origin). Source: README of the trained networks
NETWORKS = {
    "resnet9_cifar10": (10, 92.08, RESNET9 + ": 32 epochs, plain"),
    "resnet9_cifar10_noise_tuned": (
        10, 92.29, RESNET9 + ": 32 epochs, plain, and 14 epochs with weight noise (6 % of each "
        "layer's largest weight) and clipping at 2.5 sigma"),
    "resnet32_cifar100": (100, 68.86, RESNET32 + ": 32 epochs, plain"),
    "resnet32_cifar100_noise_tuned": (
        100, 68.66, RESNET32 + ": 32 epochs, plain, and 8 epochs with weight noise (5 %) and "
        "clipping at 2.5 sigma"),
}


def network_of_arrays(name: str, data: Path, dtype: str):
    """The network from its trained arrays, with weights of one type."""
    _, top1, origin = NETWORKS[name]
    return make_network(argparse.Namespace(
        file=data / "models" / (name + ".npz"), graph=None, out=FOLDER / (name + ".json"),
        dtype=dtype, im2col=None, input_scale=None, name=name, float_top1=top1,
        origin=origin + LAST + LICENCE))


def compare(name: str, data: Path, n_images: int) -> None:
    """Prints what rounding the weights changes on the first test images."""
    images, labels = cifar.read_records([cifar.test_file(NETWORKS[name][0], data)],
                                        NETWORKS[name][0])
    images, labels = images[:n_images], labels[:n_images]
    trained = forward(network_of_arrays(name, data, "float32"), images)
    written = forward(read_network(FOLDER / (name + ".json")), images)
    top1 = [100 * float((scores.argmax(axis=1) == labels).mean()) for scores in (trained, written)]
    print("%s: %d test images: top-1 %.2f %% as trained, %.2f %% as written; a score differs by at "
          "most %.4f of %.1f" % (name, len(labels), *top1, np.abs(trained - written).max(),
                                 np.abs(trained).max()))


def missing(names: list[str], data: Path) -> Path | None:
    """The first file that is needed and not there."""
    needed = [data / "models" / (name + ".npz") for name in names]
    needed += [cifar.test_file(NETWORKS[name][0], data) for name in names]
    return next((path for path in needed if not path.is_file()), None)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(NETWORKS))
    parser.add_argument("--check", action="store_true",
                        help="compare with the files on disk; exit 1 if one differs")
    parser.add_argument("--images", type=int, default=200, help="test images (default 200)")
    parser.add_argument("--data", type=Path, default=cifar.SHARED)
    args = parser.parse_args()
    names = args.names or list(NETWORKS)
    if not set(names) <= set(NETWORKS):
        parser.error("NAME must be one of %s" % ", ".join(NETWORKS))
    absent = missing(names, args.data)
    if absent:
        print("skipped: %s is not there; put the data folder beside the repository as "
              "../shared/data, or name it with --data" % absent)
        return SKIPPED
    wrong = 0
    try:
        for name in names:
            files = network_files(network_of_arrays(name, args.data, "float16"), name)
            (FOLDER / name).mkdir(parents=True, exist_ok=True)
            wrong |= write_or_check(FOLDER, files, args.check)
            compare(name, args.data, args.images)
    except NetworkError as error:
        print(error, file=sys.stderr)
        return BAD_INPUT
    except OSError as error:
        print("%s: %s" % (error.filename, error.strerror), file=sys.stderr)
        return BAD_OUTPUT
    return wrong


if __name__ == "__main__":
    sys.exit(main())
