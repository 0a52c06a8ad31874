# SPDX-License-Identifier: Apache-2.0
"""Layers of an ONNX graph: convolutions, matrix products, and what becomes part of them.

A batch norm goes into the convolution or linear layer right before it, a ReLU into the convolution,
linear layer or addition right before it, if nobody else reads what lies between. What is done to
the input of the network (a mean taken off, a division) goes into the layers right after it.
"""
import dataclasses

import numpy as np

from network_check import fail
from onnx_reader import OnnxNode
from onnx_walk import Value, Walk


class Layers(Walk):
    """Conv, Gemm, MatMul, BatchNormalization, Relu; Add, Sub, Mul, Div of constants."""

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

    def _take_scaling(self, node: OnnxNode, name: str, scaling: tuple) -> None:
        """Layer(factor * x + summand) as a layer of x; [inputs (, y, x)], the same at all pixels.

        The zeros around a convolution are zeros of the normalised input, not of x: x then has a
        value there (`padding_value`) that scaling makes 0."""
        layer, weight = self.layers[name], self.layers[name]["weight"].astype(np.float64)
        factor, summand = (array.astype(np.float64) for array in scaling)
        if weight.ndim == 4:
            if any((a != a[:, :1, :1]).any() for a in (factor, summand)):
                fail(node.place, "the input is normalised with a number per pixel, "
                     "must be one number or one per channel")
            factor, summand = factor[:, 0, 0], summand[:, 0, 0]
        if not (np.isfinite(factor).all() and np.isfinite(summand).all() and factor.all()):
            fail(node.place, "the input is normalised with factors and summands of which one is "
                 "0 or not finite")
        pixels = tuple(range(2, weight.ndim))
        shift = weight.sum(axis=pixels) @ summand
        layer["bias"] = shift if layer["bias"] is None else layer["bias"] + shift
        layer["weight"] = weight * factor.reshape(-1, *(1 for _ in pixels))
        made = self.nodes[-1]
        if any(made.get("padding", ())) and summand.any():
            made["padding_value"] = [float(v) for v in -summand / factor]

    def _weight(self, node: OnnxNode, dimensions: int) -> np.ndarray:
        weight = self._array(node, 1, "weight")
        if weight.ndim != dimensions:
            fail(node.place, "weight has shape %s, must have %d dimensions" % (
                list(weight.shape), dimensions))
        return weight

    def _conv(self, node: OnnxNode) -> None:
        value, weight = self._image(node, may_wait=True), self._weight(node, 4)
        kernel = node.attributes.get("kernel_shape", list(weight.shape[2:]))
        if kernel != list(weight.shape[2:]) or weight.shape[1] != value.shape[0]:
            fail(node.place, "weight has shape %s, must be [outputs, %d, %s]" % (
                list(weight.shape), value.shape[0], ", ".join(map(str, kernel))))
        pads = node.attributes.get("pads", [0, 0, 0, 0])
        if pads[:2] != pads[2:] or min(pads) < 0:
            fail(node.place, "pads is %s, must be the same at begin and end" % pads)
        strides = node.attributes.get("strides", [1, 1])
        padding = [p + more for p, more in zip(pads[:2], value.padding)]
        size = self._size(node, value, kernel, strides, padding)
        name = self._append(node, "conv", [value], (len(weight), *size), kernel=list(kernel),
                            stride=list(strides), padding=padding)
        self._layer(node, name, weight, self._array(node, 2, "bias", True))
        if value.scaling is not None:
            self._take_scaling(node, name, value.scaling)

    def _linear(self, node: OnnxNode, weight: np.ndarray, bias: np.ndarray | None) -> None:
        value = self._any_activation(node, 0)
        if len(value.shape) != 1 or weight.shape[1] != value.shape[0]:
            fail(node.place, "gets shape [batch, %s] and weights of %d inputs, must be equal; "
                 "flatten images first" % (", ".join(map(str, value.shape)), weight.shape[1]))
        name = self._append(node, "linear", [value], (len(weight),))
        self._layer(node, name, weight, bias)
        if value.scaling is not None:
            self._take_scaling(node, name, value.scaling)

    def _gemm(self, node: OnnxNode) -> None:
        weight, bias = self._weight(node, 2), self._array(node, 2, "bias", True)
        weight = weight if node.attributes.get("transB", 0) else weight.T
        beta = node.attributes.get("beta", 1.0)
        self._linear(node, weight * np.float64(node.attributes.get("alpha", 1.0)),
                     None if bias is None else bias * np.float64(beta))

    def _matmul(self, node: OnnxNode) -> None:
        self._linear(node, self._weight(node, 2).T, None)

    def _batchnormalization(self, node: OnnxNode) -> None:
        value = self._any_activation(node, 0)
        made = self._fusable(value, ("conv", "linear"))
        if made is None and value.node != "input":
            fail(node.place,
                 "must follow a Conv, Gemm or MatMul directly, and be all that reads it")
        outputs = value.shape[0]
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
        if made is None:
            pixels = (1,) * (len(value.shape) - 1)
            self._scale(node, 0, factor.reshape(-1, *pixels), summand.reshape(-1, *pixels))
            return
        layer = self.layers[made["name"]]
        if layer["batch_norm"] is not None:  # of a batch norm before this one
            first = layer["batch_norm"]
            factor, summand = factor * first[0], factor * first[1] + summand
        layer["batch_norm"] = np.stack([factor, summand])
        self._alias(node, value.shape)

    def _relu(self, node: OnnxNode) -> None:
        value = self._activation(node, 0)
        made = self._fusable(value, ("conv", "linear", "add"))
        if made is None:
            self._append(node, "relu", [value], value.shape, value.is_flat)
            return
        made["activation"] = "relu"
        self._alias(node, value.shape)

    # ---- constants: the bias of a product, or the normalisation of the input --------------------
    def _scale(self, node: OnnxNode, k: int, factor: np.ndarray, summand: np.ndarray) -> None:
        """factor * value + summand of the input of the network, behind what was there before."""
        value = self._any_activation(node, k)
        if any(value.padding):
            fail(node.place, "must come before the zeros around the image (Pad)")
        old_factor, old_summand = value.scaling or (np.ones(value.shape), np.zeros(value.shape))
        try:
            now = (np.broadcast_to(factor * old_factor, value.shape),
                   np.broadcast_to(factor * old_summand + summand, value.shape))
        except ValueError:
            fail(node.place, "a constant of shape %s does not fit the input [batch, %s]" % (
                list(np.broadcast(factor, summand).shape), ", ".join(map(str, value.shape))))
        self._alias(node, value.shape, k, scaling=now)

    def _constant_operand(self, node: OnnxNode) -> tuple[int, np.ndarray]:
        """Which input is the activation, and the other one without its axis of images."""
        k = next((k for k in (0, 1) if node.inputs[k] in self.graph.constants), None)
        if k is None:
            fail(node.place, "is supported only with a constant of the file, on the input of the "
                 "network")
        if self._any_activation(node, 1 - k).node != "input":
            fail(node.place, "a constant is supported only on the input of the network")
        array = self.graph.constants[node.inputs[k]].astype(np.float64)
        is_whole = array.ndim == 1 + len(self._any_activation(node, 1 - k).shape)
        return 1 - k, array[0] if is_whole and len(array) == 1 else array

    def _sub(self, node: OnnxNode) -> None:
        k, array = self._constant_operand(node)
        self._scale(node, k, np.float64(1 if k == 0 else -1), -array if k == 0 else array)

    def _mul(self, node: OnnxNode) -> None:
        k, array = self._constant_operand(node)
        self._scale(node, k, array, np.zeros(()))

    def _div(self, node: OnnxNode) -> None:
        k, array = self._constant_operand(node)
        if k == 1 or not array.all():
            fail(node.place, "must divide the input by a constant other than 0")
        self._scale(node, k, 1.0 / array, np.zeros(()))

    def _add(self, node: OnnxNode) -> None:
        constant = [k for k in (0, 1) if node.inputs[k] in self.graph.constants]
        if constant:
            self._add_constant(node, constant[0])
            return
        a, b = self._activation(node, 0), self._activation(node, 1)
        if a.shape != b.shape:
            fail(node.place, "adds shapes %s and %s, must be equal" % (
                list(a.shape), list(b.shape)))
        if a.is_flat != b.is_flat:
            fail(node.place, "adds a global pool and an image of one pixel, which is not supported")
        self._append(node, "add", [a, b], a.shape, a.is_flat)

    def _add_constant(self, node: OnnxNode, k: int) -> None:
        """MatMul, then Add of a constant; or a constant on the input of the network."""
        value: Value = self._any_activation(node, 1 - k)
        if value.node == "input":
            self._scale(node, 1 - k, np.ones(()), self._constant_operand(node)[1])
            return
        node = dataclasses.replace(node, inputs=[node.inputs[1 - k], node.inputs[k]])
        made = self._fusable(value, ("linear",))
        layer = self.layers.get(made["name"]) if made else None
        if layer is None or layer["bias"] is not None or layer["batch_norm"] is not None:
            fail(node.place, "a constant may be added only to the input of the network, or "
                 "directly after a MatMul as its bias")
        self._layer(node, made["name"], layer["weight"], self._array(node, 1, "bias"))
        self._alias(node, value.shape)
