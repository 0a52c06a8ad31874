#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Import trained arrays (.npz) as a network file (traces/networks/README.md).

The file holds LAYER.weight ([out, in, ky, kx] or [out, in], as torch keeps them) and, if there is
one, LAYER.bias and LAYER.batch_norm [2 x out] (factor, summand). The nodes are known if it has
`net` (resnet9, resnet20, resnet20_b with convolutions as shortcuts, resnet32) and `input_scale`.
Other networks: --graph GRAPH.json, a network file without format and array names; each conv and
linear node takes the arrays that carry its name.

  python3 scripts/import_npz.py resnet9.npz --out nets/resnet9.json --float-top1 92.08
  python3 scripts/import_npz.py mine.npz --graph graph.json --dtype int8 --out nets/mine.json

Exit codes: 0 done, 2 command line wrong, 3 input wrong, 5 output cannot be written.
"""
import argparse
import sys
import zipfile
import zlib
from pathlib import Path

try:
    import numpy as np
except ImportError:
    print("import_npz.py needs numpy: apt install python3-numpy", file=sys.stderr)
    sys.exit(2)

from network_file import (CHANNEL_FIRST, FORMAT, Network, fail, network_of, read_json)
from network_import import add_options, layer_arrays, run
from network_topologies import TOPOLOGIES

PARTS = ("weight", "bias", "batch_norm")
#: what numpy and zipfile raise at files that are cut or damaged
NOT_WHOLE = (ValueError, TypeError, EOFError, RuntimeError, AttributeError, MemoryError,
             OverflowError, SyntaxError, zipfile.BadZipFile, zlib.error)


def read_npz(path: Path) -> dict[str, np.ndarray]:
    """Name -> array; Python objects are refused. Raises NetworkError."""
    try:
        with np.load(path, allow_pickle=False) as found:
            if not isinstance(found, np.lib.npyio.NpzFile):
                fail(str(path), "is a single array, must be an .npz file")
            return {name: found[name] for name in found.files}
    except OSError as error:
        fail(str(path), "cannot be read: %s" % (error.strerror or error))
    except NOT_WHOLE as error:
        fail(str(path), "is no whole .npz file of numbers: %s" % str(error).partition("\n")[0])


def known_graph(place: str, found: dict[str, np.ndarray]) -> dict:
    """The document of a network that is known by its name, without weights."""
    net = str(found["net"]) if "net" in found else None
    if net not in TOPOLOGIES:
        fail(place, "net is %s, must be one of %s; other networks need --graph" % (
            "missing" if net is None else net, ", ".join(TOPOLOGIES)))
    nodes, layers, shape = TOPOLOGIES[net]
    widths = tuple(len(found[name + ".weight"]) if name + ".weight" in found else
                   fail(place, name + ".weight is missing") for name in layers)
    return {"input": {"shape": list(shape), "scale": None}, "nodes": nodes(widths)}


def scale_of(place: str, found: dict[str, np.ndarray]) -> float:
    """The input_scale of the file."""
    if "input_scale" not in found:
        fail(place, "input_scale is missing; give it with --input-scale")
    scale = found["input_scale"]
    if scale.size != 1 or scale.dtype.kind not in "fiu":
        fail(place, "input_scale is %s %s, must be one number" % (scale.dtype, list(scale.shape)))
    return float(scale.reshape(()))


def read_graph(path: Path) -> dict:
    document = read_json(path)
    if not isinstance(document, dict) or not isinstance(document.get("nodes"), list):
        fail(str(path), "must be an object with input and nodes")
    if document.pop("format", FORMAT) != FORMAT:
        fail(str(path), "/format must be \"%s\" or left out" % FORMAT)
    if isinstance(document.get("input"), dict):
        document["input"].setdefault("scale", None)
    return document


def make_network(args: argparse.Namespace) -> Network:
    """The network of the command line, not yet checked."""
    place = str(args.file)
    found = read_npz(args.file)
    document = read_graph(args.graph) if args.graph else known_graph(place, found)
    network = network_of(args.graph or args.file, document, {})
    network.im2col = args.im2col or network.im2col or CHANNEL_FIRST
    network.input_scale = args.input_scale or network.input_scale or scale_of(place, found)
    if args.float_top1 is not None:
        network.float_top1 = args.float_top1
    network.name, network.origin = args.name or args.out.stem, args.origin or network.origin
    unused = set(found) - {"net", "input_scale"}
    for node in network.nodes:
        if not isinstance(node, dict) or node.get("op") not in ("conv", "linear"):
            continue
        name = str(node.get("name"))
        arrays = [found.get("%s.%s" % (name, part)) for part in PARTS]
        unused -= {"%s.%s" % (name, part) for part in PARTS}
        dimensions = 4 if node["op"] == "conv" else 2
        if arrays[0] is None:
            fail(place, "%s.weight is missing" % name)
        if arrays[0].ndim != dimensions:
            fail(place, "%s.weight has shape %s, must have %d dimensions" % (
                name, list(arrays[0].shape), dimensions))
        if node["op"] == "conv" and list(arrays[0].shape[2:]) != node.get("kernel"):
            fail(place, "%s.weight has shape %s, must have the kernel %s" % (
                name, list(arrays[0].shape), node.get("kernel")))
        network.arrays[name] = layer_arrays("%s: %s" % (place, name), *arrays, args.dtype,
                                            network.im2col)
    if unused:
        fail(place, "%s belongs to no conv or linear node" % ", ".join(sorted(unused)))
    return network


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False)
    add_options(parser, "the .npz file")
    parser.add_argument("--graph", type=Path, metavar="GRAPH.json", help="nodes of the network")
    return run(parser.parse_args(), make_network)


if __name__ == "__main__":
    sys.exit(main())
