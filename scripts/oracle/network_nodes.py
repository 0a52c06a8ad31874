# SPDX-License-Identifier: Apache-2.0
"""What each node of words.json computes, in exact integers, on ideal tiles read in four phases.

Maps are int64 arrays [images, channels, height, width] or [images, n]. An ideal tile counts one per
weight-code step and input-code step: c+ = PP + NN and c- = PN + NP, letters as in machine.md 1.2.

Why float64 products are exact: all factors are integers >= 0, so every partial sum, in any order
and with or without fused multiply-add, is an integer no larger than the whole sum; counts() refuses
a layer whose largest possible sum does not stay below 2^53.
"""
import numpy

import fixed_arrays
from network_file import BadInput

CODE_TOP = 127
RESIDUAL_BITS = 16
WORDS = ("s_p", "s_n", "o_p", "o_n")


def handed_on(words, top=CODE_TOP):
    """What the next node gets of a node's words: codes -top .. top."""
    return fixed_arrays.clamp(words, -top, top)


def scaled_code(codes, exponent):
    """codes * 2^exponent, a tie to even. Beyond 2^40 every code saturates, below 2^-40 it is 0."""
    return fixed_arrays.align(codes, 0, max(-40, min(40, exponent)), "SC_RND_CONV")


def windows(maps, kernel, stride):
    """[images, channels, height, width, ky, kx] of what lies under a kernel."""
    view = numpy.lib.stride_tricks.sliding_window_view(maps, kernel, axis=(2, 3))
    return view[:, :, ::stride[0], ::stride[1]]


def input_rows(maps, of, im2col, around=()):
    """[positions x fan-in] of a convolution or linear layer; images first, then height, width.

    around: the code around the image, per channel; (): zeros."""
    if of.op == "linear":
        return maps.reshape(len(maps), -1)
    (py, px), order = of.padding, (0, 2, 3, 1, 4, 5)
    if im2col == "ky_kx_channel":
        order = (0, 2, 3, 4, 5, 1)
    padded = numpy.pad(maps, ((0, 0), (0, 0), (py, py), (px, px)))
    if around:
        inside = numpy.pad(numpy.ones(maps.shape[2:], bool), ((py, py), (px, px)))
        padded = numpy.where(inside, padded, numpy.array(around)[:, None, None])
    return windows(padded, of.kernel, of.stride).transpose(order).reshape(
        len(maps) * of.shape[1] * of.shape[2], -1)


def positions_last_to_maps(rows, images, shape):
    """[positions x channels] to [images, channels, height, width], or [images, n]."""
    if len(shape) == 1:
        return rows
    return rows.reshape(images, *shape[1:], shape[0]).transpose(0, 3, 1, 2)


def maps_to_positions(maps):
    """The way back: [positions x channels]."""
    return numpy.moveaxis(maps, 1, -1).reshape(-1, maps.shape[1])


def counts(x, weights):
    """(c+, c-) [positions x cols] of codes [positions x rows], weights [rows x cols]; int64."""
    largest = int(numpy.abs(weights).sum(axis=0).max()) * int(numpy.abs(x).max(initial=0))
    if largest >= 1 << 53:
        raise BadInput("a column may sum to 2^53 or more: too tall for exact products")
    positive, negative = numpy.maximum(weights, 0), numpy.maximum(-weights, 0)
    both = numpy.maximum(x, 0) @ numpy.hstack((positive, negative))  # PP, PN
    if x.min(initial=0) < 0:
        both += numpy.maximum(-x, 0) @ numpy.hstack((negative, positive))  # NN, NP
    cols = weights.shape[1]
    return both[:, :cols].astype(numpy.int64), both[:, cols:].astype(numpy.int64)


def block_weights(weights, block):
    """The weights of one tile as they are programmed: swapped columns are negated."""
    signs = numpy.ones(weights.shape[1])
    signs[block["swapped"]] = -1
    return (weights * signs)[slice(*block["rows"]), slice(*block["cols"])]


def block_sum(f, exponent, block, x, weights, residual):
    """A [positions x cols] of one tile."""
    c_p, c_n = counts(x, weights)
    words = {key: block.get(key, numpy.array([0], dtype=object)) for key in WORDS}
    largest = {key: max(abs(w) for word in WORDS if word[0] == key for w in words[word])
               for key in "so"}
    count = int(max(c_p.max(initial=0), c_n.max(initial=0)))
    kind = fixed_arrays.word_type(f, exponent, count, largest["s"], largest["o"])
    words = {key: word.astype(kind) for key, word in words.items()}
    if residual is not None:
        residual = residual.astype(kind)
    return fixed_arrays.accumulate(f, exponent, c_p.astype(kind), c_n.astype(kind), words, residual)


