# SPDX-License-Identifier: Apache-2.0
"""What a network of format aimc-network/1 must be (traces/networks/README.md), and its checks.

Every mistake is a NetworkError that names file, node and key, what was given and what is allowed.
"""
import dataclasses
import json
import math
from typing import Any

import numpy as np

CHANNEL_FIRST, CHANNEL_LAST = "channel_ky_kx", "ky_kx_channel"
ACTIVATIONS = ("identity", "relu")
ARRAYS = ("weights", "weight_scale", "bias", "batch_norm")
FLOATS = ("float16", "float32", "float64")
#: op -> (keys it needs, keys it may have), beside name, op and input
OPS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "conv": (("weights", "kernel"),
             ("weight_scale", "bias", "batch_norm", "stride", "padding", "padding_value",
              "activation")),
    "linear": (("weights",), ("weight_scale", "bias", "batch_norm", "activation")),
    "add": ((), ("activation",)),
    "relu": ((), ()),
    "max_pool": (("kernel",), ("stride", "padding")),
    "average_pool": (("kernel",), ("stride",)),
    "global_average_pool": ((), ()),
    "shortcut": (("stride", "channels"), ()),
    "flatten": ((), ()),
}


class NetworkError(Exception):
    """A wrong network; the message names file, node and key."""


@dataclasses.dataclass
class Network:
    """A network that has passed every check."""
    place: str                   # named in errors: the file
    name: str
    input_shape: tuple[int, ...]  # (channels, height, width) or (n,)
    input_scale: float           # value of one step of an input byte
    nodes: list[dict[str, Any]]  # as in the file; defaults are filled in by `pair`
    arrays: dict[str, dict[str, np.ndarray]]  # node name -> key -> array, with the file's dtype
    im2col: str = CHANNEL_FIRST
    origin: str = ""
    float_top1: float | None = None
    shapes: dict[str, tuple[int, ...]] = dataclasses.field(default_factory=dict)  # of node outputs


def fail(place: str, message: str) -> None:
    """Raises NetworkError."""
    raise NetworkError("%s: %s" % (place, message))


def inputs_of(node: dict) -> list[str]:
    """The names of the nodes that feed this one."""
    return node["inputs"] if node["op"] == "add" else [node["input"]]


def pair(node: dict, key: str) -> tuple[int, int]:
    """kernel, stride or padding of a node, [y, x], with the format's defaults."""
    default = node["kernel"] if key == "stride" and node["op"].endswith("pool") else \
        [1, 1] if key == "stride" else [0, 0]
    return tuple(node.get(key, default))


def _number(value: Any, least: float, what: str, place: str) -> None:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not (
            math.isfinite(value) and value > least):
        fail(place, "is %s, must be %s" % (json.dumps(value), what))


