# SPDX-License-Identifier: Apache-2.0
"""Nodes of an ONNX graph to nodes of a network file.

A batch norm goes into the convolution or linear layer right before it, a ReLU into the convolution,
linear layer or addition right before it, if nobody else reads what lies between. What the format
cannot say exactly is an error that names the ONNX node.
"""
import dataclasses
import math
import re
from typing import Any

import numpy as np

from network_check import fail
from onnx_reader import OnnxGraph, OnnxNode, check_supported


@dataclasses.dataclass
class Value:
    """What a tensor of activations is: who makes it, its shape, whether somebody else reads it."""
    node: str
    shape: tuple[int, ...]  # in ONNX, without the batch
    is_shared: bool
    is_flat: bool = False   # [channels] in the network file, [channels, 1, 1] in ONNX


class Converter:
    """Walks through a graph; afterwards `nodes` and `layers` hold the network."""

    def __init__(self, graph: OnnxGraph):
        self.graph = graph
        self.nodes: list[dict] = []
        self.layers: dict[str, dict[str, Any]] = {}  # name -> place, weight, bias, batch_norm
        self.values = {graph.input_name: Value(
            "input", graph.input_shape, graph.readers.get(graph.input_name, 0) > 1)}
        for node in graph.nodes:
            self._check(node)
            getattr(self, "_" + node.op.lower())(node)
        if not self.nodes:
            fail(graph.place, "has no node that computes anything")

    # ---- what every operation needs ------------------------------------------------------------
    def _check(self, node: OnnxNode) -> None:
        check_supported(node)
        for output in node.outputs[1:]:
            if self.graph.readers.get(output):
                fail(node.place, "only the first output is supported, %s is read" % output)

    def _activation(self, node: OnnxNode, k: int) -> Value:
        name = node.inputs[k]
        if name not in self.values:
            fail(node.place, "input %s is not computed from the input of the network" % name)
        return self.values[name]

    def _array(self, node: OnnxNode, k: int, what: str, optional: bool = False) -> Any:
        """The constant at input k; None if an optional one is left out."""
        if optional and (k >= len(node.inputs) or not node.inputs[k]):
            return None
        if node.inputs[k] not in self.graph.constants:
            fail(node.place, "%s (%s) must be a constant of the file" % (what, node.inputs[k]))
        return self.graph.constants[node.inputs[k]]

    def _image(self, node: OnnxNode) -> Value:
        value = self._activation(node, 0)
        if len(value.shape) != 3 or value.is_flat:
            fail(node.place, "gets shape [batch, %s]%s, must get channels, height and width" % (
                ", ".join(map(str, value.shape)), " of a global pool" if value.is_flat else ""))
        return value

    def _publish(self, node: OnnxNode, value: Value) -> None:
        value.is_shared |= self.graph.readers.get(node.outputs[0], 0) > 1
        self.values[node.outputs[0]] = value

    def _alias(self, node: OnnxNode, shape: tuple[int, ...]) -> None:
        """The output is the input; it may have another shape."""
        source = self._activation(node, 0)
        self._publish(node, dataclasses.replace(
            source, shape=shape, is_flat=source.is_flat and len(shape) == 3))

    def _append(self, node: OnnxNode, op: str, sources: list[Value], shape: tuple[int, ...],
                is_flat: bool = False, **keys: Any) -> str:
        base = re.sub(r"[^\w.-]+", ".", node.name, flags=re.A).strip(".") or node.op
        taken, name, k = {"input"} | {n["name"] for n in self.nodes}, base, 2
        while name in taken:
            name, k = "%s_%d" % (base, k), k + 1
        feed = {"inputs": [s.node for s in sources]} if op == "add" else {"input": sources[0].node}
        self.nodes.append({"name": name, "op": op, **feed, **keys})
        self._publish(node, Value(name, shape, False, is_flat))
        return name

    def _fusable(self, value: Value, ops: tuple[str, ...]) -> dict | None:
        """The node that makes a value, if it has one of these ops, no activation, one reader."""
        made = next((n for n in self.nodes if n["name"] == value.node), None)
        is_right = made and made["op"] in ops and "activation" not in made
        return made if is_right and not value.is_shared else None

    # ---- layers --------------------------------------------------------------------------------
    def _layer(self, node: OnnxNode, name: str, weight: np.ndarray,
               bias: np.ndarray | None) -> None:
        if bias is not None:
            try:
                bias = np.broadcast_to(bias, (1, len(weight)))[0]
            except ValueError:
                fail(node.place, "bias has shape %s, must be [%d]" % (
                    list(bias.shape), len(weight)))
        self.layers[name] = {"place": node.place, "weight": weight, "bias": bias,
                             "batch_norm": None}

    def _weight(self, node: OnnxNode, dimensions: int) -> np.ndarray:
        weight = self._array(node, 1, "weight")
        if weight.ndim != dimensions:
            fail(node.place, "weight has shape %s, must have %d dimensions" % (
                list(weight.shape), dimensions))
        return weight

    def _conv(self, node: OnnxNode) -> None:
        value, weight = self._image(node), self._weight(node, 4)
        kernel = node.attributes.get("kernel_shape", list(weight.shape[2:]))
        if kernel != list(weight.shape[2:]) or weight.shape[1] != value.shape[0]:
            fail(node.place, "weight has shape %s, must be [outputs, %d, %s]" % (
                list(weight.shape), value.shape[0], ", ".join(map(str, kernel))))
        pads = node.attributes.get("pads", [0, 0, 0, 0])
        if pads[:2] != pads[2:] or min(pads) < 0:
            fail(node.place, "pads is %s, must be the same at begin and end" % pads)
        strides = node.attributes.get("strides", [1, 1])
        size = self._size(node, value, kernel, strides, pads[:2])
        name = self._append(node, "conv", [value], (len(weight), *size), kernel=list(kernel),
                            stride=list(strides), padding=list(pads[:2]))
        self._layer(node, name, weight, self._array(node, 2, "bias", True))

    def _size(self, node: OnnxNode, value: Value, kernel: list, strides: list,
              pads: list) -> tuple[int, ...]:
        if len(kernel) != 2 or len(strides) != 2 or min(*kernel, *strides) < 1:
            fail(node.place, "kernel %s and strides %s must be two numbers from 1 each" % (
                list(kernel), list(strides)))
        size = tuple((n + 2 * p - k) // s + 1
                     for n, k, s, p in zip(value.shape[1:], kernel, strides, pads))
        if min(size) < 1:
            fail(node.place, "kernel %s is larger than its input %s" % (
                list(kernel), list(value.shape)))
        return size

    def _linear(self, node: OnnxNode, weight: np.ndarray, bias: np.ndarray | None) -> None:
        value = self._activation(node, 0)
        if len(value.shape) != 1 or weight.shape[1] != value.shape[0]:
            fail(node.place, "gets shape [batch, %s] and weights of %d inputs, must be equal; "
                 "flatten images first" % (", ".join(map(str, value.shape)), weight.shape[1]))
        name = self._append(node, "linear", [value], (len(weight),))
        self._layer(node, name, weight, bias)

    def _gemm(self, node: OnnxNode) -> None:
        weight, bias = self._weight(node, 2), self._array(node, 2, "bias", True)
        weight = weight if node.attributes.get("transB", 0) else weight.T
        beta = node.attributes.get("beta", 1.0)
        self._linear(node, weight * np.float64(node.attributes.get("alpha", 1.0)),
                     None if bias is None else bias * np.float64(beta))

    def _matmul(self, node: OnnxNode) -> None:
        self._linear(node, self._weight(node, 2).T, None)

    def _batchnormalization(self, node: OnnxNode) -> None:
        value = self._activation(node, 0)
        made = self._fusable(value, ("conv", "linear"))
        if made is None:
            fail(node.place,
                 "must follow a Conv, Gemm or MatMul directly, and be all that reads it")
        layer, outputs = self.layers[made["name"]], value.shape[0]
        gamma, beta, mean, variance = (
            self._array(node, k, what) for k, what in enumerate(
                ("scale", "B", "mean", "variance"), start=1))
        for what, array in (("scale", gamma), ("B", beta), ("mean", mean), ("variance", variance)):
            if array.shape != (outputs,):
                fail(node.place, "%s has shape %s, must be [%d]" % (
                    what, list(array.shape), outputs))
        if (variance < 0).any():
            fail(node.place, "variance has a value below 0")
        epsilon = node.attributes.get("epsilon", 1e-5)
        factor = gamma.astype(np.float64) / np.sqrt(variance.astype(np.float64) + epsilon)
        summand = beta - mean * factor
        if layer["batch_norm"] is not None:  # of a batch norm before this one
            first = layer["batch_norm"]
            factor, summand = factor * first[0], factor * first[1] + summand
        layer["batch_norm"] = np.stack([factor, summand])
        self._alias(node, value.shape)

    # ---- the rest ------------------------------------------------------------------------------
    def _relu(self, node: OnnxNode) -> None:
        value = self._activation(node, 0)
        made = self._fusable(value, ("conv", "linear", "add"))
        if made is None:
            self._append(node, "relu", [value], value.shape, value.is_flat)
            return
        made["activation"] = "relu"
        self._alias(node, value.shape)

    def _add(self, node: OnnxNode) -> None:
        constant = [k for k in (0, 1) if node.inputs[k] in self.graph.constants]
        if constant:
            self._add_bias(node, constant[0])
            return
        a, b = self._activation(node, 0), self._activation(node, 1)
        if a.shape != b.shape:
            fail(node.place, "adds shapes %s and %s, must be equal" % (
                list(a.shape), list(b.shape)))
        if a.is_flat != b.is_flat:
            fail(node.place, "adds a global pool and an image of one pixel, which is not supported")
        self._append(node, "add", [a, b], a.shape, a.is_flat)

    def _add_bias(self, node: OnnxNode, k: int) -> None:
        """MatMul, then Add of a constant."""
        node = dataclasses.replace(node, inputs=[node.inputs[1 - k], node.inputs[k]])
        value = self._activation(node, 0)
        made = self._fusable(value, ("linear",))
        layer = self.layers.get(made["name"]) if made else None
        if layer is None or layer["bias"] is not None or layer["batch_norm"] is not None:
            fail(node.place, "a constant may be added only directly after a MatMul, as its bias")
        self._layer(node, made["name"], layer["weight"], self._array(node, 1, "bias"))
        self._alias(node, value.shape)

    def _pool(self, node: OnnxNode, op: str) -> None:
        value = self._image(node)
        kernel = node.attributes["kernel_shape"]
        strides = node.attributes.get("strides", [1, 1])
        size = self._size(node, value, kernel, strides, [0, 0])
        self._append(node, op, [value], (value.shape[0], *size), kernel=list(kernel),
                     stride=list(strides))

    def _maxpool(self, node: OnnxNode) -> None:
        self._pool(node, "max_pool")

    def _averagepool(self, node: OnnxNode) -> None:
        self._pool(node, "average_pool")

    def _globalaveragepool(self, node: OnnxNode) -> None:
        value = self._image(node)
        self._append(node, "global_average_pool", [value], (value.shape[0], 1, 1), True)

    def _reducemean(self, node: OnnxNode) -> None:
        value = self._image(node)
        given = self._array(node, 1, "axes", True)
        axes = node.attributes.get("axes", []) if given is None else given.reshape(-1).tolist()
        if sorted(axis % 4 for axis in axes) != [2, 3]:
            fail(node.place, "axes is %s, must be [2, 3], height and width" % list(axes))
        keep = node.attributes.get("keepdims", 1)
        self._append(node, "global_average_pool", [value], value.shape[:1] + (1, 1) * keep,
                     bool(keep))

    def _to_vector(self, node: OnnxNode) -> None:
        value = self._activation(node, 0)
        shape = (math.prod(value.shape),)
        if value.is_flat or len(value.shape) == 1:
            self._alias(node, shape)
        else:
            self._append(node, "flatten", [value], shape)

    def _flatten(self, node: OnnxNode) -> None:
        axis = node.attributes.get("axis", 1)
        if axis not in (1, -len(self._activation(node, 0).shape)):
            fail(node.place, "axis is %d, must be 1" % axis)
        self._to_vector(node)

    def _reshape(self, node: OnnxNode) -> None:
        size = math.prod(self._activation(node, 0).shape)
        target = self._array(node, 1, "shape").reshape(-1).tolist()
        if len(target) != 2 or target[1] not in (-1, size) or target[0] == target[1] or (
                target[0] not in (-1, 0, self.graph.batch)):
            fail(node.place, "shape is %s, must be [batch, -1]" % target)
        self._to_vector(node)

    def _identity(self, node: OnnxNode) -> None:
        self._alias(node, self._activation(node, 0).shape)

    def _pad(self, node: OnnxNode) -> None:
        """torch puts one of zeros before an AveragePool."""
        pads = self._array(node, 1, "pads")
        if np.any(pads):
            fail(node.place, "pads are %s, only zeros are supported (pad in the Conv)" % (
                pads.reshape(-1).tolist()))
        self._identity(node)

    def _dropout(self, node: OnnxNode) -> None:
        is_training = self._array(node, 2, "training_mode", True)
        if is_training is not None and is_training.any():
            fail(node.place, "training_mode is true, must be false")
        self._identity(node)

    # ---- arithmetic on shapes: the results are constants ---------------------------------------
    def _shape(self, node: OnnxNode) -> None:
        shape = (self.graph.batch, *self._activation(node, 0).shape)
        self.graph.constants[node.outputs[0]] = np.array(shape)

    def _gather(self, node: OnnxNode) -> None:
        numbers, places = self._array(node, 0, "data"), self._array(node, 1, "indices")
        if numbers.ndim != 1 or (places >= len(numbers)).any() or (places < -len(numbers)).any():
            fail(node.place, "is supported only on a shape")
        self.graph.constants[node.outputs[0]] = numbers[places]

    def _unsqueeze(self, node: OnnxNode) -> None:
        if self._array(node, 0, "data").ndim != 0:
            fail(node.place, "is supported only on one number of a shape")
        self.graph.constants[node.outputs[0]] = self._array(node, 0, "data").reshape(1)

    def _concat(self, node: OnnxNode) -> None:
        parts = [self._array(node, k, "input").reshape(-1) for k in range(len(node.inputs))]
        self.graph.constants[node.outputs[0]] = np.concatenate(parts)
