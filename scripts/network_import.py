# SPDX-License-Identifier: Apache-2.0
"""What the importers of networks share: options, layers from trained weights, the last steps.

Exit codes: 0 done, 2 command line wrong, 3 input wrong, 5 output cannot be written.
"""
import argparse
import math
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np

from network_file import (CHANNEL_FIRST, CHANNEL_LAST, DTYPES, Network, NetworkError, encoded,
                          rows_of, write_network)

BAD_INPUT, BAD_OUTPUT = 3, 5


def positive(text: str) -> float:
    """A command-line number above 0; fractions as 1/64 are understood."""
    top, _, bottom = text.partition("/")
    try:
        value = float(top) / float(bottom or 1)
    except ZeroDivisionError:
        value = math.nan
    if not 0 < value < math.inf:
        raise argparse.ArgumentTypeError("must be above 0")
    return value


def network_path(text: str) -> Path:
    path = Path(text)
    if path.suffix != ".json" or not path.stem:
        raise argparse.ArgumentTypeError("must be a name that ends in .json")
    return path


def add_options(parser: argparse.ArgumentParser, file_help: str) -> None:
    """The options of both importers."""
    add = parser.add_argument
    add("file", type=Path, help=file_help)
    add("--out", type=network_path, required=True, metavar="NET.json",
        help="the network file; its arrays go into the folder NET beside it")
    add("--dtype", choices=DTYPES, default="float16",
        help="of the weights (default float16; int8: a scale per output, largest code 127)")
    add("--im2col", choices=(CHANNEL_FIRST, CHANNEL_LAST), default=None,
        help="order of a convolution's rows (default %s)" % CHANNEL_FIRST)
    add("--input-scale", type=positive, metavar="S",
        help="value of one step of an input byte, a number or a fraction such as 1/64")
    add("--name", help="for reports (default: the name of the file)")
    add("--origin", default="", help="who trained it on what, and under which licence")
    add("--float-top1", type=float, metavar="PERCENT", help="what the training reported")


def layer_arrays(place: str, weight: np.ndarray, bias: np.ndarray | None,
                 batch_norm: np.ndarray | None, dtype: str, im2col: str) -> dict[str, np.ndarray]:
    """The arrays of a conv or linear node from weights [out, in(, ky, kx)]; all must be finite."""
    for key, array in (("weight", weight), ("bias", bias), ("batch_norm", batch_norm)):
        if array is None:
            continue
        if array.dtype.kind not in "fiu":
            raise NetworkError("%s: %s is %s, must be numbers" % (place, key, array.dtype))
        if not np.isfinite(array).all():
            raise NetworkError("%s: %s has a value that is not finite" % (place, key))
    try:
        arrays = encoded(rows_of(weight, im2col), dtype)
    except ValueError as error:
        raise NetworkError("%s: %s" % (place, error)) from None
    if bias is not None:
        arrays["bias"] = bias.astype(np.float32)
    if batch_norm is not None:
        arrays["batch_norm"] = batch_norm.astype(np.float32)
    return arrays


def summary(network: Network) -> str:
    """One line: nodes, layers on tiles, numbers in them, rows of the widest."""
    layers = [arrays["weights"] for arrays in network.arrays.values() if "weights" in arrays]
    return "nodes: %d; layers on tiles: %d; weights: %d; most rows: %d" % (
        len(network.nodes), len(layers), sum(w.size for w in layers),
        max((w.shape[0] for w in layers), default=0))


def run(args: argparse.Namespace, make: Callable[[argparse.Namespace], Network]) -> int:
    """Makes, checks and writes the network; gives the exit code."""
    try:
        network = make(args)
        write_network(args.out, network)
    except NetworkError as error:
        print(error, file=sys.stderr)
        return BAD_INPUT
    except OSError as error:
        print("%s: cannot be written: %s" % (args.out, error.strerror), file=sys.stderr)
        return BAD_OUTPUT
    print("%s: %s" % (args.out, summary(network)))
    for note in getattr(args, "notes", ()):
        print("note: " + note)
    return 0
