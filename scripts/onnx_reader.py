# SPDX-License-Identifier: Apache-2.0
"""An ONNX model as plain Python: one input, one output, nodes with attributes, constants as arrays.

Only what leads to the output is kept. Every mistake is a NetworkError that names the node.
"""
import dataclasses
from pathlib import Path
from typing import Any

import google.protobuf.message
import numpy as np
import onnx
from onnx import numpy_helper

from network_check import fail

#: op -> attributes it may have; a value of None: any, otherwise the ones that are supported
ATTRIBUTES: dict[str, dict[str, Any]] = {
    "Conv": {"auto_pad": ("NOTSET", "VALID"), "dilations": ([1, 1],), "group": (1,),
             "kernel_shape": None, "pads": None, "strides": None},
    "Gemm": {"alpha": None, "beta": None, "transA": (0,), "transB": (0, 1)},
    "MatMul": {},
    "BatchNormalization": {"epsilon": None, "momentum": None, "training_mode": (0,),
                           "spatial": (1,)},
    "Relu": {},
    "Add": {},
    "MaxPool": {"auto_pad": ("NOTSET", "VALID"), "ceil_mode": (0,), "dilations": ([1, 1],),
                "kernel_shape": None, "pads": ([0, 0, 0, 0],), "storage_order": (0,),
                "strides": None},
    "AveragePool": {"auto_pad": ("NOTSET", "VALID"), "ceil_mode": (0,), "dilations": ([1, 1],),
                    "count_include_pad": None, "kernel_shape": None, "pads": ([0, 0, 0, 0],),
                    "strides": None},
    "GlobalAveragePool": {},
    "ReduceMean": {"axes": None, "keepdims": (0, 1), "noop_with_empty_axes": (0,)},
    "Flatten": {"axis": None},
    "Reshape": {"allowzero": (0,)},
    "Identity": {},
    "Pad": {"mode": ("constant",), "pads": None, "value": None},
    "Slice": {"axes": None, "ends": None, "starts": None},
    "Concat": {"axis": None},
    "Squeeze": {"axes": None},
    "Sub": {}, "Mul": {}, "Div": {}, "Cast": {"to": None},
    "Softmax": {"axis": None}, "LogSoftmax": {"axis": None},
    "Dropout": {"ratio": None, "seed": None},
    "Constant": {},
    # of constants alone: arithmetic on shapes, which are known
    "Shape": {}, "Gather": {"axis": None}, "Unsqueeze": {"axes": None},
    "ConstantOfShape": {"value": None}, "Transpose": {"perm": None},
}
CONSTANT_KEYS = ("value", "value_float", "value_floats", "value_int", "value_ints")


@dataclasses.dataclass
class OnnxNode:
    """One node; a missing optional input is ""."""
    place: str  # file and node, for errors
    name: str
    op: str
    inputs: list[str]
    outputs: list[str]
    attributes: dict[str, Any]


@dataclasses.dataclass
class OnnxGraph:
    place: str
    input_name: str
    batch: int  # 1 if the file leaves it open
    input_shape: tuple[int, ...]
    output_name: str
    nodes: list[OnnxNode]
    constants: dict[str, np.ndarray]
    readers: dict[str, int]  # tensor -> nodes that read it, and 1 for the output of the graph


def _load(path: Path) -> onnx.ModelProto:
    try:
        model = onnx.load(str(path))
        onnx.checker.check_model(model)
    except OSError as error:
        fail(str(path), "cannot be read: %s" % (error.strerror or error))
    except (google.protobuf.message.DecodeError, onnx.checker.ValidationError, ValueError,
            RuntimeError) as error:
        fail(str(path), "is no valid ONNX model: %s" % str(error).strip().partition("\n")[0])
    if not model.graph.node:
        fail(str(path), "is no valid ONNX model: it has no nodes")
    return model


def tensor_array(place: str, tensor: onnx.TensorProto) -> np.ndarray:
    """The numbers of a tensor of the file."""
    try:
        return numpy_helper.to_array(tensor)
    except (ValueError, TypeError, KeyError) as error:
        fail(place, "constant %s cannot be read: %s" % (
            tensor.name, str(error).partition("\n")[0]))


