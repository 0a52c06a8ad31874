# SPDX-License-Identifier: Apache-2.0
"""Reads network files (traces/networks/README.md) and image files for the two reference programs.

Nothing is computed here but shapes. What cannot be meant raises BadInput with file and place.
"""
import json
import math
import pathlib
from dataclasses import dataclass, field

import numpy

FORMAT = "aimc-network/1"
MATRIX_KEYS = {"input", "weights", "weight_scale", "bias", "batch_norm", "activation"}
KEYS = {"conv": MATRIX_KEYS | {"kernel", "stride", "padding", "padding_value"},
        "linear": MATRIX_KEYS,
        "add": {"inputs", "activation"}, "relu": {"input"}, "flatten": {"input"},
        "max_pool": {"input", "kernel", "stride", "padding"},
        "average_pool": {"input", "kernel", "stride"}, "global_average_pool": {"input"},
        "shortcut": {"input", "stride", "channels"}}
NEEDED = {"conv": {"weights", "kernel"}, "linear": {"weights"}, "max_pool": {"kernel"},
          "average_pool": {"kernel"}, "shortcut": {"stride", "channels"}}
CIFAR = {"cifar10": 1, "cifar100": 2}  # bytes before the pixels; the last of them is the label
CIFAR_PIXELS = 3 * 32 * 32


class BadInput(Exception):
    """A file that is missing, malformed or does not fit the others."""


@dataclass
class Node:
    """One node of the graph. shape: of its output, [channels, height, width] or [n].

    arrays: weights, weight_scale, bias, batch_norm where given; the `channels` of a shortcut.
    """
    name: str
    op: str
    inputs: list
    shape: tuple = ()
    activation: str = "identity"
    kernel: tuple = (1, 1)
    stride: tuple = (1, 1)
    padding: tuple = (0, 0)
    padding_value: tuple = ()  # per channel; (): zeros
    arrays: dict = field(default_factory=dict)


@dataclass
class Network:
    """input_scale: value of one step of an input byte. nodes: by name, in an order that runs."""
    name: str
    input_shape: tuple
    input_scale: float
    im2col: str
    nodes: dict
    top: int = 127  # the largest code of a map, either way; words.json may say another


