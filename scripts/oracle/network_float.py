#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A plain float64 run of a network file: what the network computes without any tile.

    network_float.py NETWORK.json IMAGES [--images N] [--records auto|cifar10|cifar100]
                     [--labels FILE.npy] [--scores FILE.npy] [--layers DIR]

Prints the top-1 where labels are known; --scores writes float64 [n x classes], --layers every
node's float64 [n x channels*height*width]. Shares only the file reader with network.py: here a
convolution is a sum over kernel positions, not a product with gathered rows.
Exit code 0: done. 2: the command line. 3: a bad input. 5: an output.
"""
import argparse
import pathlib
import sys

import numpy

from network_file import CIFAR, BadInput, read_images, read_labels, read_network


def real_weights(arrays):
    """[fan-in x outputs]; codes times what one step stands for."""
    return arrays["weights"].astype(float) * arrays.get("weight_scale", 1.0)


def along(size, kernel, stride, offset):
    """Where element `offset` of the kernel lies at every stop of the kernel on one axis."""
    stops = (size - kernel) // stride + 1
    return slice(offset, offset + (stops - 1) * stride + 1, stride)


def under(x, node, dy, dx):
    """[n, channels, height, width]: the element (dy, dx) of every window."""
    return x[:, :, along(x.shape[2], node.kernel[0], node.stride[0], dy),
             along(x.shape[3], node.kernel[1], node.stride[1], dx)]


def places(node):
    return [(dy, dx) for dy in range(node.kernel[0]) for dx in range(node.kernel[1])]


def convolution(node, x, im2col):
    matrix, channels = real_weights(node.arrays), x.shape[1]
    if im2col == "channel_ky_kx":
        kernels = matrix.reshape(channels, *node.kernel, -1).transpose(1, 2, 0, 3)
    else:
        kernels = matrix.reshape(*node.kernel, channels, -1)
    py, px = node.padding
    around = node.padding_value or (0.0,) * channels
    x = numpy.stack([numpy.pad(x[:, c], ((0, 0), (py, py), (px, px)), constant_values=around[c])
                     for c in range(channels)], axis=1)
    total = 0.0
    for dy, dx in places(node):
        total = total + numpy.moveaxis(numpy.tensordot(under(x, node, dy, dx), kernels[dy, dx],
                                                       axes=(1, 0)), -1, 1)
    return total


def affine(node, out):
    """Bias, then batch normalisation, per output channel (axis 1)."""
    shape = (1, -1) + (1,) * (out.ndim - 2)
    if "bias" in node.arrays:
        out = out + node.arrays["bias"].astype(float).reshape(shape)
    if "batch_norm" in node.arrays:
        factor, summand = node.arrays["batch_norm"].astype(float)
        out = out * factor.reshape(shape) + summand.reshape(shape)
    return out


def pooled(node, x):
    parts = numpy.stack([under(x, node, dy, dx) for dy, dx in places(node)])
    return parts.max(axis=0) if node.op == "max_pool" else parts.mean(axis=0)


def shortcut(node, x):
    out = numpy.zeros((len(x), *node.shape))
    first = (node.shape[0] - x.shape[1]) // 2
    out[:, first:first + x.shape[1]] = x[:, :, ::node.stride[0], ::node.stride[1]]
    return out


def run_node(node, inputs, im2col):
    x = inputs[0]
    if node.op == "conv":
        out = affine(node, convolution(node, x, im2col))
    elif node.op == "linear":
        out = affine(node, x.reshape(len(x), -1) @ real_weights(node.arrays))
    elif node.op == "add":
        out = x + inputs[1]
    elif node.op == "shortcut":
        out = shortcut(node, x)
    elif node.op in ("max_pool", "average_pool"):
        out = pooled(node, x)
    elif node.op == "global_average_pool":
        out = x.mean(axis=(2, 3))
    else:
        out = x.reshape(len(x), *node.shape)
    return numpy.maximum(out, 0.0) if "relu" in (node.op, node.activation) else out


def run_network(network, images):
    """Name -> float64 [n, *shape] of every node."""
    x = images.astype(float) * network.input_scale
    values = {"input": x.reshape(len(images), *network.input_shape)}
    for node in network.nodes.values():
        values[node.name] = run_node(node, [values[name] for name in node.inputs], network.im2col)
    return values


def run(options):
    network = read_network(options.network)
    pixels = int(numpy.prod(network.input_shape))
    images, labels = read_images(options.images_file, pixels, options.records)
    images = images[:options.images]
    if not len(images):
        raise BadInput(f"{options.images_file}: has no images")
    if options.labels:
        labels = read_labels(options.labels, len(images))
    kept, last = {}, next(reversed(network.nodes))
    wanted = list(network.nodes) if options.layers else [last]
    for start in range(0, len(images), options.batch):
        values = run_network(network, images[start:start + options.batch])
        for name in wanted:
            kept.setdefault(name, []).append(values[name].reshape(len(values[name]), -1))
    kept = {name: numpy.concatenate(parts) for name, parts in kept.items()}
    if options.scores:
        numpy.save(options.scores, kept[last])
    if options.layers:
        pathlib.Path(options.layers).mkdir(parents=True, exist_ok=True)
        for name, array in kept.items():
            numpy.save(pathlib.Path(options.layers, name + ".npy"), array)
    print(f"{network.name}: {len(images)} images in float64")
    if labels is not None:
        right = int((kept[last].argmax(axis=1) == labels[:len(images)]).sum())
        print(f"top-1 {100.0 * right / len(images):.2f} % ({right} of {len(images)})")


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("network", metavar="NETWORK.json")
    parser.add_argument("images_file", metavar="IMAGES")
    parser.add_argument("--images", type=int, metavar="N", help="only the first N images")
    parser.add_argument("--records", choices=("auto", *CIFAR), default="auto")
    parser.add_argument("--labels", metavar="FILE.npy")
    parser.add_argument("--scores", metavar="FILE.npy")
    parser.add_argument("--layers", metavar="DIR")
    parser.add_argument("--batch", type=int, default=20, help="images at a time (memory)")
    options = parser.parse_args()
    if options.batch < 1 or (options.images is not None and options.images < 1):
        parser.error("--images and --batch must be at least 1")
    try:
        run(options)
    except BadInput as error:
        print(error, file=sys.stderr)
        return 3
    except OSError as error:
        print(f"{error.filename}: cannot be written: {error.strerror}", file=sys.stderr)
        return 5
    return 0


if __name__ == "__main__":
    sys.exit(main())
