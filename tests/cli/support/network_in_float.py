# SPDX-License-Identifier: Apache-2.0
"""network_float.py by hand, and against network.py where both are exact."""
import numpy

from . import tiny_networks as tiny
from .tiny_networks import NetworkTest, block, matrix, tiles

import network_file
import network_float


class Float(NetworkTest):
    """network_float.py"""

    def test_by_hand(self):
        """Two outputs of x = 0.5, 1, with every kind of array."""
        layer = matrix("f", "input", [[2, 0], [-1, 2]], weight_scale=numpy.array([1.0, 2.0]),
                       bias=numpy.array([1.0, 3.0]), batch_norm=numpy.array([[-2.0, 1.0], [3.0, -9.0]]),
                       activation="relu")
        tiny.write_network(self.folder, [2], [layer], input={"shape": [2], "scale": 0.5})
        tiny.write_images(self.folder, [[1, 2]])
        run = self.program("network_float", "net.json", "images.npy", "--scores", "s.npy")
        self.assertEqual((run.returncode, run.stderr), (0, ""))
        # (0.5 * 2 - 1 * 1 + 1) * -2 + 3 = 1 and (1 * 2 * 2 + 3) * 1 - 9 = -2
        self.assertEqual(numpy.load(self.folder / "s.npy").tolist(), [[1.0, 0.0]])

    def test_same_integers_as_the_tiles(self):
        """With steps of one and nothing lost, both programs give W x; their convolutions share no code."""
        rng = numpy.random.default_rng(8)
        for order in ("channel_ky_kx", "ky_kx_channel"):
            conv = matrix("c", "input", rng.integers(-127, 128, (18, 4)), kernel=[3, 2], stride=[2, 1],
                          padding=[1, 2])
            self.write([3, 7, 5], [conv], [tiles("c", "input", [block((0, 18), (0, 4))])],
                       rng.integers(0, 128, (3, 105)), out_bits=32)
            tiny.write_network(self.folder, [3, 7, 5], [conv], im2col=order)
            for name, more in (("network", ["words.json"]), ("network_float", [])):
                run = self.program(name, "net.json", *more, "images.npy", "--layers", name)
                self.assertEqual((run.returncode, run.stderr), (0, ""))
            tiles_words, floats = (numpy.load(self.folder / name / "c.npy")
                                   for name in ("network", "network_float"))
            self.assertGreater(abs(tiles_words).max(), 127)
            self.assertTrue((tiles_words == floats).all())

    def test_other_nodes(self):
        """The same maps as above: sums and means without rounding."""
        nodes = [{"name": "max", "op": "max_pool", "input": "input", "kernel": [2, 2]},
                 {"name": "avg", "op": "average_pool", "input": "input", "kernel": [2, 2]},
                 {"name": "all", "op": "global_average_pool", "input": "input"},
                 {"name": "short", "op": "shortcut", "input": "input", "stride": 2, "channels": 4},
                 {"name": "sum", "op": "add", "inputs": ["max", "avg"]},
                 {"name": "flat", "op": "flatten", "input": "sum"}]
        tiny.write_network(self.folder, [2, 2, 3], nodes)
        network = network_file.read_network(self.folder / "net.json")
        image = numpy.array([[1, 2, 3, 4, 7, 6, 10, 20, 30, 40, 50, 60]], numpy.uint8)
        found = network_float.run_network(network, image)
        self.assertEqual({name: value.ravel().tolist() for name, value in found.items() if name != "input"}, {
            "max": [7.0, 50.0], "avg": [3.5, 30.0], "all": [23 / 6, 35.0],
            "short": [0, 0, 1, 3, 10, 30, 0, 0], "sum": [10.5, 80.0], "flat": [10.5, 80.0]})
