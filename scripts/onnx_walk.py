# SPDX-License-Identifier: Apache-2.0
"""What every node of an ONNX graph needs on its way into a network file: tensors and their makers.
"""
import dataclasses
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
    is_flat: bool = False   # [channels] in the network file, [channels, 1 (, 1)] in ONNX
    #: factor and summand of the shape of the tensor, which the next layer must take in
    scaling: tuple[np.ndarray, np.ndarray] | None = None
    padding: tuple[int, int] = (0, 0)  # zeros around the image, which the next layer must take in


class Walk:
    """The nodes and layers made so far."""

    def __init__(self, graph: OnnxGraph):
        self.graph = graph
        self.nodes: list[dict] = []
        self.layers: dict[str, dict[str, Any]] = {}  # name -> place, weight, bias, batch_norm
        self.notes: list[str] = []  # what the user should know of the import
        self.values = {graph.input_name: Value(
            "input", graph.input_shape, graph.readers.get(graph.input_name, 0) > 1)}

    def _check(self, node: OnnxNode) -> None:
        check_supported(node)
        for output in node.outputs[1:]:
            if self.graph.readers.get(output):
                fail(node.place, "only the first output is supported, %s is read" % output)

    def _any_activation(self, node: OnnxNode, k: int) -> Value:
        name = node.inputs[k]
        if name not in self.values:
            fail(node.place, "input %s is not computed from the input of the network" % name)
        return self.values[name]

    def _activation(self, node: OnnxNode, k: int) -> Value:
        """One that no layer has to take anything in of."""
        value = self._any_activation(node, k)
        if value.scaling is not None:
            fail(node.place, "reads the normalised input, which only Conv, Gemm and MatMul may do")
        if any(value.padding):
            fail(node.place, "reads an image with zeros around it (Pad), which only Conv may do")
        return value

    def _array(self, node: OnnxNode, k: int, what: str, optional: bool = False) -> Any:
        """The constant at input k; None if an optional one is left out."""
        if optional and (k >= len(node.inputs) or not node.inputs[k]):
            return None
        if node.inputs[k] not in self.graph.constants:
            fail(node.place, "%s (%s) must be a constant of the file" % (what, node.inputs[k]))
        return self.graph.constants[node.inputs[k]]

    def _constants(self, node: OnnxNode, first: int = 0) -> list:
        """All inputs from one on, which must be constants; None where one is left out."""
        return [None] * first + [self._array(node, k, "input", True)
                                 for k in range(first, len(node.inputs))]

    def _image(self, node: OnnxNode, may_wait: bool = False) -> Value:
        """A value with channels, height and width; with may_wait, scaling and padding too."""
        value = (self._any_activation if may_wait else self._activation)(node, 0)
        if len(value.shape) != 3 or value.is_flat:
            fail(node.place, "gets shape [batch, %s]%s, must get channels, height and width" % (
                ", ".join(map(str, value.shape)), " of a global pool" if value.is_flat else ""))
        return value

    def _publish(self, node: OnnxNode, value: Value) -> None:
        value.is_shared |= self.graph.readers.get(node.outputs[0], 0) > 1
        self.values[node.outputs[0]] = value

    def _alias(self, node: OnnxNode, shape: tuple[int, ...], k: int = 0, **more: Any) -> None:
        """The output is input k; it may have another shape, or more that the next layer takes."""
        source = self._any_activation(node, k)
        self._publish(node, dataclasses.replace(
            source, shape=shape, is_flat=source.is_flat and len(shape) > 1, **more))

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
