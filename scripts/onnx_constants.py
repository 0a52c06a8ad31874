# SPDX-License-Identifier: Apache-2.0
"""Arithmetic of an ONNX graph whose operands are all known: shapes, pads, normalising constants.

Exporters leave it to whoever runs the graph; torch writes more than ten nodes for the pads of one
F.pad. What numpy cannot do with the operands is an error that names the node.
"""
from collections.abc import Callable

import numpy as np
from onnx import helper

from network_check import fail
from onnx_reader import OnnxNode, tensor_array

Arrays = list[np.ndarray | None]


def numbers(node: OnnxNode, operands: Arrays, k: int, key: str) -> list[int] | None:
    """A list that older versions of ONNX keep in an attribute and newer ones in input k."""
    if key in node.attributes:
        return list(node.attributes[key])
    return operands[k].reshape(-1).tolist() if k < len(operands) and operands[k] is not None \
        else None


def slices(node: OnnxNode, operands: Arrays, n_axes: int) -> tuple[slice, ...]:
    """What a Slice takes of each axis; operands[1:] are starts, ends, axes, steps."""
    starts, ends = (numbers(node, operands, k, key) for k, key in ((1, "starts"), (2, "ends")))
    if starts is None or ends is None:
        fail(node.place, "starts and ends must be given")
    axes = numbers(node, operands, 3, "axes") or list(range(len(starts)))
    steps = numbers(node, operands, 4, "steps") or [1] * len(starts)
    taken = [slice(None)] * n_axes
    if not len(starts) == len(ends) == len(axes) == len(steps) or 0 in steps or any(
            not -n_axes <= axis < n_axes for axis in axes):
        fail(node.place, "starts %s, ends %s, axes %s and steps %s do not fit %d axes" % (
            starts, ends, axes, steps, n_axes))
    for start, end, axis, step in zip(starts, ends, axes, steps):
        # backwards, an end before the first element is a number below -size
        taken[axis] = slice(start, None if step < 0 and end < -2**31 + 1 else end, step)
    return tuple(taken)


def _constant_of_shape(node: OnnxNode, x: Arrays) -> np.ndarray:
    value = node.attributes.get("value")
    fill = np.zeros(1, np.float32) if value is None else tensor_array(node.place, value)
    return np.full(x[0].reshape(-1).tolist(), fill.reshape(()), dtype=fill.dtype)


def _cast(node: OnnxNode, x: Arrays) -> np.ndarray:
    return x[0].astype(helper.mapping.TENSOR_TYPE_TO_NP_TYPE[node.attributes["to"]])


def _div(_node: OnnxNode, x: Arrays) -> np.ndarray:
    """Whole numbers are cut towards zero."""
    if x[0].dtype.kind == "f":
        return x[0] / x[1]
    return (np.sign(x[0]) * np.sign(x[1]) * (abs(x[0]) // abs(x[1]))).astype(x[0].dtype)


def _unsqueeze(node: OnnxNode, x: Arrays) -> np.ndarray:
    return np.expand_dims(x[0], tuple(numbers(node, x, 1, "axes") or ()))


def _squeeze(node: OnnxNode, x: Arrays) -> np.ndarray:
    axes = numbers(node, x, 1, "axes")
    return np.squeeze(x[0], None if axes is None else tuple(axes))


def _reshape(_node: OnnxNode, x: Arrays) -> np.ndarray:
    target = x[1].reshape(-1).tolist()
    return x[0].reshape([x[0].shape[k] if n == 0 else n for k, n in enumerate(target)])


ARITHMETIC: dict[str, Callable[[OnnxNode, Arrays], np.ndarray]] = {
    "Add": lambda node, x: x[0] + x[1],
    "Cast": _cast,
    "Concat": lambda node, x: np.concatenate(x, axis=node.attributes["axis"]),
    "ConstantOfShape": _constant_of_shape,
    "Div": _div,
    "Gather": lambda node, x: np.take(x[0], x[1], axis=node.attributes.get("axis", 0)),
    "Mul": lambda node, x: x[0] * x[1],
    "Reshape": _reshape,
    "Shape": lambda node, x: np.array(x[0].shape, np.int64),
    "Slice": lambda node, x: x[0][slices(node, x, x[0].ndim)],
    "Squeeze": _squeeze,
    "Sub": lambda node, x: x[0] - x[1],
    "Transpose": lambda node, x: np.transpose(x[0], node.attributes.get("perm")),
    "Unsqueeze": _unsqueeze,
}
#: known only where every operand is a constant
ONLY_ARITHMETIC = ("ConstantOfShape", "Gather", "Transpose", "Unsqueeze")


def compute(node: OnnxNode, operands: Arrays) -> np.ndarray:
    """What a node of ARITHMETIC gives; None stands for an optional operand that is left out."""
    try:
        with np.errstate(all="ignore"):  # a weight that is not finite is refused where it is used
            return np.asarray(ARITHMETIC[node.op](node, operands))
    except (ValueError, TypeError, IndexError, KeyError, AttributeError, MemoryError,
            ZeroDivisionError) as error:
        fail(node.place, "its constants do not fit each other: %s" % (
            str(error).partition("\n")[0] or type(error).__name__))
