# SPDX-License-Identifier: Apache-2.0
"""The scores of a network in floating point: the reference for importers, training and tests.

Convolutions are im2col and one matrix product, with the rows in the order that the file names.
"""
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from network_check import CHANNEL_FIRST, Network, fail, inputs_of, pair

BATCH = 50  # Choice: images at a time; im2col of a ResNet-9 layer then has 50 MB


def windows(x: np.ndarray, node: dict) -> np.ndarray:
    """[images, channels, height, width, ky, kx] of all places of a kernel."""
    y, x_step = pair(node, "stride")
    return sliding_window_view(x, pair(node, "kernel"), axis=(2, 3))[:, :, ::y, ::x_step]


def im2col(x: np.ndarray, node: dict, order: str) -> np.ndarray:
    """[images, height, width, rows] of a convolution's inputs."""
    y, x_pad = pair(node, "padding")
    padded = np.pad(x, ((0, 0), (0, 0), (y, y), (x_pad, x_pad)))
    if "padding_value" in node:
        around = np.pad(np.zeros(x.shape[2:], bool), ((y, y), (x_pad, x_pad)), constant_values=True)
        padded[:, :, around] = np.array(node["padding_value"], x.dtype)[:, None]
    seen = windows(padded, node)
    axes = (0, 2, 3, 1, 4, 5) if order == CHANNEL_FIRST else (0, 2, 3, 4, 5, 1)
    seen = seen.transpose(axes)
    return seen.reshape(*seen.shape[:3], -1)


def layer(rows: np.ndarray, arrays: dict, dtype: type) -> np.ndarray:
    """[..., outputs] of [..., rows]: product, bias, batch norm."""
    weights = arrays["weights"].astype(dtype)
    if "weight_scale" in arrays:
        weights = weights * arrays["weight_scale"].astype(dtype)
    out = rows @ weights
    if "bias" in arrays:
        out = out + arrays["bias"].astype(dtype)
    if "batch_norm" in arrays:
        factor, summand = arrays["batch_norm"].astype(dtype)
        out = factor * out + summand
    return out


def shortcut(x: np.ndarray, node: dict) -> np.ndarray:
    """Every stride-th pixel, zero channels on both sides alike."""
    y, x_step = pair(node, "stride")
    more = (node["channels"] - x.shape[1]) // 2
    return np.pad(x[:, :, ::y, ::x_step], ((0, 0), (more, more), (0, 0), (0, 0)))


def node_output(node: dict, sources: list[np.ndarray], network: Network,
                dtype: type) -> np.ndarray:
    """What one node computes, [images, ...], before its activation."""
    op, x = node["op"], sources[0]
    arrays = network.arrays.get(node["name"], {})
    if op == "conv":
        rows = im2col(x, node, network.im2col)
        flat = layer(rows.reshape(-1, rows.shape[3]), arrays, dtype)
        return flat.reshape(*rows.shape[:3], -1).transpose(0, 3, 1, 2)
    if op == "linear":
        return layer(x, arrays, dtype)
    if op == "add":
        return x + sources[1]
    if op == "relu":
        return np.maximum(x, 0)
    if op == "max_pool":
        return windows(x, node).max(axis=(4, 5))
    if op == "average_pool":
        return windows(x, node).mean(axis=(4, 5))
    if op == "global_average_pool":
        return x.mean(axis=(2, 3))
    return shortcut(x, node) if op == "shortcut" else x.reshape(len(x), -1)  # else flatten


def forward(network: Network, images: np.ndarray, dtype: type = np.float32) -> np.ndarray:
    """Scores [images x classes] of a checked network; images [n x ...] of bytes, any shape.

    Raises NetworkError if an image has the wrong number of values."""
    size = int(np.prod(network.input_shape))
    if images.ndim < 2 or images[0].size != size:
        fail(network.place, "images have shape %s, must have %d values each" % (
            list(images.shape), size))
    scores = []
    for start in range(0, len(images), BATCH):
        x = images[start:start + BATCH].reshape(-1, *network.input_shape).astype(dtype)
        values = {"input": x * dtype(network.input_scale)}
        for node in network.nodes:
            out = node_output(node, [values[name] for name in inputs_of(node)], network, dtype)
            out = np.maximum(out, 0) if node.get("activation") == "relu" else out
            values[node["name"]] = out
        scores.append(out)
    return np.concatenate(scores)