def _check_names(place: str, node: onnx.NodeProto) -> None:
    """Names that are not UTF-8 come as bytes."""
    for name in (node.name, node.op_type, node.domain, *node.input, *node.output):
        if not isinstance(name, str):
            fail(place, "name %r is not UTF-8 text" % name)


def _value(attribute: onnx.AttributeProto) -> Any:
    value = onnx.helper.get_attribute_value(attribute)
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value


def _only(place: str, what: str, found: list) -> Any:
    if len(found) != 1:
        fail(place, "has %d %s (%s), must have one" % (
            len(found), what, ", ".join(value.name for value in found) or "none"))
    return found[0]


def _shape_of_input(place: str, value: onnx.ValueInfoProto) -> tuple[int, tuple[int, ...]]:
    """Batch and the rest."""
    dims = value.type.tensor_type.shape.dim
    if len(dims) not in (2, 4) or not all(dim.dim_value > 0 for dim in list(dims)[1:]):
        fail(place, "input %s has shape [%s], must be [batch, channels, height, width] or "
             "[batch, n] with known sizes" % (
                 value.name, ", ".join(dim.dim_param or str(dim.dim_value) for dim in dims)))
    return dims[0].dim_value or 1, tuple(dim.dim_value for dim in list(dims)[1:])


def _used(nodes: list[OnnxNode], output: str) -> list[OnnxNode]:
    """The nodes that lead to the output, in the order of the file."""
    wanted, kept = {output}, []
    for node in reversed(nodes):
        if wanted & set(node.outputs):
            wanted |= set(node.inputs)
            kept.append(node)
    return kept[::-1]


def check_supported(node: OnnxNode) -> None:
    """Whether the operation and its attributes can be said in a network file."""
    known = ATTRIBUTES.get(node.op)
    if known is None:
        fail(node.place, "is not supported, must be one of %s" % ", ".join(ATTRIBUTES))
    for key, value in node.attributes.items():
        if key not in known:
            fail(node.place, "has attribute %s, which is not supported" % key)
        if known[key] is not None and value not in known[key]:
            fail(node.place, "%s is %s, must be %s" % (
                key, value, " or ".join(str(v) for v in known[key])))


def read_onnx(path: Path) -> OnnxGraph:
    """Reads and checks the frame of a model; which operations are known is not asked here."""
    place = str(path)
    graph = _load(path).graph
    if graph.sparse_initializer:
        fail(place, "has sparse initializers, must have dense ones")
    constants = {tensor.name: tensor_array(place, tensor) for tensor in graph.initializer}
    given = _only(place, "inputs", [v for v in graph.input if v.name not in constants])
    output = _only(place, "outputs", list(graph.output))
    nodes = []
    for k, node in enumerate(graph.node):
        _check_names(place, node)
        name = node.name or "%s_%d" % (node.op_type, k)
        op = node.op_type if node.domain in ("", "ai.onnx") else node.domain + "." + node.op_type
        nodes.append(OnnxNode("%s: node %s (%s)" % (place, name, op), name, op, list(node.input),
                              list(node.output), {a.name: _value(a) for a in node.attribute}))
    kept, readers = [], {output.name: 1}
    for node in _used(nodes, output.name):
        source = constants.get(node.inputs[0]) if node.inputs else None
        if node.op == "Constant" and set(node.attributes) <= set(CONSTANT_KEYS):
            value = next(iter(node.attributes.values()))
            constants[node.outputs[0]] = (tensor_array(node.place, value) if isinstance(
                value, onnx.TensorProto) else np.array(value))
        elif node.op == "Identity" and source is not None:
            constants[node.outputs[0]] = source
        else:
            kept.append(node)
            for tensor in node.inputs if node.op != "Shape" else ():
                readers[tensor] = readers.get(tensor, 0) + 1
    return OnnxGraph(place, given.name, *_shape_of_input(place, given), output.name, kept,
                     constants, readers)
