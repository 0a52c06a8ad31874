# SPDX-License-Identifier: Apache-2.0
"""Random layers, recomputed by plain loops and the scalar lane."""
import math
import random

import numpy

from . import tiny_networks as tiny
from .tiny_networks import NetworkTest, block, matrix, tiles

import network_file
import network_nodes
import network_words


class AgainstLoops(NetworkTest):
    """Random convolutions and chains, by plain loops and the scalar lane."""

    def random_layer(self, rng):
        kernel = [rng.randrange(1, 4), rng.randrange(1, 4)]
        channels, outputs = rng.randrange(1, 4), rng.randrange(1, 6)
        rows = channels * kernel[0] * kernel[1]
        weights = numpy.array([[rng.randrange(-127, 128) for _ in range(outputs)] for _ in range(rows)])
        conv = matrix("c", "input", weights, kernel=kernel, stride=[rng.randrange(1, 3), rng.randrange(1, 3)],
                      padding=[rng.randrange(3), rng.randrange(3)])
        shape = [channels, rng.randrange(3, 6), rng.randrange(3, 6)]
        blocks = []
        for cols in self.spans(rng, outputs):
            blocks += [block(span, cols, swapped=[c for c in range(*cols) if rng.random() < 0.3],
                             **{key: [rng.randrange(low, high) for _ in range(cols[1] - cols[0])]
                                for key, low, high in (("s_p", 0, 256), ("s_n", 0, 256),
                                                       ("o_p", -128, 128), ("o_n", -9, 9))})
                       for span in self.spans(rng, rows)]
        node = tiles("c", "input", blocks, activation=rng.choice(("identity", "relu")),
                     output=rng.choice(("y", "y", "partial")), scale_exponent=rng.randrange(3))
        conv["activation"] = node["activation"]
        return shape, conv, node

    @staticmethod
    def spans(rng, size):
        edges = sorted({0, size, *(rng.randrange(size + 1) for _ in range(rng.randrange(3)))})
        return list(zip(edges, edges[1:]))

    def test_convolutions(self):
        rng, chained = random.Random(9), 0
        for number in range(60):
            shape, conv, node = self.random_layer(rng)
            f = {**tiny.random_format(rng, False), "out_bits": rng.choice((8, 12)), "partial_bits": 16}
            codes = [rng.randrange(-127 if number % 2 else 0, 128) for _ in range(256)]
            order = rng.choice(("channel_ky_kx", "ky_kx_channel"))
            images = [[rng.randrange(256) for _ in range(math.prod(shape))] for _ in range(2)]
            tiny.write_network(self.folder, shape, [conv], im2col=order)
            tiny.write_words(self.folder, [node], codes, **f)
            network = network_file.read_network(self.folder / "net.json")
            words = network_words.read_words(self.folder / "words.json", network)
            found = network_nodes.run_network(network, words, numpy.array(images, numpy.uint8))["c"]
            for image, got in zip(images, found):
                maps = numpy.array([codes[byte] for byte in image]).reshape(shape)
                rows = tiny.gathered(maps, network.nodes["c"], order)
                wanted = [[tiny.one_word(f, node, column, x, conv["weights"].astype(int), None)
                           for x in rows] for column in range(conv["weights"].shape[1])]
                self.assertEqual(got.reshape(len(wanted), -1).tolist(), wanted, (number, f))
            chained += any(part["rows"][0] > 0 for part in node["blocks"])
        self.assertGreater(chained, 20)

    def test_every_tall_sum_is_exact(self):
        """4096 rows at full scale: 127 * 127 * 4096 and one step less, with scales above 64 bits."""
        weights = numpy.full((4096, 2), 127)
        weights[0, 1] = 126
        node = tiles("f", "input", [block((0, 4096), (0, 2), s_p=(1 << 60) + 1)], output="partial")
        self.write([4096], [matrix("f", "input", weights)], [node], [[127] * 4096],
                   scale_fraction=60, cut=58, partial_bits=100)
        network = network_file.read_network(self.folder / "net.json")
        words = network_words.read_words(self.folder / "words.json", network)
        found = network_nodes.run_network(network, words, numpy.full((1, 4096), 127, numpy.uint8))["f"]
        sums = [127 * 127 * 4096, 127 * 127 * 4096 - 127]
        self.assertEqual(found[0].tolist(), [n * ((1 << 60) + 1) >> 58 for n in sums])