def _whole(value: Any, least: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= least


def _check_keys(place: str, node: dict) -> None:
    """Op, known and needed keys, and the form of every value that is not an array."""
    op = node.get("op")
    if not isinstance(op, str) or op not in OPS:
        fail(place, "op is %s, must be one of %s" % (json.dumps(op), ", ".join(OPS)))
    needed = ("name", "op", "inputs" if op == "add" else "input") + OPS[op][0]
    for key in node:
        if key not in needed + OPS[op][1]:
            fail(place, "%s is not a key of %s, must be one of %s" % (
                key, op, ", ".join(needed + OPS[op][1])))
    for key in needed:
        if key not in node:
            fail(place, "%s is missing" % key)
    for key, least in (("kernel", 1), ("stride", 1), ("padding", 0)):
        value = node.get(key, [1, 1])
        is_pair = isinstance(value, list) and len(value) == 2
        if not (is_pair and all(_whole(v, least) for v in value)):
            fail(place, "%s is %s, must be two whole numbers from %d, [y, x]" % (
                key, json.dumps(value), least))
    if op == "max_pool" and pair(node, "padding") != (0, 0):
        fail(place, "padding is %s, must be [0, 0] for max_pool" % json.dumps(node["padding"]))
    _check_padding_value(place, node)
    if not _whole(node.get("channels", 1), 1):
        fail(place, "channels is %s, must be a whole number from 1" % json.dumps(node["channels"]))
    if node.get("activation", "identity") not in ACTIVATIONS:
        fail(place, "activation is %s, must be one of %s" % (
            json.dumps(node["activation"]), ", ".join(ACTIVATIONS)))


def _check_padding_value(place: str, node: dict) -> None:
    """Numbers; how many is known when the shape of the input is."""
    values = node.get("padding_value", [])
    if not isinstance(values, list) or any(
            isinstance(v, bool) or not isinstance(v, (int, float)) or not math.isfinite(v)
            for v in values):
        fail(place, "padding_value is %s, must be a list of finite numbers, one per channel" %
             json.dumps(values))
    if values and node["input"] != "input":
        fail(place, "padding_value is only for nodes that read \"input\"")


def _check_inputs(place: str, node: dict, known: dict[str, tuple]) -> list[tuple[int, ...]]:
    """The shapes of what feeds a node."""
    sources = node.get("inputs") if node["op"] == "add" else [node["input"]]
    count = 2 if node["op"] == "add" else 1
    if not isinstance(sources, list) or len(sources) != count:
        fail(place, "inputs is %s, must be two names" % json.dumps(sources))
    for source in sources:
        if not isinstance(source, str) or source not in known:
            fail(place, "input %s is not \"input\" and not the name of an earlier node" % (
                json.dumps(source)))
    return [known[source] for source in sources]


def _check_arrays(place: str, arrays: dict, fan_in: int) -> int:
    """Types, shapes and values of a layer's arrays; gives the number of outputs."""
    if "weights" not in arrays:
        fail(place, "weights is missing")
    weights = arrays["weights"]
    if weights.ndim != 2 or weights.shape[0] != fan_in or weights.shape[1] < 1:
        fail(place, "weights has shape %s, must be [%d x outputs]" % (list(weights.shape), fan_in))
    outputs = weights.shape[1]
    allowed = {"weights": ("int8",) + FLOATS}
    shapes = {"weights": [weights.shape], "bias": [(outputs,)], "weight_scale": [(), (outputs,)],
              "batch_norm": [(2, outputs)]}
    for key, array in arrays.items():
        if array.dtype.name not in allowed.get(key, FLOATS):
            fail(place, "%s is %s, must be %s" % (
                key, array.dtype.name, " or ".join(allowed.get(key, FLOATS))))
        if array.shape not in shapes[key]:
            fail(place, "%s has shape %s, must have %s" % (
                key, list(array.shape), " or ".join(str(list(s)) for s in shapes[key])))
        if not np.isfinite(array.astype(np.float64)).all():
            fail(place, "%s has a value that is not finite" % key)
    is_code = weights.dtype.name == "int8"
    if is_code != ("weight_scale" in arrays):
        fail(place, "weight_scale is missing, int8 weights need it" if is_code else
             "weight_scale belongs to int8 weights, these are %s" % weights.dtype.name)
    if is_code and not (arrays["weight_scale"] > 0).all():
        fail(place, "weight_scale must be above 0")
    return outputs


def _windows(place: str, node: dict, shape: tuple[int, ...]) -> tuple[int, int]:
    """Height and width after a kernel has moved over [channels, height, width]."""
    sizes = []
    for size, k, s, p in zip(shape[1:], pair(node, "kernel"), pair(node, "stride"),
                             pair(node, "padding")):
        if size + 2 * p < k:
            fail(place, "kernel %s is larger than its input %s" % (node["kernel"], list(shape)))
        sizes.append((size + 2 * p - k) // s + 1)
    return tuple(sizes)


def _output_shape(place: str, node: dict, shapes: list, arrays: dict) -> tuple[int, ...]:
    op, shape = node["op"], shapes[0]
    if op in ("conv", "max_pool", "average_pool", "global_average_pool", "shortcut") and (
            len(shape) != 3):
        fail(place, "%s gets shape %s, must get [channels, height, width]" % (op, list(shape)))
    if op == "conv":
        size = _windows(place, node, shape)
        if len(node.get("padding_value", range(shape[0]))) != shape[0]:
            fail(place, "padding_value has %d numbers, must have %d, one per channel" % (
                len(node["padding_value"]), shape[0]))
        fan_in = shape[0] * math.prod(pair(node, "kernel"))
        return (_check_arrays(place, arrays, fan_in), *size)
    if op == "linear":
        if len(shape) != 1:
            fail(place, "linear gets shape %s, must get [n]; flatten it first" % list(shape))
        return (_check_arrays(place, arrays, shape[0]),)
    if op == "add" and shapes[0] != shapes[1]:
        fail(place, "adds shapes %s and %s, must be equal" % (list(shapes[0]), list(shapes[1])))
    if op in ("max_pool", "average_pool"):
        return (shape[0], *_windows(place, node, shape))
    if op == "global_average_pool":
        return shape[:1]
    if op == "shortcut":
        more = node["channels"] - shape[0]
        if more < 0 or more % 2:
            fail(place, "channels is %d, must be %d plus an even number" % (
                node["channels"], shape[0]))
        return (node["channels"], *(-(-n // s) for n, s in zip(shape[1:], pair(node, "stride"))))
    return (math.prod(shape),) if op == "flatten" else shape


def check(network: Network) -> Network:
    """Fills in `shapes`; raises NetworkError."""
    place = network.place
    shape = network.input_shape
    if len(shape) not in (1, 3) or not all(_whole(n, 1) for n in shape):
        fail(place, "/input/shape is %s, must be [channels, height, width] or [n]" % list(shape))
    _number(network.input_scale, 0, "a number above 0", place + ": /input/scale")
    if network.float_top1 is not None:
        _number(network.float_top1, -1e-9, "a percentage", place + ": /float_top1")
        if network.float_top1 > 100:
            fail(place, "/float_top1 is %g, must be 0 to 100" % network.float_top1)
    if network.im2col not in (CHANNEL_FIRST, CHANNEL_LAST):
        fail(place, "/im2col is %s, must be %s or %s" % (
            json.dumps(network.im2col), CHANNEL_FIRST, CHANNEL_LAST))
    if not isinstance(network.nodes, list) or not network.nodes:
        fail(place, "/nodes must be a list of at least one node")
    shapes = {"input": tuple(shape)}
    for k, node in enumerate(network.nodes):
        here = "%s: /nodes/%d" % (place, k)
        if not isinstance(node, dict) or not isinstance(node.get("name"), str) or not node["name"]:
            fail(here, "must be an object with a name")
        here += " (%s)" % node["name"]
        if node["name"] in shapes:
            fail(here, "the name is taken")
        _check_keys(here, node)
        shapes[node["name"]] = _output_shape(here, node, _check_inputs(here, node, shapes),
                                             network.arrays.get(node["name"], {}))
    if len(shapes[network.nodes[-1]["name"]]) != 1:
        fail(here, "is the last node and has shape %s, must have [classes]" % (
            list(shapes[network.nodes[-1]["name"]])))
    network.shapes = shapes
    return network
