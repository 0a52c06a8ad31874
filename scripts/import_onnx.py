#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Import an ONNX model as a network file (traces/networks/README.md).

Known are Conv (group 1, dilation 1, symmetric padding), Gemm, MatMul (and Add of a constant: its
bias), BatchNormalization and Relu (fused into what is before them), Add, MaxPool, AveragePool,
GlobalAveragePool, ReduceMean over height and width, Flatten, Reshape to [batch, -1], Squeeze,
Identity, Constant, Dropout; Pad of zeros before a Conv; Slice, Pad and Concat that make a ResNet's
option-A shortcut; Softmax or LogSoftmax at the end, which is left out with a note; arithmetic on
constants. Anything else is an error that names the node, and nothing is written.

The input is bytes times --input-scale: 1/255 for a network trained on 0 .. 1. If a mean was taken
off and a standard deviation divided by, as nodes of the model (Sub, Mul, Div, Add,
BatchNormalization) or before it (--input-mean, --input-std), that goes into the layers that read
the input. The zeros around them are then `padding_value` of the network file.

  python3 scripts/import_onnx.py model.onnx --input-scale 1/255 --out nets/model.json

Exit codes: 0 done, 2 command line wrong, 3 input wrong, 5 output cannot be written.
"""
import argparse
import sys

try:
    import numpy as np
    import onnx  # noqa: F401
except ImportError as error:
    print("import_onnx.py needs numpy and onnx (%s): apt install python3-onnx" % error,
          file=sys.stderr)
    sys.exit(2)

from network_file import CHANNEL_FIRST, Network, fail
from network_import import add_options, layer_arrays, run
from onnx_nodes import Converter
from onnx_reader import OnnxGraph, read_onnx


def number_list(text: str) -> np.ndarray:
    """Numbers separated by commas."""
    values = np.array([float(part) for part in text.split(",")])
    if not np.isfinite(values).all():
        raise argparse.ArgumentTypeError("must be finite numbers")
    return values


def normalisation(args: argparse.Namespace, graph: OnnxGraph) -> tuple[np.ndarray, np.ndarray]:
    """What was taken off the input before the model, and what it was divided by; per channel."""
    channels, found = graph.input_shape[0], []
    for key, given in (("--input-mean", args.input_mean), ("--input-std", args.input_std)):
        if len(given) not in (1, channels):
            fail(graph.place, "%s has %d numbers, must have 1 or %d, the channels" % (
                key, len(given), channels))
        found.append(given)
    if not (args.input_std > 0).all():
        fail(graph.place, "--input-std must be above 0")
    return found[0], found[1]


def make_network(args: argparse.Namespace) -> Network:
    """The network of the command line, not yet checked."""
    graph = read_onnx(args.file)
    made = Converter(graph, *normalisation(args, graph))
    args.notes = made.notes
    im2col = args.im2col or CHANNEL_FIRST
    arrays = {name: layer_arrays(layer["place"], layer["weight"], layer["bias"],
                                 layer["batch_norm"], args.dtype, im2col)
              for name, layer in made.layers.items()}
    return Network(place=str(args.file), name=args.name or args.out.stem,
                   input_shape=graph.input_shape, input_scale=args.input_scale, nodes=made.nodes,
                   arrays=arrays, im2col=im2col, origin=args.origin, float_top1=args.float_top1)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False)
    add_options(parser, "the .onnx file")
    add = parser.add_argument
    add("--input-mean", type=number_list, default=np.zeros(1), metavar="M[,M...]",
        help="taken off the scaled input before the model, one number or one per channel")
    add("--input-std", type=number_list, default=np.ones(1), metavar="D[,D...]",
        help="the input was divided by it after that")
    args = parser.parse_args()
    if args.input_scale is None:
        parser.error("--input-scale is needed: what one step of an input byte stands for")
    return run(args, make_network)


if __name__ == "__main__":
    sys.exit(main())