def load_json(path):
    """The object in a JSON file."""
    try:
        value = json.loads(pathlib.Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise BadInput(f"{path}: cannot be read: {error.strerror}") from None
    except (ValueError, RecursionError) as error:
        raise BadInput(f"{path}: {error}") from None
    if not isinstance(value, dict):
        raise BadInput(f"{path}: must hold an object")
    return value


def load_array(path, **options):
    """A NumPy file."""
    try:
        return numpy.load(path, allow_pickle=False, **options)
    except OSError as error:
        raise BadInput(f"{path}: cannot be read: {error.strerror or error}") from None
    except (ValueError, EOFError) as error:
        raise BadInput(f"{path}: {error}") from None


def is_count(value):
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def pair(value, place, least):
    """[a, b], or one number for both."""
    values = [value, value] if is_count(value) else value
    if not isinstance(values, list) or len(values) != 2 or not all(map(is_count, values)) \
            or min(values) < least:
        raise BadInput(f"{place} is {value!r}, must be two whole numbers from {least}")
    return tuple(values)


def after_window(size, node, place):
    """Height or width after a kernel; what does not fill a window is left out."""
    out = [(n + 2 * p - k) // s + 1 if n + 2 * p >= k else 0
           for n, k, s, p in zip(size, node.kernel, node.stride, node.padding)]
    if min(out) < 1:
        raise BadInput(f"{place}: the kernel {list(node.kernel)} is larger than its input {size}")
    return tuple(out)


def output_shape(node, shapes, place):
    """Shape of a node's output, given those of its inputs."""
    shape = shapes[0]
    if node.op in ("conv", "max_pool", "average_pool", "global_average_pool", "shortcut") \
            and len(shape) != 3:
        raise BadInput(f"{place}: {node.op} needs a map [channels, height, width], gets {shape}")
    if node.op in ("conv", "linear"):
        fan_in = math.prod(shape)
        if node.op == "conv":
            fan_in = shape[0] * math.prod(node.kernel)
        rows, cols = node.arrays["weights"].shape
        if rows != fan_in:
            raise BadInput(f"{place}: weights have {rows} rows, the input needs {fan_in}")
        return (cols,) + (after_window(shape[1:], node, place) if node.op == "conv" else ())
    if node.op in ("max_pool", "average_pool"):
        return shape[:1] + after_window(shape[1:], node, place)
    if node.op == "global_average_pool":
        node.kernel = node.stride = shape[1:]
        return shape[:1]
    if node.op == "shortcut":
        channels = node.arrays["channels"]
        if channels < shape[0] or (channels - shape[0]) % 2:
            raise BadInput(f"{place}: {shape[0]} channels cannot grow alike on both sides "
                           f"to {channels}")
        return (channels,) + tuple(-(-n // s) for n, s in zip(shape[1:], node.stride))
    if node.op == "flatten":
        return (math.prod(shape),)
    if any(other != shape for other in shapes):
        raise BadInput(f"{place}: shapes differ: {shapes}")
    return shape


def read_arrays(folder, item, place):
    """weights, weight_scale, bias and batch_norm of a node, checked against each other."""
    weights = load_array(folder / str(item["weights"]))
    if weights.ndim != 2 or not (weights.dtype == numpy.int8 or weights.dtype.kind == "f"):
        raise BadInput(f"{place}/weights: must be int8 or float, [fan-in x outputs]; "
                       f"is {weights.dtype} {weights.shape}")
    found, outputs = {"weights": weights}, weights.shape[1]
    if weights.dtype.kind == "i" and "weight_scale" not in item:
        raise BadInput(f"{place}/weight_scale is missing: integer codes need it")
    for key, shape in (("weight_scale", (outputs,)), ("bias", (outputs,)),
                       ("batch_norm", (2, outputs))):
        if key not in item:
            continue
        if key == "weight_scale" and isinstance(item[key], (int, float)):
            found[key] = numpy.full(outputs, item[key], numpy.float64)
            continue
        array = load_array(folder / str(item[key]))
        if array.shape != shape or array.dtype.kind != "f":
            raise BadInput(f"{place}/{key}: must be float {shape}; is {array.dtype} {array.shape}")
        found[key] = array
    return found


def read_node(folder, item, known, place):
    """One entry of "nodes"; known: name -> shape of what may feed it."""
    op, name = item.get("op"), item.get("name")
    if op not in KEYS:
        raise BadInput(f"{place}/op is {op!r}, must be one of {', '.join(KEYS)}")
    if not isinstance(name, str) or not name or name in known:
        raise BadInput(f"{place}/name is {name!r}, must be a name that is not taken")
    extra, missing = set(item) - KEYS[op] - {"op", "name"}, NEEDED.get(op, set()) - set(item)
    if extra or missing:
        raise BadInput(f"{place}: " + (f"{min(extra)} is not a key of {op}" if extra
                                       else f"{min(missing)} is missing"))
    inputs = item.get("inputs") if op == "add" else [item.get("input")]
    if not isinstance(inputs, list) or len(inputs) != 1 + (op == "add") \
            or not all(isinstance(i, str) and i in known for i in inputs):
        raise BadInput(f"{place}: input {inputs!r} is not the name of an earlier node")
    node = Node(name, op, inputs, activation=item.get("activation", "identity"))
    if node.activation not in ("identity", "relu"):
        raise BadInput(f"{place}/activation is {node.activation!r}, must be identity or relu")
    pools = op in ("max_pool", "average_pool")
    node.kernel = pair(item.get("kernel", [1, 1]), place + "/kernel", 1)
    node.stride = pair(item.get("stride", list(node.kernel) if pools else [1, 1]),
                       place + "/stride", 1)
    node.padding = pair(item.get("padding", [0, 0]), place + "/padding", 0)
    if pools and node.padding != (0, 0):
        raise BadInput(f"{place}/padding must be [0, 0]")
    node.padding_value = tuple(item.get("padding_value", ()))
    if node.padding_value and (inputs != ["input"] or len(node.padding_value) != known["input"][0]
                               or not all(type(v) in (int, float) for v in node.padding_value)):
        raise BadInput(f"{place}/padding_value must be a number per channel of the input")
    if op in ("conv", "linear"):
        node.arrays = read_arrays(folder, item, place)
    if op == "shortcut":
        if not is_count(item["channels"]):
            raise BadInput(f"{place}/channels is {item['channels']!r}, must be a whole number")
        node.arrays = {"channels": item["channels"]}
    node.shape = output_shape(node, [known[i] for i in inputs], place)
    return node


def read_network(path):
    """The network in a file, with its arrays."""
    path, top = pathlib.Path(path), load_json(path)
    if top.get("format") != FORMAT:
        raise BadInput(f"{path}: /format is {top.get('format')!r}, must be {FORMAT!r}")
    extra = set(top) - {"format", "name", "origin", "float_top1", "input", "im2col", "nodes"}
    if extra:
        raise BadInput(f"{path}: /{min(extra)} is not a known key")
    entry = top.get("input")
    if not isinstance(entry, dict) or set(entry) != {"shape", "scale"}:
        raise BadInput(f"{path}: /input must have shape and scale")
    shape, scale = entry["shape"], entry["scale"]
    if not isinstance(shape, list) or len(shape) not in (1, 3) or not all(map(is_count, shape)) \
            or 0 in shape or not isinstance(scale, (int, float)):
        raise BadInput(f"{path}: /input has shape {shape!r} and scale {scale!r}")
    im2col = top.get("im2col", "channel_ky_kx")
    if im2col not in ("channel_ky_kx", "ky_kx_channel"):
        raise BadInput(f"{path}: /im2col is {im2col!r}, must be channel_ky_kx or ky_kx_channel")
    items = top.get("nodes")
    if not isinstance(items, list) or not items or not all(isinstance(i, dict) for i in items):
        raise BadInput(f"{path}: /nodes must be a list of objects")
    known, nodes = {"input": tuple(shape)}, {}
    for index, item in enumerate(items):
        node = read_node(path.parent, item, known, f"{path}: /nodes/{index}")
        nodes[node.name], known[node.name] = node, node.shape
    return Network(top.get("name", path.stem), tuple(shape), float(scale), im2col, nodes)


def read_images(path, pixels, records="auto"):
    """(uint8 [n x pixels], labels or None) of a .npy file or of a CIFAR file in its binary version.

    records: auto (by the size), cifar10 (label + pixels) or cifar100 (coarse, fine + pixels).
    """
    path = pathlib.Path(path)
    if path.suffix == ".npy":
        images = load_array(path)
        if images.dtype != numpy.uint8 or images.ndim < 2 or math.prod(images.shape[1:]) != pixels:
            raise BadInput(f"{path}: must be uint8, [n x {pixels}]; "
                           f"is {images.dtype} {images.shape}")
        return images.reshape(len(images), pixels), None
    try:
        data = numpy.fromfile(path, numpy.uint8)
    except OSError as error:
        raise BadInput(f"{path}: cannot be read: {error.strerror}") from None
    fits = [kind for kind, head in CIFAR.items()
            if records in ("auto", kind) and data.size and data.size % (head + CIFAR_PIXELS) == 0]
    if len(fits) != 1:
        raise BadInput(f"{path}: {data.size} bytes " + (
            "fit both record formats: say which" if fits else "are not whole CIFAR records"))
    head = CIFAR[fits[0]]
    data = data.reshape(-1, head + CIFAR_PIXELS)
    if pixels != CIFAR_PIXELS:
        raise BadInput(f"{path}: images of {CIFAR_PIXELS} bytes, the network takes {pixels}")
    return data[:, head:], data[:, head - 1].astype(numpy.int64)


def read_labels(path, count):
    """Integer labels [n] of a .npy file."""
    labels = load_array(path)
    if labels.ndim != 1 or labels.dtype.kind not in "iu" or len(labels) < count:
        raise BadInput(f"{path}: must be {count} integers; is {labels.dtype} {labels.shape}")
    return labels.astype(numpy.int64)
