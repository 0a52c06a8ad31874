#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Import an ONNX model as a network file (traces/networks/README.md).

Known are Conv (group 1, dilation 1, symmetric padding), Gemm, MatMul (and Add of a constant: its
bias), BatchNormalization and Relu (fused into what is before them), Add, MaxPool, AveragePool,
GlobalAveragePool, ReduceMean over height and width, Flatten, Reshape to [batch, -1], Identity,
Constant, Dropout. Anything else is an error that names the node, and nothing is written. The input
is bytes times --input-scale, without a mean taken off: 1/255 for a network trained on 0 .. 1.

  python3 scripts/import_onnx.py model.onnx --input-scale 1/255 --out nets/model.json

Exit codes: 0 done, 2 command line wrong, 3 input wrong, 5 output cannot be written.
"""
import argparse
import sys

try:
    import numpy as np  # noqa: F401: named in the message below
    import onnx  # noqa: F401
except ImportError as error:
    print("import_onnx.py needs numpy and onnx (%s): apt install python3-onnx" % error,
          file=sys.stderr)
    sys.exit(2)

from network_file import CHANNEL_FIRST, Network
from network_import import add_options, layer_arrays, run
from onnx_nodes import Converter
from onnx_reader import read_onnx


def make_network(args: argparse.Namespace) -> Network:
    """The network of the command line, not yet checked."""
    graph = read_onnx(args.file)
    made = Converter(graph)
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
    args = parser.parse_args()
    if args.input_scale is None:
        parser.error("--input-scale is needed: what one step of an input byte stands for")
    return run(args, make_network)


if __name__ == "__main__":
    sys.exit(main())
