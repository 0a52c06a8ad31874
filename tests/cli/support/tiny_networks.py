# SPDX-License-Identifier: Apache-2.0
"""Small networks and their words for the tests of the reference programs, and a slow second opinion."""
import json
import subprocess
import sys

import numpy

from . import sim

sys.path.insert(0, str(sim.ORACLE))

import nmpu  # noqa: E402
from fixed_point import OVERFLOW_MODES, ROUND_MODES  # noqa: E402

NMPU = {"branch": "polarity", "scale_fraction": 7, "offset_fraction": 1, "cut": 5, "round_bits": 0,
        "round_mode": "SC_RND_CONV", "final_round_mode": "SC_RND_CONV", "out_bits": 8,
        "overflow": "SC_SAT_SYM", "residual_fraction": 2, "partial_bits": 16, "partial_fraction": 2}
CODES = [min(byte, 127) for byte in range(256)]
ONE = 128  # a scale of 1.0 in the default format


def block(rows, cols, **words):
    """A block; a single number stands for all its columns. Scales default to 1.0, offsets to 0."""
    found = {"rows": list(rows), "cols": list(cols), "swapped": words.pop("swapped", [])}
    for key in ("s_p", "s_n", "o_p", "o_n"):
        word = words.pop(key, ONE if key[0] == "s" else 0)
        found[key] = word if isinstance(word, list) else [word] * (cols[1] - cols[0])
    assert not words, words
    return found


def tiles(name, source, blocks, **more):
    """A `tiles` node of words.json."""
    return {"name": name, "op": "tiles", "input": source, "activation": "identity", "output": "y",
            "scale_exponent": 0, "residual": None, "blocks": blocks, **more}


def matrix(name, source, weights, **more):
    """A `linear` node of a network file, or `conv` if it has a kernel; weights are the codes."""
    return {"name": name, "op": "conv" if "kernel" in more else "linear", "input": source,
            "weights": numpy.array(weights, numpy.int8), "weight_scale": 1.0, **more}


def write_network(folder, shape, nodes, **top):
    """net.json with its arrays."""
    nodes = [dict(node) for node in nodes]
    for node in nodes:
        for key, value in node.items():
            if isinstance(value, numpy.ndarray):
                numpy.save(folder / f"{node['name']}_{key}.npy", value)
                node[key] = f"{node['name']}_{key}.npy"
    text = {"format": "aimc-network/1", "input": {"shape": list(shape), "scale": 1.0},
            "nodes": nodes, **top}
    (folder / "net.json").write_text(json.dumps(text), encoding="utf-8")


def write_words(folder, nodes, codes=None, **formats):
    """words.json; `formats` changes the nmpu object."""
    text = {"format": "aimc-network-words/1", "network": "net", "nmpu": {**NMPU, **formats},
            "input": {"codes": CODES if codes is None else codes}, "nodes": nodes}
    (folder / "words.json").write_text(json.dumps(text), encoding="utf-8")


def write_images(folder, images):
    """images.npy, one row per image."""
    numpy.save(folder / "images.npy", numpy.array(images, numpy.uint8))


def gathered(image, of, order):
    """Rows of a convolution one number at a time: [position][fan-in], from a [c][h][w] map."""
    channels, height, width = image.shape
    spots = [(c, y, x) for c in range(channels) for y in range(of.kernel[0])
             for x in range(of.kernel[1])]
    if order == "ky_kx_channel":
        spots.sort(key=lambda spot: (spot[1], spot[2], spot[0]))
    rows = []
    for top in range(-of.padding[0], height + of.padding[0] - of.kernel[0] + 1, of.stride[0]):
        for left in range(-of.padding[1], width + of.padding[1] - of.kernel[1] + 1, of.stride[1]):
            rows.append([int(image[c, top + y, left + x])
                         if 0 <= top + y < height and 0 <= left + x < width else 0
                         for c, y, x in spots])
    return rows


def one_word(f, node, column, x, weights, skip):
    """One output word of one position by plain loops and the lane of nmpu.py."""
    chain = [b for b in node["blocks"] if b["cols"][0] <= column < b["cols"][1]]
    form = {**nmpu.DEFAULT, **f, "scale_exponent": node["scale_exponent"],
            "activation": node["activation"]}
    residual = skip
    for part in chain:
        plus = minus = 0
        for row in range(*part["rows"]):
            product = x[row] * int(weights[row, column]) * (-1 if column in part["swapped"] else 1)
            plus, minus = plus + max(product, 0), minus + max(-product, 0)
        if f["branch"] == "single":
            plus, minus = plus - minus, 0
        words = [part[key][column - part["cols"][0]] for key in ("s_p", "s_n", "o_p", "o_n")]
        y, partial = nmpu.lane(form, plus, minus, *words, residual)
        aligned = nmpu.align(partial, f["partial_fraction"], f["residual_fraction"], "SC_RND_CONV")
        residual = nmpu.overflow(aligned, 16, "SC_SAT")
    return partial if node["output"] == "partial" else y


def random_format(rng, wide):
    """An nmpu object; with `wide`, words that do not fit 64 bits."""
    cut, dropped, kept = (rng.randrange(70 if wide else 7), rng.randrange(4), rng.randrange(4))
    return {"branch": rng.choice(("polarity", "difference", "single")),
            "scale_fraction": cut + dropped + kept, "offset_fraction": rng.randrange(4), "cut": cut,
            "round_bits": dropped, "round_mode": rng.choice(ROUND_MODES),
            "final_round_mode": rng.choice(ROUND_MODES), "out_bits": rng.choice((4, 8, 12, 70)),
            "overflow": rng.choice(OVERFLOW_MODES), "residual_fraction": rng.randrange(5),
            "partial_bits": rng.choice((6, 16, 32, 90)), "partial_fraction": rng.randrange(4)}


class NetworkTest(sim.SimTest):
    """Writes a network, its words and images; runs the program on them."""

    def program(self, name, *arguments):
        command = ["/usr/bin/python3", "-B", sim.ORACLE / (name + ".py"), *arguments]
        return subprocess.run([str(word) for word in command], cwd=self.folder, text=True, timeout=300,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def write(self, shape, nodes, words, images, codes=None, **formats):
        write_network(self.folder, shape, nodes)
        write_words(self.folder, words, codes, **formats)
        write_images(self.folder, images)

    def layers(self, *written, **formats):
        """Name -> [images x elements] of every node."""
        self.write(*written, **formats)
        run = self.program("network", "net.json", "words.json", "images.npy", "--layers", "l")
        self.assertEqual((run.returncode, run.stderr), (0, ""))
        return {path.stem: numpy.load(path).tolist() for path in (self.folder / "l").iterdir()}

    def only(self, *written, **formats):
        """The single image's words of the last node."""
        found = self.layers(*written, **formats)
        return found[written[2][-1]["name"]][0]
