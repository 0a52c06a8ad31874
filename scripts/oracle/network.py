#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Recomputes a whole network as it runs on ideal tiles, in exact integers, without the simulator.

    network.py NETWORK.json WORDS.json IMAGES [--images N] [--records auto|cifar10|cifar100]
               [--labels FILE.npy] [--scores FILE.npy] [--argmax FILE.npy] [--layers DIR]
               [--compare DIR] [--batch N]

NETWORK.json: traces/networks/README.md; weights must be int8 codes. WORDS.json: what `sim network
--save words` writes (aimc-network-words/1): the scales and offsets of every tile, which tiles form
a chain, and the shifts of additions. IMAGES: uint8 .npy [n x pixels], or a file of the binary
version of CIFAR-10 or CIFAR-100. Four-phase reads only, one count per weight-code step and
input-code step; in one phase an ideal tile steers counts by the sign of the net current at each
moment, which is not modelled here.

--scores  words of the last node, int64 [n x classes]; --argmax: the largest one's index, int64 [n],
          the lowest at a tie.
--layers  DIR/<node>.npy, int32 [n x channels*height*width], for every node. Words wider than 8 bits
          are kept as they are there; the nodes after it get them clamped to -127 .. 127.
--compare DIR holds files of the same names; they may have more images. Prints the first difference
          (in the order the nodes run, within the first batch of images that differs).
Exit code 0: done, all equal. 1: a difference. 2: the command line. 3: a bad input. 5: an output.
"""
import argparse
import pathlib
import sys

import numpy

from network_file import CIFAR, BadInput, load_array, read_images, read_labels, read_network
from network_nodes import run_network
from network_words import read_words

DONE, DIFFERENT, BAD_INPUT, BAD_OUTPUT = 0, 1, 3, 5


class Different(Exception):
    """The program's files differ from what was recomputed."""


class LayerFiles:
    """Writes every node's words, batch by batch, under temporary names until all are there."""

    def __init__(self, folder, images):
        self.folder, self.images, self.open = pathlib.Path(folder), images, {}
        self.folder.mkdir(parents=True, exist_ok=True)

    def part(self, name):
        return self.folder / f"{name}.npy.part"

    def take(self, start, values):
        for name, words in values.items():
            if name not in self.open:
                self.open[name] = numpy.lib.format.open_memmap(
                    self.part(name), "w+", numpy.int32, (self.images, words[0].size))
            words = words.reshape(len(words), -1)
            if abs(words).max(initial=0) >= 1 << 31:
                raise BadInput(f"{name}: its words do not fit 32 bits")
            self.open[name][start:start + len(words)] = words

    def finish(self):
        for name, array in self.open.items():
            array.flush()
            self.part(name).replace(self.folder / f"{name}.npy")
        self.open = {}

    def drop(self):
        for name in self.open:
            self.part(name).unlink(missing_ok=True)


class Comparison:
    """Holds the program's files against every node's words."""

    def __init__(self, folder):
        self.folder, self.open = pathlib.Path(folder), {}

    def theirs(self, name, size, images):
        if name not in self.open:
            path = self.folder / f"{name}.npy"
            array = load_array(path, mmap_mode="r")
            if array.dtype.kind not in "iu" or array.ndim < 2 or len(array) < images \
                    or array[0].size != size:
                raise BadInput(f"{path}: must be integers, [{images} or more x {size}]; "
                               f"is {array.dtype} {array.shape}")
            self.open[name] = array.reshape(len(array), size)
        return self.open[name]

    def take(self, start, values):
        for name, words in values.items():
            expected = words.reshape(len(words), -1)
            end = start + len(words)
            got = self.theirs(name, expected.shape[1], end)[start:end]
            places = numpy.argwhere(got != expected)
            if len(places):
                image, element = places[0]
                raise Different(f"node {name}, image {start + image}, element {element}: expected "
                                f"{expected[image, element]}, got {got[image, element]} "
                                f"({len(places)} of {got.size} words of this node differ in "
                                f"images {start} to {end - 1})")


def save(path, array):
    """One .npy file, whole or not at all."""
    path = pathlib.Path(path)
    part = path.with_name(path.name + ".part")
    try:
        with open(part, "wb") as stream:
            numpy.save(stream, array)
        part.replace(path)
    except OSError:
        part.unlink(missing_ok=True)
        raise


def scores_of(network, words, images, batch, takers):
    """int64 [n x classes]; every taker gets (first image, all nodes' words) of each batch."""
    scores = []
    for start in range(0, len(images), batch):
        values = run_network(network, words, images[start:start + batch])
        for taker in takers:
            taker.take(start, values)
        scores.append(values[words["nodes"][-1]["name"]].reshape(
            min(batch, len(images) - start), -1))
    return numpy.concatenate(scores)


def run(options):
    network = read_network(options.network)
    words = read_words(options.words, network)
    pixels = int(numpy.prod(network.input_shape))
    images, labels = read_images(options.images_file, pixels, options.records)
    if options.images is not None:
        if options.images > len(images):
            raise BadInput(f"{options.images_file}: has {len(images)} images, "
                           f"{options.images} wanted")
        images = images[:options.images]
    if options.labels:
        labels = read_labels(options.labels, len(images))
    if not len(images):
        raise BadInput(f"{options.images_file}: has no images")
    for node in words["nodes"]:
        if (options.layers or options.compare) and "/" in node["name"]:
            raise BadInput(f"{options.words}: {node['name']!r} cannot be the name of a file")
    layers = LayerFiles(options.layers, len(images)) if options.layers else None
    takers = [layers] if layers else []
    if options.compare:
        takers.append(Comparison(options.compare))
    try:
        scores = scores_of(network, words, images, options.batch, takers)
        if layers:
            layers.finish()
    finally:
        if layers:
            layers.drop()
    best = scores.argmax(axis=1)
    for path, array in ((options.scores, scores), (options.argmax, best)):
        if path:
            save(path, array.astype(numpy.int64))
    print(f"{network.name}: {len(images)} images, {len(words['nodes'])} nodes recomputed"
          + (", all equal" if options.compare else ""))
    if labels is not None:
        right = int((best == labels[:len(best)]).sum())
        print(f"top-1 {100.0 * right / len(best):.2f} % ({right} of {len(best)})")


def positive(text):
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1")
    return int(text)


def parse():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("network", metavar="NETWORK.json")
    parser.add_argument("words", metavar="WORDS.json")
    parser.add_argument("images_file", metavar="IMAGES")
    parser.add_argument("--images", type=positive, metavar="N", help="only the first N images")
    parser.add_argument("--records", choices=("auto", *CIFAR), default="auto")
    parser.add_argument("--labels", metavar="FILE.npy")
    parser.add_argument("--scores", metavar="FILE.npy")
    parser.add_argument("--argmax", metavar="FILE.npy")
    parser.add_argument("--layers", metavar="DIR")
    parser.add_argument("--compare", metavar="DIR")
    parser.add_argument("--batch", type=positive, default=10, help="images at a time (memory)")
    return parser.parse_args()


def main():
    try:
        run(parse())
    except Different as difference:
        print(difference)
        return DIFFERENT
    except BadInput as error:
        print(error, file=sys.stderr)
        return BAD_INPUT
    except OSError as error:
        print(f"{error.filename}: cannot be written: {error.strerror}", file=sys.stderr)
        return BAD_OUTPUT
    return DONE


if __name__ == "__main__":
    sys.exit(main())
