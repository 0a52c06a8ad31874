#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""scripts/import_onnx.py on models built node by node: scores equal plain loops over the ONNX definitions, what can
be fused is fused and nothing else, and what the format cannot say ends with 3 and names the node."""
import sys

sys.dont_write_bytecode = True

import unittest

import numpy

try:
    import onnx
    from onnx import TensorProto, helper, numpy_helper
except ImportError:
    print("skipped: python3-onnx is not installed (apt install python3-onnx)")
    sys.exit(77)

from support import importer
from support.importer import network_file

RNG = numpy.random.default_rng(11)
C1, C2 = RNG.standard_normal((4, 2, 3, 3)), RNG.standard_normal((4, 4, 1, 1))
BIAS, FC = RNG.standard_normal(4), RNG.standard_normal((5, 4))
NORM = {"g": numpy.array([1.5, -0.5, 1, -2]), "b": RNG.standard_normal(4), "m": RNG.standard_normal(4),
        "v": RNG.uniform(0.5, 2, 4)}
EPSILON = 1e-3
FACTOR = NORM["g"] / numpy.sqrt(NORM["v"] + EPSILON)
FOLDED = numpy.array([FACTOR, NORM["b"] - FACTOR * NORM["m"]])
CONV = dict(kernel_shape=[3, 3], pads=[1, 1, 1, 1], strides=[2, 2])
IMAGES = RNG.integers(0, 256, (3, 2, 8, 8), dtype=numpy.uint8)
SCALE = 1 / 64
NORMED = ("BatchNormalization", ["c", "g", "b", "m", "v"], "n", dict(epsilon=EPSILON))
HEAD = [("Conv", ["x", "w1", "b1"], "c", CONV), NORMED, ("Relu", ["n"], "r", {})]
TAIL = [("GlobalAveragePool", ["y"], "p", {}), ("Flatten", ["p"], "f", {}), ("Gemm", ["f", "fc"], "out", dict(transB=1))]
CONSTANTS = {"w1": C1, "b1": BIAS, "w2": C2, "fc": FC, "fct": FC.T, "b5": RNG.standard_normal(5), **NORM}

#: of slices, pads and what is done to the input
MORE = dict(CONSTANTS, one=numpy.array([1]), two=numpy.array([2]), four=numpy.array([4]), fill=numpy.array(1.0),
            pads=numpy.array([0, 0, 0, 0, 0, 2, 0, 0]), pads2=numpy.array([0, 1, 0, 0, 0, 1, 0, 0]),
            around=numpy.array([0, 0, 1, 1, 0, 0, 1, 1]), zeros=numpy.zeros((1, 2, 4, 4)), ones=numpy.ones((1, 2, 4, 4)),
            five=numpy.ones((5, 1, 1)), mean=numpy.array([0.5, 1.5]).reshape(1, 2, 1, 1), half=numpy.array(0.5))


def image(x):
    return x.astype(numpy.float64) * SCALE


def after_norm(x):
    return importer.conv(image(x), C1, BIAS, FOLDED, (2, 2), (1, 1))


def scores_of(feature_maps):
    return FC @ feature_maps.mean(axis=(1, 2))


class Onnx(importer.ImporterTest):
    script = "import_onnx.py"

    def put(self, nodes, constants=CONSTANTS, shape=("n", 2, 8, 8), dtype=numpy.float32, opset=13, out="out"):
        """model.onnx of (op, inputs, output, attributes); gives the command line."""
        made = [helper.make_node(op, inputs, [output], name="/net/%s_%d" % (op, k), **attributes)
                for k, (op, inputs, output, attributes) in enumerate(nodes)]
        used = {name for _, inputs, _, _ in nodes for name in inputs}
        arrays = [numpy_helper.from_array(a if a.dtype.kind == "i" else a.astype(dtype), name)
                  for name, a in constants.items() if name in used]
        kind = numpy_helper.from_array(numpy.zeros(1, dtype)).data_type
        graph = helper.make_graph(made, "g", [helper.make_tensor_value_info("x", kind, shape)],
                                  [helper.make_tensor_value_info(out, kind, ("n", "k"))], arrays)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)])
        onnx.save(model, str(self.folder / "model.onnx"))
        return ["model.onnx", "--input-scale", "1/64"]

    def equal(self, nodes, by_loops, ops, images=IMAGES, **options):
        """The model imports to these ops and computes the same; gives the network."""
        expected = numpy.array([by_loops(x) for x in images])
        for order in ("channel_ky_kx", "ky_kx_channel"):
            network = self.imported(*self.put(nodes, **options), "--dtype", "float32", "--im2col", order)
            scores = network_file.forward(network, images, numpy.float64)
            self.assertLess(numpy.abs(scores - expected).max(), 1e-5 * numpy.abs(expected).max())
        self.assertEqual([n["op"] + "+" * (n.get("activation") == "relu") for n in network.nodes], ops)
        return network

    def test_norm_and_relu_are_fused(self):
        network = self.equal(HEAD[:2] + [("Relu", ["n"], "y", {})] + TAIL,
                             lambda x: scores_of(numpy.maximum(after_norm(x), 0)),
                             ["conv+", "global_average_pool", "linear"])
        numpy.testing.assert_allclose(network.arrays["net.Conv_0"]["batch_norm"], FOLDED, rtol=1e-6)
        self.assertEqual(network.nodes[0]["name"], "net.Conv_0")

    def test_two_norms_in_a_row(self):
        nodes = HEAD[:2] + [("BatchNormalization", ["n", "g", "b", "m", "v"], "y", dict(epsilon=EPSILON))] + TAIL
        self.equal(nodes, lambda x: scores_of(FOLDED[0][:, None, None] * after_norm(x) + FOLDED[1][:, None, None]),
                   ["conv", "global_average_pool", "linear"])

    def test_residual_blocks(self):
        def block(x, relu_first):
            a = numpy.maximum(after_norm(x), 0)
            b = importer.conv(a, C2, numpy.zeros(4), None, (1, 1), (0, 0))
            return scores_of(a + numpy.maximum(b, 0) if relu_first else numpy.maximum(a + b, 0))
        conv = [("Conv", ["r", "w2"], "d", {})]
        self.equal(HEAD + conv + [("Add", ["d", "r"], "s", {}), ("Relu", ["s"], "y", {})] + TAIL,
                   lambda x: block(x, False), ["conv+", "conv", "add+", "global_average_pool", "linear"])
        self.equal(HEAD + conv + [("Relu", ["d"], "e", {}), ("Add", ["r", "e"], "y", {})] + TAIL,
                   lambda x: block(x, True), ["conv+", "conv+", "add", "global_average_pool", "linear"])

    def test_what_somebody_else_reads_is_not_fused(self):
        def both(x):
            n = after_norm(x)
            return scores_of(n + numpy.maximum(n, 0))
        ops = ["conv", "relu", "add", "global_average_pool", "linear"]
        self.equal(HEAD + [("Add", ["n", "r"], "y", {})] + TAIL, both, ops)
        # through names that only pass on
        passed = HEAD[:2] + [("Identity", ["n"], "i", {}), ("Relu", ["i"], "r", {}), ("Dropout", ["n"], "o", {}),
                             ("Add", ["o", "r"], "y", {})]
        self.equal(passed + TAIL, both, ops)
        norm = [HEAD[0], NORMED, ("Add", ["c", "n"], "y", {})]
        self.refused(["model.onnx: node /net/BatchNormalization_1 (BatchNormalization)", "all that reads it"],
                     *self.put(norm + TAIL))
        late = [HEAD[0], ("Relu", ["c"], "r", {}), ("BatchNormalization", ["r", *NORMED[1][1:]], "y", {})]
        self.refused("node /net/BatchNormalization_2 (BatchNormalization): must follow", *self.put(late + TAIL))

    def test_pools_and_the_ways_to_a_vector(self):
        def pooled(x):
            a = importer.pool(numpy.maximum(after_norm(x), 0), (2, 2), (1, 1), numpy.max)
            return importer.pool(a, (3, 3), (2, 2), numpy.mean).reshape(-1)
        pools = HEAD + [("MaxPool", ["r"], "a", dict(kernel_shape=[2, 2])),
                        ("AveragePool", ["a"], "y", dict(kernel_shape=[3, 3], strides=[2, 2]))]
        last = ("MatMul", ["f", "fct"], "mm", {}), ("Add", ["b5", "mm"], "out", {})
        ops = ["conv+", "max_pool", "average_pool", "flatten", "linear"]
        for name, target in (("Flatten", None), ("Reshape", [0, -1]), ("Reshape", [1, 4]), ("Reshape", [-1, 4])):
            constants = dict(CONSTANTS, target=numpy.array(target or [0]))
            nodes = pools + [(name, ["y"] + ["target"] * (target is not None), "f", {}), *last]
            self.equal(nodes, lambda x: FC @ pooled(x) + CONSTANTS["b5"], ops, constants=constants)
        for target in ([2, -1], [-1, 2], [-1, -1], [1, 4, 1]):
            constants = dict(CONSTANTS, target=numpy.array(target))
            self.refused(["(Reshape): shape is %s, must be [batch, -1]" % target],
                         *self.put(pools + [("Reshape", ["y", "target"], "f", {}), *last], constants))

    def test_what_is_done_to_the_input(self):
        """A mean taken off and a division, with zeros around the normalised image; a Pad before the convolution."""
        def normalised(x):
            return numpy.maximum(importer.conv((image(x) - MORE["mean"][0]) / 0.5 + 1, C1, BIAS, None, (1, 1), (2, 2)), 0)
        before = [("Sub", ["x", "mean"], "x1", {}), ("Div", ["x1", "half"], "x2", {}), ("Add", ["fill", "x2"], "x3", {})]
        pad = [("Pad", ["x3", "around"], "x4", {})]
        last = [("Conv", ["x4", "w1", "b1"], "c", dict(pads=[1] * 4)), ("Relu", ["c"], "y", {})] + TAIL
        network = self.equal(before + pad + last, lambda x: scores_of(normalised(x)),
                             ["conv+", "global_average_pool", "linear"], constants=MORE)
        self.assertEqual(network.nodes[0]["padding"], [2, 2])
        self.assertEqual(network.nodes[0]["padding_value"], [0.0, 1.0])  # mean - 1 * 0.5

    def test_pixels_and_channels_of_zeros(self):
        """An option-A shortcut in its parts, read by two nodes in between, and a Softmax."""
        more = dict(MORE, h=numpy.array([2]), zero=numpy.array([0]), far=numpy.array([2**31]),
                    sides=numpy.array([0, 1, 0, 0, 0, 1, 0, 0]), fc6=RNG.standard_normal((5, 6)))
        nodes = [("Conv", ["x", "w1"], "c", CONV), ("Slice", ["c", "zero", "far", "h", "h"], "s", {}),
                 ("Pad", ["s", "sides"], "t", {}), ("GlobalAveragePool", ["t"], "p", {}), ("Flatten", ["p"], "f", {}),
                 ("Gemm", ["f", "fc6"], "last", dict(transB=1)), ("Softmax", ["last"], "out", {})]
        network = self.equal(nodes, lambda x: more["fc6"] @ importer.shortcut(
            importer.conv(image(x), C1, numpy.zeros(4), None, (2, 2), (1, 1)), (2, 1), 6).mean(axis=(1, 2)),
            ["conv", "shortcut", "global_average_pool", "linear"], constants=more)
        self.assertEqual((network.nodes[1]["stride"], network.nodes[1]["channels"]), ([2, 1], 6))
        twice = nodes[:3] + [("MaxPool", ["s"], "u", dict(kernel_shape=[1, 1])), ("Pad", ["u", "sides"], "u2", {}),
                             ("Add", ["t", "u2"], "w", {}), ("GlobalAveragePool", ["w"], "p", {})] + nodes[4:]
        network = self.imported(*self.put(twice, more))
        self.assertEqual([n["op"] for n in network.nodes],
                         ["conv", "shortcut", "shortcut", "shortcut", "add", "global_average_pool", "linear"])

    def test_means_over_an_image(self):
        ops = ["conv+", "global_average_pool", "linear"]
        for attributes in (dict(axes=[2, 3]), dict(axes=[-1, -2], keepdims=0)):
            nodes = HEAD + [("ReduceMean", ["r"], "p", attributes), ("Flatten", ["p"], "f", {}), TAIL[2]]
            self.equal(nodes, lambda x: scores_of(numpy.maximum(after_norm(x), 0)), ops)
        self.refused("axes is [1], must be [2, 3]", *self.put(
            HEAD + [("ReduceMean", ["r"], "p", dict(axes=[1])), ("Flatten", ["p"], "f", {}), TAIL[2]]))

    def test_shape_arithmetic_of_a_view(self):
        view = [("Shape", ["y"], "s", {}), ("Gather", ["s", "zero"], "n0", dict(axis=0)),
                ("Unsqueeze", ["n0", "axis"], "n1", {}), ("Concat", ["n1", "minus"], "t", dict(axis=0)),
                ("Reshape", ["y", "t"], "f", {})]
        constants = dict(CONSTANTS, zero=numpy.array(0), axis=numpy.array([0]), minus=numpy.array([-1]))
        nodes = HEAD[:2] + [("Relu", ["n"], "q", {}), ("GlobalAveragePool", ["q"], "y", {})] + view + [TAIL[2]]
        self.equal(nodes, lambda x: scores_of(numpy.maximum(after_norm(x), 0)),
                   ["conv+", "global_average_pool", "linear"], constants=constants)

    def test_vectors_constants_and_factors(self):
        weight = RNG.standard_normal((3, 6))
        constant = helper.make_tensor("v", TensorProto.FLOAT, (6, 3), weight.T.astype(numpy.float32).reshape(-1))
        nodes = [("Constant", [], "w0", dict(value=constant)), ("Identity", ["w0"], "w", {}),
                 ("Gemm", ["x", "w", "c3"], "h", dict(alpha=0.5, beta=2.0)), ("Relu", ["h"], "out", {})]
        bias = numpy.array([[-1.5, 1.5, 3.0]])  # one score is cut off by the ReLU, the others are not
        self.equal(nodes, lambda x: numpy.maximum(0.5 * weight @ image(x) + 2 * bias[0], 0), ["linear+"],
                   RNG.integers(0, 256, (4, 6)), constants={"c3": bias}, shape=(1, 6))

    def test_what_leads_nowhere_is_left_out(self):
        nodes = HEAD[:2] + [("Sigmoid", ["n"], "dead", {}), ("Relu", ["n"], "y", {})] + TAIL
        self.equal(nodes, lambda x: scores_of(numpy.maximum(after_norm(x), 0)),
                   ["conv+", "global_average_pool", "linear"])

    def test_half_precision_models(self):
        self.assertEqual(len(self.imported(*self.put(HEAD[:2] + [("Relu", ["n"], "y", {})] + TAIL,
                                                     dtype=numpy.float16)).nodes), 3)

    def test_what_is_not_supported(self):
        def conv(**attributes):
            return [("Conv", ["x", "w1"], "y", dict(CONV, **attributes))] + TAIL
        base = [("Conv", ["x", "w1"], "c", CONV)]
        for words, nodes in (
                (["model.onnx: node /net/Sigmoid_1 (Sigmoid): is not supported, must be one of Conv, Gemm, MatMul"],
                 base + [("Sigmoid", ["c"], "y", {})] + TAIL),
                ("node /net/Conv_0 (Conv): group is 2, must be 1", conv(group=2)),
                ("dilations is [2, 2], must be [1, 1]", conv(dilations=[2, 2])),
                ("pads is [0, 0, 1, 1], must be the same at begin and end", conv(pads=[0, 0, 1, 1])),
                ("auto_pad is SAME_UPPER, must be NOTSET or VALID", conv(auto_pad="SAME_UPPER")),
                ("kernel [3, 3] and strides [2] must be two numbers", conv(strides=[2])),
                ("(MaxPool): ceil_mode is 1, must be 0",
                 base + [("MaxPool", ["c"], "y", dict(kernel_shape=[2, 2], ceil_mode=1))] + TAIL),
                ("(MaxPool): pads is [1, 1, 1, 1], must be [0, 0, 0, 0]",
                 base + [("MaxPool", ["c"], "y", dict(kernel_shape=[2, 2], pads=[1] * 4))] + TAIL),
                ("kernel [5, 5] is larger than its input [4, 4, 4]",
                 base + [("MaxPool", ["c"], "y", dict(kernel_shape=[5, 5]))] + TAIL),
                ("(Add): a constant may be added only to the input of the network, or directly after a MatMul",
                 base + [("Add", ["c", "b1"], "y", {})] + TAIL),
                ("(Conv): weight (c) must be a constant of the file", base + [("Conv", ["c", "c"], "y", {})] + TAIL),
                ("(Conv): weight has shape [4, 2, 3, 3], must be [outputs, 4, 3, 3]",
                 base + [("Conv", ["c", "w1"], "y", {})] + TAIL),
                ("(Gemm): gets shape [batch, 4, 4, 4] and weights of 4 inputs",
                 base + [("Gemm", ["c", "fc"], "out", dict(transB=1))]),
                ("(Gemm): transA is 1, must be 0", [*base, ("GlobalAveragePool", ["c"], "p", {}), TAIL[1],
                                                    ("Gemm", ["f", "fc"], "out", dict(transA=1))]),
                ("(Flatten): axis is 2, must be 1", base + [("Flatten", ["c"], "out", dict(axis=2))]),
                ("(Softmax): is supported only at the end, over the classes",
                 base + [("GlobalAveragePool", ["c"], "p", {}), ("Flatten", ["p"], "s", {}), ("Softmax", ["s"], "f", {}),
                         TAIL[2]]),
                ("(Slice): takes a part of [4, 4, 4], supported is every n-th pixel of all channels, from the first",
                 base + [("Slice", ["c", "one", "four", "two"], "y", {})] + TAIL),
                ("(Pad): pads is [0, 0, 0, 0, 0, 2, 0, 0] with 0, must be zeros, the same at begin and end",
                 base + [("Pad", ["c", "pads"], "y", {})] + TAIL),
                ("(Pad): pads is [0, 1, 0, 0, 0, 1, 0, 0] with 1, must be zeros",
                 base + [("Pad", ["c", "pads2", "fill"], "y", {})] + TAIL),
                ("(Concat): puts 0 channels of zeros before and 2 behind, must be as many",
                 base + [("Concat", ["c", "zeros"], "y", dict(axis=1))] + TAIL),
                ("(Concat): input ones must be zeros of 4 x 4 pixels",
                 base + [("Concat", ["ones", "c"], "y", dict(axis=1))] + TAIL),
                ("(Sub): a constant is supported only on the input of the network",
                 base + [("Sub", ["c", "fill"], "y", {})] + TAIL),
                ("(MaxPool): reads the normalised input, which only Conv, Gemm and MatMul may do",
                 [("Sub", ["x", "fill"], "c", {}), ("MaxPool", ["c"], "y", dict(kernel_shape=[2, 2]))] + TAIL),
                ("(Div): must divide the input by a constant other than 0",
                 [("Div", ["fill", "x"], "x1", {}), ("Conv", ["x1", "w1"], "y", CONV)] + TAIL),
                ("(Sub): a constant of shape [5, 1, 1] does not fit the input [batch, 2, 8, 8]",
                 [("Sub", ["x", "five"], "x1", {}), ("Conv", ["x1", "w1"], "y", CONV)] + TAIL),
                ("(MaxPool): reads an image with zeros around it (Pad), which only Conv may do",
                 base + [("Pad", ["c", "around"], "d", {}), ("MaxPool", ["d"], "y", dict(kernel_shape=[2, 2]))] + TAIL),
                ("(Gather): input (x) must be a constant", [("Gather", ["x", "b1"], "out", {})]),
                ("net.Conv_0): is the last node and has shape", [("Conv", ["x", "w1"], "out", CONV)])):
            self.refused(words, *self.put(nodes, MORE))
        self.refused("(Dropout): training_mode is true", *self.put(
            base + [("Dropout", ["c", "", "yes"], "y", {})] + TAIL, dict(CONSTANTS, yes=numpy.array(1, numpy.int64))))

    def test_wrong_numbers_and_files(self):
        nodes = HEAD[:2] + [("Relu", ["n"], "y", {})] + TAIL
        for name, place in (("w1", "(Conv): weight"), ("b1", "(Conv): bias"), ("g", "(Conv): batch_norm"),
                            ("fc", "(Gemm): weight")):
            array = CONSTANTS[name].copy()
            array.flat[1] = numpy.nan
            self.refused([place, "has a value that is not finite"], *self.put(nodes, dict(CONSTANTS, **{name: array})))
        self.refused("bias has shape [5], must be [4]", *self.put(nodes, dict(CONSTANTS, b1=numpy.zeros(5))))
        self.refused("mean has shape [3], must be [4]", *self.put(nodes, dict(CONSTANTS, m=numpy.zeros(3))))
        self.refused("variance has a value below 0", *self.put(nodes, dict(CONSTANTS, v=-NORM["v"])))
        for shape in (("n", 2, "h", 8), ("n", 2, 8)):
            self.refused("must be [batch, channels, height, width]", *self.put(nodes, shape=shape))
        arguments = self.put(nodes)
        self.refused("--input-scale is needed", arguments[0], code=2)
        (self.folder / "model.onnx").write_bytes((self.folder / "model.onnx").read_bytes()[:300])
        self.refused("model.onnx: is no valid ONNX model", *arguments)
        (self.folder / "model.onnx").write_bytes(b"")
        self.refused("model.onnx: is no valid ONNX model", *arguments)
        self.refused("no.onnx: cannot be read", "no.onnx", *arguments[1:])


if __name__ == "__main__":
    unittest.main()