def run_chain(f, node, chain, x, weights, residual):
    """The output words of one chunk of columns: its row tiles, each feeding the next."""
    for block in chain:
        total = block_sum(f, node["scale_exponent"], block, x[:, slice(*block["rows"])],
                          block_weights(weights, block), residual)
        if block is not chain[-1]:
            aligned = fixed_arrays.align(fixed_arrays.partial_words(f, total),
                                         f["partial_fraction"], f["residual_fraction"],
                                         "SC_RND_CONV")
            residual = fixed_arrays.overflow(aligned, RESIDUAL_BITS, "SC_SAT").astype(numpy.int64)
    if node.get("output", "y") == "partial":
        return fixed_arrays.partial_words(f, total)
    return fixed_arrays.output_words(f, total, node.get("activation", "identity"))


def skip_words(node, f, values, top):
    """Residual words [positions x outputs] of a skip connection, or None."""
    if not node.get("residual"):
        return None
    exponent = f["residual_fraction"] + node["residual"]["shift"]
    words = scaled_code(handed_on(values[node["residual"]["from"]], top), exponent)
    return maps_to_positions(fixed_arrays.overflow(words, RESIDUAL_BITS, "SC_SAT"))


def run_tiles(node, of, f, network, maps, values):
    """A convolution or linear layer over all its tiles."""
    x = input_rows(maps.astype(numpy.float64), of, network.im2col, node.get("padding", ()))
    weights = of.arrays["weights"].astype(numpy.float64)
    skip = skip_words(node, f, values, network.top)
    out = numpy.zeros((len(x), weights.shape[1]), numpy.int64)
    for chain in node["chunks"]:
        cols = slice(*chain[0]["cols"])
        residual = None if skip is None else skip[:, cols]
        out[:, cols] = run_chain(f, node, chain, x, weights, residual)
    return positions_last_to_maps(out, len(maps), of.shape)


def run_add(node, a, b, top=CODE_TOP):
    """Codes brought to one step size, each rounded by itself, added and saturated."""
    total = sum(scaled_code(codes, -shift) for codes, shift in zip((a, b), node["shifts"]))
    total = handed_on(total, top)
    return numpy.maximum(total, 0) if node.get("activation") == "relu" else total


def run_average(node, of, maps, top=CODE_TOP):
    """The mean of each window times 2^up."""
    total = windows(maps, of.kernel, of.stride).sum(axis=(4, 5))
    area = of.kernel[0] * of.kernel[1]
    up = node["up"]
    total = fixed_arrays.divide_even(total << max(up, 0), area << max(-up, 0))
    return handed_on(total, top).reshape(len(maps), *of.shape)


def run_shortcut(of, maps):
    """Every stride-th pixel, and zero channels on both sides."""
    side = (of.shape[0] - maps.shape[1]) // 2
    return numpy.pad(maps[:, :, ::of.stride[0], ::of.stride[1]],
                     ((0, 0), (side, side), (0, 0), (0, 0)))


def run_node(node, network, f, values):
    """A node's words [images, *shape]; values: those of the nodes before it, by name."""
    of, top = network.nodes[node["name"]], network.top
    maps = [handed_on(values[name], top) for name in node["inputs"]]
    if node["op"] == "tiles":
        return run_tiles(node, of, f, network, maps[0], values)
    if node["op"] == "add":
        return run_add(node, *maps, top)
    if node["op"] == "max_pool":
        return windows(maps[0], of.kernel, of.stride).max(axis=(4, 5))
    if node["op"] in ("average_pool", "global_average_pool"):
        return run_average(node, of, maps[0], top)
    if node["op"] == "shortcut":
        return run_shortcut(of, maps[0])
    return numpy.maximum(maps[0], 0) if node["op"] == "relu" else maps[0].reshape(len(maps[0]), -1)


def run_network(network, words, images):
    """Name -> words [images, *shape] of every node, as they run. images: uint8 [n x pixels]."""
    codes = numpy.array(words["input"]["codes"], numpy.int64)
    network.top = words["input"].get("largest", CODE_TOP)
    values = {"input": codes[images].reshape(len(images), *network.input_shape)}
    for node in words["nodes"]:
        try:
            values[node["name"]] = run_node(node, network, words["nmpu"], values)
        except OverflowError:
            raise BadInput(f"{node['name']}: its words do not fit 64 bits") from None
    del values["input"]
    return values
