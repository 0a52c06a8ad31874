# SPDX-License-Identifier: Apache-2.0
"""Nodes of an ONNX graph to nodes of a network file.

What can be fused is (onnx_layers.py); option-A shortcuts of ResNets are put together from the
slices, pads and concatenations that exporters make of them. What the format cannot say exactly is
an error that names the ONNX node.
"""
import math

import numpy as np

from network_check import fail
from onnx_constants import ARITHMETIC, ONLY_ARITHMETIC, compute, numbers, slices
from onnx_layers import Layers
from onnx_reader import OnnxGraph, OnnxNode
from onnx_walk import Value

FLOAT_TYPES = (1, 10, 11)  # Source: ONNX, TensorProto.DataType: float, float16, double


class Converter(Layers):
    """Walks through a graph; afterwards `nodes`, `layers` and `notes` hold the network."""

    def __init__(self, graph: OnnxGraph, mean: np.ndarray, std: np.ndarray):
        """The model gets (input - mean) / std; one number or one per channel each."""
        super().__init__(graph)
        if mean.any() or (std != 1).any():
            shape = (-1,) + (1,) * (len(graph.input_shape) - 1)
            self.values[graph.input_name].scaling = tuple(
                np.broadcast_to(array.reshape(shape), graph.input_shape)
                for array in (1 / std, -mean / std))
        for node in graph.nodes:
            self._check(node)
            given = [name for name in node.inputs if name]
            is_known = all(name in graph.constants for name in given)
            if node.op in ONLY_ARITHMETIC or node.op in ARITHMETIC and is_known:
                graph.constants[node.outputs[0]] = compute(node, self._constants(node))
            else:
                getattr(self, "_" + node.op.lower())(node)
        if not self.nodes:
            fail(graph.place, "has no node that computes anything")

    # ---- pools ---------------------------------------------------------------------------------
    def _pool(self, node: OnnxNode, op: str) -> None:
        value = self._image(node)
        kernel = node.attributes["kernel_shape"]
        strides = node.attributes.get("strides", [1, 1])
        size = self._size(node, value, kernel, strides, [0, 0])
        if list(kernel) == [1, 1]:
            self._take_pixels(node, value, list(strides), 0)
            return
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
        axes = numbers(node, self._constants(node, 1), 1, "axes") or []
        if sorted(axis % 4 for axis in axes) != [2, 3]:
            fail(node.place, "axes is %s, must be [2, 3], height and width" % axes)
        keep = node.attributes.get("keepdims", 1)
        self._append(node, "global_average_pool", [value], value.shape[:1] + (1, 1) * keep,
                     bool(keep))

    # ---- option-A shortcuts: every n-th pixel, channels of zeros --------------------------------
    def _take_pixels(self, node: OnnxNode, value: Value, stride: list[int], more: int) -> None:
        """Every stride-th pixel, `more` channels of zeros on both sides; one node for a row."""
        size = [-(-n // s) for n, s in zip(value.shape[1:], stride)]
        shape = (value.shape[0] + 2 * more, *size)
        if stride == [1, 1] and not more:
            self._alias(node, shape)
            return
        made = self._fusable(value, ("shortcut",))
        if made is None:
            self._append(node, "shortcut", [value], shape, stride=stride, channels=shape[0])
            return
        made["stride"] = [a * b for a, b in zip(made["stride"], stride)]
        made["channels"] = shape[0]
        self._alias(node, shape)

    def _slice(self, node: OnnxNode) -> None:
        value = self._any_activation(node, 0)
        sizes = (self.graph.batch, *value.shape)
        taken = [range(n)[part] for n, part in zip(
            sizes, slices(node, self._constants(node, 1), len(sizes)))]
        if all(places == range(n) for places, n in zip(taken, sizes)):
            self._alias(node, value.shape)
            return
        value = self._image(node)
        if taken[0] != range(sizes[0]) or taken[1] != range(sizes[1]) or any(
                p.step < 1 or p != range(0, n, p.step) for p, n in zip(taken[2:], sizes[2:])):
            fail(node.place, "takes a part of %s, supported is every n-th pixel of all channels, "
                 "from the first" % list(value.shape))
        self._take_pixels(node, value, [places.step for places in taken[2:]], 0)

    def _pad(self, node: OnnxNode) -> None:
        """Channels of a shortcut, or zeros around an image that a Conv reads."""
        pads = numbers(node, self._constants(node, 1), 1, "pads")
        given = self._array(node, 2, "value", True)
        fill = node.attributes.get("value", 0.0) if given is None else given.reshape(-1)[0]
        axes = self._array(node, 3, "axes", True)
        value = self._any_activation(node, 0)
        n_axes = 1 + len(value.shape)
        if axes is not None and axes.reshape(-1).tolist() != list(range(n_axes)):
            fail(node.place, "axes is %s, must be left out or all of them" % axes.tolist())
        if pads is None or len(pads) != 2 * n_axes:
            fail(node.place, "pads is %s, must be two numbers for each of %d axes" % (
                pads, n_axes))
        if not any(pads):
            self._alias(node, value.shape)
            return
        value, begin, end = self._image(node, may_wait=True), pads[:n_axes], pads[n_axes:]
        if begin != end or begin[0] or min(pads) < 0 or fill != 0:
            fail(node.place, "pads is %s with %g, must be zeros, the same at begin and end, for "
                 "channels, height and width" % (pads, fill))
        if any(begin[2:]):
            if begin[1]:
                fail(node.place, "pads is %s, must be channels or pixels, not both" % pads)
            self._alias(node, value.shape, padding=tuple(
                a + b for a, b in zip(value.padding, begin[2:])))
            return
        self._take_pixels(node, self._image(node), [1, 1], begin[1])

    def _concat(self, node: OnnxNode) -> None:
        """Zeros before and behind the channels of an image."""
        known = [name in self.graph.constants for name in node.inputs]
        if known.count(False) != 1 or node.attributes["axis"] not in (1, -3):
            fail(node.place, "is supported only for one image and channels of zeros (axis 1), and "
                 "for constants")
        at = known.index(False)
        value = self._image(_with_input(node, at))
        channels = [0, 0]
        for k, name in enumerate(node.inputs):
            if k == at:
                continue
            zeros = self.graph.constants[name]
            if zeros.ndim != 4 or zeros.shape[2:] != value.shape[1:] or zeros.any():
                fail(node.place, "input %s must be zeros of %d x %d pixels" % (
                    name, *value.shape[1:]))
            channels[k > at] += zeros.shape[1]
        if channels[0] != channels[1]:
            fail(node.place, "puts %d channels of zeros before and %d behind, must be as many" % (
                channels[0], channels[1]))
        self._take_pixels(_with_input(node, at), value, [1, 1], channels[0])

    # ---- ways to a vector, and what changes nothing ---------------------------------------------
    def _to_vector(self, node: OnnxNode) -> None:
        value = self._any_activation(node, 0)
        shape = (math.prod(value.shape),)
        if value.is_flat or len(value.shape) == 1:
            self._alias(node, shape)
        elif value.scaling is None:
            self._append(node, "flatten", [self._activation(node, 0)], shape)
        else:
            self._append(node, "flatten", [value], shape)
            self.values[node.outputs[0]].scaling = tuple(a.reshape(-1) for a in value.scaling)

    def _flatten(self, node: OnnxNode) -> None:
        axis = node.attributes.get("axis", 1)
        if axis not in (1, -len(self._any_activation(node, 0).shape)):
            fail(node.place, "axis is %d, must be 1" % axis)
        self._to_vector(node)

    def _reshape(self, node: OnnxNode) -> None:
        size = math.prod(self._any_activation(node, 0).shape)
        target = self._array(node, 1, "shape").reshape(-1).tolist()
        if len(target) != 2 or target[1] not in (-1, size) or target[0] == target[1] or (
                target[0] not in (-1, 0, self.graph.batch)):
            fail(node.place, "shape is %s, must be [batch, -1]" % target)
        self._to_vector(node)

    def _squeeze(self, node: OnnxNode) -> None:
        value = self._activation(node, 0)
        axes = numbers(node, self._constants(node, 1), 1, "axes")
        sizes = [self.graph.batch, *value.shape]
        if axes is None or not all(-len(sizes) <= a < len(sizes) and a % len(sizes) and
                                   sizes[a] == 1 for a in axes):
            fail(node.place, "axes is %s, must be axes of size 1 behind the batch of [batch, %s]" %
                 (axes, ", ".join(map(str, value.shape))))
        gone = {axis % len(sizes) for axis in axes}
        shape = tuple(n for k, n in enumerate(sizes) if k and k not in gone)
        if len(shape) == 1:
            self._to_vector(node)
        else:
            self._alias(node, shape)

    def _softmax(self, node: OnnxNode) -> None:
        """The largest score stays the largest; the network file ends with the scores."""
        value = self._activation(node, 0)
        if node.outputs[0] != self.graph.output_name or len(value.shape) != 1 or (
                node.attributes.get("axis", -1) not in (1, -1)):
            fail(node.place, "is supported only at the end, over the classes (axis 1 of [batch, "
                 "classes])")
        self.notes.append("%s is left out: the largest score stays the largest" % node.place)
        self._identity(node)

    def _logsoftmax(self, node: OnnxNode) -> None:
        self._softmax(node)

    def _identity(self, node: OnnxNode) -> None:
        self._alias(node, self._any_activation(node, 0).shape)

    def _cast(self, node: OnnxNode) -> None:
        if node.attributes["to"] not in FLOAT_TYPES:
            fail(node.place, "to is %d, must be float, float16 or double" % node.attributes["to"])
        self._identity(node)

    def _dropout(self, node: OnnxNode) -> None:
        is_training = self._array(node, 2, "training_mode", True)
        if is_training is not None and is_training.any():
            fail(node.place, "training_mode is true, must be false")
        self._identity(node)

    def _shape(self, node: OnnxNode) -> None:
        shape = (self.graph.batch, *self._any_activation(node, 0).shape)
        self.graph.constants[node.outputs[0]] = np.array(shape)


def _with_input(node: OnnxNode, k: int) -> OnnxNode:
    """The node as if it had input k alone."""
    return OnnxNode(node.place, node.name, node.op, [node.inputs[k]], node.outputs,
                    node.attributes)
