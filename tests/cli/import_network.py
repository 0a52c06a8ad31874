#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""scripts/import_npz.py and the network files it writes: scores equal plain loops over the format's words, in both
row orders and all weight types; what is wrong ends with 3 in one line that names it, and nothing is written."""
import sys

sys.dont_write_bytecode = True

import unittest

import numpy

from support import importer, sim
from support.importer import network_file

RNG = numpy.random.default_rng(7)
GRAPH = {
    "input": {"shape": [2, 7, 6], "scale": 0.25},
    "nodes": [
        {"name": "a", "op": "conv", "input": "input", "kernel": [3, 2], "stride": [2, 1], "padding": [1, 0],
         "activation": "relu"},
        {"name": "b", "op": "conv", "input": "a", "kernel": [3, 3], "padding": [1, 1]},
        {"name": "side", "op": "shortcut", "input": "a", "stride": [1, 1], "channels": 5},
        {"name": "sum", "op": "add", "inputs": ["b", "side"]},
        {"name": "on", "op": "relu", "input": "sum"},
        {"name": "top", "op": "max_pool", "input": "on", "kernel": [2, 2], "stride": [1, 2]},
        {"name": "mean", "op": "average_pool", "input": "top", "kernel": [2, 1]},
        {"name": "flat", "op": "flatten", "input": "mean"},
        {"name": "fc", "op": "linear", "input": "flat"},
    ]}
SIZES = {"a.weight": (3, 2, 3, 2), "a.bias": (3,), "a.batch_norm": (2, 3), "b.weight": (5, 3, 3, 3),
         "fc.weight": (4, 10), "fc.bias": (4,)}
ARRAYS = {name: RNG.standard_normal(size).astype(numpy.float32) for name, size in SIZES.items()}
ARRAYS["a.batch_norm"][0] = [0.5, -0.75, 1.25]
IMAGES = RNG.integers(0, 256, (3, 84), dtype=numpy.uint8)


def by_loops(image, arrays):
    """The scores of GRAPH, without any of its code."""
    x = image.reshape(2, 7, 6) * 0.25
    a = numpy.maximum(importer.conv(x, arrays["a.weight"], arrays["a.bias"], arrays["a.batch_norm"], (2, 1), (1, 0)), 0)
    b = importer.conv(a, arrays["b.weight"], numpy.zeros(5), None, (1, 1), (1, 1))
    on = numpy.maximum(b + importer.shortcut(a, (1, 1), 5), 0)
    mean = importer.pool(importer.pool(on, (2, 2), (1, 2), numpy.max), (2, 1), (2, 1), numpy.mean)
    return arrays["fc.weight"] @ mean.reshape(-1) + arrays["fc.bias"]


def changed(*path, value):
    """GRAPH with one value replaced, or a key removed if the value is None."""
    graph = {"input": dict(GRAPH["input"]), "nodes": [dict(node) for node in GRAPH["nodes"]]}
    at = graph
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = value
    if value is None:
        del at[path[-1]]
    return graph


class Npz(importer.ImporterTest):
    def put(self, arrays=ARRAYS, graph=GRAPH):
        numpy.savez(self.folder / "net.npz", **arrays)
        return ["net.npz", "--graph", self.write_json("graph.json", graph)]

    def test_scores_equal_plain_loops_in_both_row_orders(self):
        expected = numpy.array([by_loops(image, ARRAYS) for image in IMAGES])
        scale = numpy.abs(expected).max()
        for order in ("channel_ky_kx", "ky_kx_channel"):
            for dtype, error in (("float32", 1e-6), ("float16", 2e-3), ("int8", 2e-2)):
                network = self.imported(*self.put(), "--im2col", order, "--dtype", dtype)
                scores = network_file.forward(network, IMAGES, numpy.float64)
                self.assertLess(numpy.abs(scores - expected).max(), error * scale, (order, dtype))
                self.assertEqual(network.arrays["b"]["weights"].dtype.name, dtype)
                self.assertEqual(network.shapes["mean"], (5, 1, 2))
        rows = self.imported(*self.put(), "--dtype", "float32").arrays["b"]["weights"]
        self.assertTrue((rows == ARRAYS["b.weight"].reshape(5, -1).T).all())

    def test_int8_codes(self):
        graph = {"input": {"shape": [5], "scale": 1},
                 "nodes": [{"name": "fc", "op": "linear", "input": "input"}]}
        weight = numpy.array([[127, 0.5, 1.5, 2.5, -63.5], [0, 0, 0, 0, 0], [-254, 1, 3, 5, 254]])
        network = self.imported(*self.put({"fc.weight": weight}, graph), "--dtype", "int8")
        arrays = network.arrays["fc"]
        self.assertEqual(arrays["weights"].T.tolist(), [[127, 0, 2, 2, -64], [0] * 5, [-127, 0, 2, 2, 127]])
        self.assertEqual(arrays["weight_scale"].tolist(), [1, 1, 2])
        self.assertEqual(arrays["weight_scale"].dtype, numpy.float32)

    def test_what_the_file_says(self):
        network = self.imported(*self.put(), "--origin", "me, \u00fc", "--float-top1", "12.5", "--name", "a b")
        self.assertEqual((network.origin, network.float_top1, network.name), ("me, \u00fc", 12.5, "a b"))
        document = sim.load_json(self.folder / "net.json")
        self.assertEqual(document["format"], "aimc-network/1")
        self.assertEqual(document["nodes"][0]["weights"], "net/a_weights.npy")
        self.assertEqual(importer.files_of(self.folder / "net"), [
            "a_batch_norm.npy", "a_bias.npy", "a_weights.npy", "b_weights.npy", "fc_bias.npy", "fc_weights.npy"])
        self.assertEqual(self.imported(*self.put(), "--input-scale", "1/64").input_scale, 1 / 64)

    def test_known_networks(self):
        conv = {name: (8, 8, 3, 3) for name in ("r1a", "r1b", "r3a", "r3b", "l2", "l3")}
        shapes = {**conv, "prep": (4, 3, 3, 3), "l1": (8, 4, 3, 3), "fc": (10, 8)}
        arrays = {name + ".weight": RNG.standard_normal(shape) for name, shape in shapes.items()}
        arrays.update(net=numpy.array("resnet9"), input_scale=numpy.float32(1 / 64))
        numpy.savez(self.folder / "r9.npz", **arrays)
        network = self.imported("r9.npz")
        self.assertEqual((network.input_scale, network.shapes["r3"], network.shapes["fc"]), (1 / 64, (8, 4, 4), (10,)))
        shapes = {"prep": (2, 3, 3, 3), "fc": (100, 6)}
        for k, (n_in, n_out) in enumerate([(2, 2)] * 5 + [(2, 4)] + [(4, 4)] * 4 + [(4, 6)] + [(6, 6)] * 4):
            shapes.update({"blocks.%d.a" % k: (n_out, n_in, 3, 3), "blocks.%d.b" % k: (n_out, n_out, 3, 3)})
        arrays = {name + ".weight": RNG.standard_normal(shape) for name, shape in shapes.items()}
        numpy.savez(self.folder / "r32.npz", net="resnet32", input_scale=0.5, **arrays)
        network = self.imported("r32.npz")
        self.assertEqual((network.shapes["blocks.5.shortcut"], network.shapes["mean"]), ((4, 16, 16), (6,)))
        numpy.savez(self.folder / "r32.npz", net="resnet32", input_scale=[1, 2], **arrays)
        self.refused("input_scale is int64 [2], must be one number", "r32.npz")
        del arrays["blocks.7.b.weight"]
        numpy.savez(self.folder / "r32.npz", net="resnet32", input_scale=0.5, **arrays)
        self.refused("r32.npz: blocks.7.b.weight is missing", "r32.npz")
        numpy.savez(self.folder / "r32.npz", net="resnet50")
        self.refused("net is resnet50, must be one of resnet9, resnet20, resnet20_b, resnet32; other networks need --graph", "r32.npz")

    def test_wrong_arrays(self):
        def with_value(name, value):
            array = ARRAYS[name].copy()
            array.flat[3 % array.size] = value
            return {**ARRAYS, name: array}
        missing = {name: a for name, a in ARRAYS.items() if name != "b.weight"}
        for words, arrays, *more in (
                ("net.npz: b.weight is missing", missing),
                ("net.npz: b: weight has a value that is not finite", with_value("b.weight", numpy.nan)),
                ("net.npz: a: batch_norm has a value that is not finite", with_value("a.batch_norm", -numpy.inf)),
                ("(b): weights has shape [36, 5], must be [27 x outputs]",
                 {**ARRAYS, "b.weight": numpy.zeros((5, 4, 3, 3))}),
                ("b.weight has shape [5, 3, 3, 2], must have the kernel [3, 3]",
                 {**ARRAYS, "b.weight": numpy.zeros((5, 3, 3, 2))}),
                ("fc.weight has shape [4], must have 2 dimensions", {**ARRAYS, "fc.weight": numpy.zeros(4)}),
                ("(fc): bias has shape [3], must have [4]", {**ARRAYS, "fc.bias": numpy.zeros(3)}),
                ("(a): batch_norm has shape [3, 2], must have [2, 3]", {**ARRAYS, "a.batch_norm": numpy.ones((3, 2))}),
                ("(sum): adds shapes", {**ARRAYS, "b.weight": numpy.zeros((4, 3, 3, 3))}),
                ("x.bias belongs to no conv or linear node", {**ARRAYS, "x.bias": numpy.zeros(3)}),
                ("fc: weight is <U1, must be numbers", {**ARRAYS, "fc.weight": numpy.full((4, 10), "x")}),
                ("fc: weights go to 1e+06, float16 holds at most 65504", with_value("fc.weight", 1e6)),
                ("is no whole .npz file of numbers", {**ARRAYS, "fc.bias": numpy.array([None] * 4)})):
            self.refused(words, *self.put(arrays), *more)
        self.put()
        (self.folder / "cut.npz").write_bytes((self.folder / "net.npz").read_bytes()[:700])
        self.refused("cut.npz: is no whole .npz file", "cut.npz", "--graph", "graph.json")
        self.refused("no.npz: cannot be read: No such file", "no.npz", "--graph", "graph.json")

    def test_wrong_graphs(self):
        for words, graph in (
                ('/nodes/4 (on): op is "gelu", must be one of conv, linear', changed("nodes", 4, "op", value="gelu")),
                ("/nodes/4 (on): kernel is not a key of relu", changed("nodes", 4, "kernel", value=[1, 1])),
                ('/nodes/1 (b): input "z" is not "input" and not', changed("nodes", 1, "input", value="z")),
                ("/nodes/3 (sum): inputs is missing", changed("nodes", 3, "inputs", value=None)),
                ("/nodes/3 (sum): inputs is [\"b\"], must be two names", changed("nodes", 3, "inputs", value=["b"])),
                ("/nodes/4 (b): the name is taken", changed("nodes", 4, "name", value="b")),
                ("kernel [9, 2] is larger than its input [5, 4, 5]", changed("nodes", 5, "kernel", value=[9, 2])),
                ("(top): kernel is [2], must be two whole numbers", changed("nodes", 5, "kernel", value=[2])),
                ("(top): padding is [1, 1], must be [0, 0]", changed("nodes", 5, "padding", value=[1, 1])),
                ("(b): padding_value is only for nodes that read", changed("nodes", 1, "padding_value", value=[0.5])),
                ("(a): padding_value has 1 numbers, must have 2", changed("nodes", 0, "padding_value", value=[0.5])),
                ("(a): padding_value is [true], must be a list of", changed("nodes", 0, "padding_value", value=[True])),
                ("(a): activation is \"tanh\", must be one of", changed("nodes", 0, "activation", value="tanh")),
                ("(side): channels is 4, must be 3 plus an even number", changed("nodes", 2, "channels", value=4)),
                ("(fc): linear gets shape [5, 1, 2], must get [n]", changed("nodes", 8, "input", value="mean")),
                ("/input/shape is [2, 7], must be", changed("input", "shape", value=[2, 7])),
                ("input_scale is missing", changed("input", "scale", value=None)),
                ("/classes is not a known key", dict(GRAPH, classes=3))):
            self.refused(words, *self.put(graph=graph))
        self.put()
        (self.folder / "graph.json").write_text('{"nodes": [], "nodes": []}')
        self.refused("graph.json: nodes is given twice", "net.npz", "--graph", "graph.json")
        (self.folder / "graph.json").write_text('{"nodes": [')
        self.refused("graph.json: line 1, column 12", "net.npz", "--graph", "graph.json")

    def test_command_line_and_output(self):
        self.refused("must be a name that ends in .json", *self.put(), code=2, out="net")
        self.refused("must be above 0", *self.put(), "--input-scale", "0", code=2)
        (self.folder / "file").write_text("")
        self.refused("file/net.json: cannot be written", *self.put(), code=5, out="file/net.json")


class Files(importer.ImporterTest):
    """What read_network says of files that somebody has changed."""

    def setUp(self):
        super().setUp()
        numpy.savez(self.folder / "net.npz", **ARRAYS)
        self.imported("net.npz", "--graph", self.write_json("graph.json", GRAPH), "--dtype", "int8")
        self.document = sim.load_json(self.folder / "net.json")

    def read(self, document=None):
        self.write_json("net.json", document or self.document)
        with self.assertRaises(network_file.NetworkError) as caught:
            network_file.read_network(self.folder / "net.json")
        return str(caught.exception).replace(str(self.folder) + "/", "")

    def test_documents(self):
        self.assertIn("/format is null", self.read({k: v for k, v in self.document.items() if k != "format"}))
        self.assertIn("/shape is not a known key", self.read(dict(self.document, shape=[1])))
        self.assertIn("/float_top1 is 101, must be 0 to 100", self.read(dict(self.document, float_top1=101)))
        self.assertIn("/nodes must be a list", self.read(dict(self.document, nodes=[])))
        self.assertIn("/im2col is \"x\"", self.read(dict(self.document, im2col="x")))
        self.assertIn("scale: is true, must be a number above 0",
                      self.read(dict(self.document, input={"shape": [2, 7, 6], "scale": True})))
        self.assertIn("(b): is the last node and has shape [5, 4, 5]",
                      self.read(dict(self.document, nodes=self.document["nodes"][:2])))

    def test_arrays(self):
        path = self.folder / "net/b_weights.npy"
        whole = path.read_bytes()
        path.write_bytes(whole[:-1])
        self.assertIn("net/b_weights.npy: is no whole .npy file", self.read())
        path.unlink()
        self.assertIn("net/b_weights.npy: cannot be read: No such file", self.read())
        numpy.save(path, numpy.zeros((27, 5), numpy.int16))
        self.assertIn("(b): weights is int16, must be int8 or float16", self.read())
        numpy.save(path, numpy.zeros((27, 5), numpy.float16))
        self.assertIn("(b): weight_scale belongs to int8 weights", self.read())
        path.write_bytes(whole)
        numpy.save(self.folder / "net/b_weight_scale.npy", numpy.zeros(5))
        self.assertIn("(b): weight_scale must be above 0", self.read())
        del self.document["nodes"][1]["weight_scale"]
        self.assertIn("(b): weight_scale is missing, int8 weights need it", self.read())
        self.document["nodes"][1]["weight_scale"] = 0.5
        self.write_json("net.json", self.document)
        self.assertEqual(network_file.read_network(self.folder / "net.json").arrays["b"]["weight_scale"], 0.5)

    def test_images_of_another_size(self):
        network = network_file.read_network(self.folder / "net.json")
        with self.assertRaisesRegex(network_file.NetworkError, "must have 84 values each"):
            network_file.forward(network, IMAGES[:, 1:])


if __name__ == "__main__":
    unittest.main()
