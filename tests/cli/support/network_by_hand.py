# SPDX-License-Identifier: Apache-2.0
"""Networks small enough to work out by hand; the sums stand in comments."""
import numpy

from . import tiny_networks as tiny
from .tiny_networks import NetworkTest, block, matrix, tiles


class ByHand(NetworkTest):
    def test_padded_convolution(self):
        """Image 1 2 / 3 4 in a frame of zeros; output = upper left - lower right of each 2 x 2."""
        conv = matrix("c", "input", [[1], [0], [0], [-1]], kernel=[2, 2], padding=[1, 1])

        def run(**words):
            return self.only([1, 2, 2], [conv], [tiles("c", "input", [block((0, 4), (0, 1), **words)])],
                             [[1, 2, 3, 4]])
        # c+ = 0 0 0 / 0 1 2 / 0 3 4 and c- = 1 2 0 / 3 4 0 / 0 0 0
        self.assertEqual(run(), [-1, -2, 0, -3, -3, 2, 0, 3, 4])
        # c- halved: -0.5 -1 0 / -1.5 -1 2 / 0 3 4; a tie goes to the even neighbour
        self.assertEqual(run(s_n=64), [0, -1, 0, -2, -1, 2, 0, 3, 4])
        # and half a step added: 0 -0.5 0.5 / -1 -0.5 2.5 / 0.5 3.5 4.5
        self.assertEqual(run(s_n=64, o_p=1), [0, 0, 0, -1, 0, 2, 0, 4, 4])
        # the negative offset is taken off
        self.assertEqual(run(o_n=4), [-3, -4, -2, -5, -5, 0, -2, 1, 2])
        # G+ and G- change places
        self.assertEqual(run(swapped=[0]), [1, 2, 0, 3, 3, -2, 0, -3, -4])

    def test_stride_and_leftover(self):
        """A row 1 .. 7, kernel [1, 2] with weights 1 and 10, stride 3: 1+20, 4+50; 7 stands alone."""
        conv = matrix("c", "input", [[1], [10]], kernel=[1, 2], stride=[1, 3])
        self.assertEqual(self.only([1, 1, 7], [conv], [tiles("c", "input", [block((0, 2), (0, 1))])],
                                   [list(range(1, 8))]), [21, 54])

    def test_order_of_rows(self):
        """Channel 0 is 0 2 and channel 1 is 3 0; rows count channels first or last."""
        conv = matrix("c", "input", [[1], [2], [3], [4]], kernel=[1, 2])
        self.write([2, 1, 2], [conv], [tiles("c", "input", [block((0, 4), (0, 1))])], [[0, 2, 3, 0]])
        for order, wanted in (("channel_ky_kx", 2 * 2 + 3 * 3), ("ky_kx_channel", 2 * 3 + 3 * 2)):
            tiny.write_network(self.folder, [2, 1, 2], [conv], im2col=order)
            run = self.program("network", "net.json", "words.json", "images.npy", "--scores", "s.npy")
            self.assertEqual((run.returncode, numpy.load(self.folder / "s.npy").tolist()), (0, [[wanted]]))

    def test_signed_inputs(self):
        """x = -3, 5. Column 0 (2, -4): PN 5*4, NP 3*2, so c- = 26. Column 1 (-1, 1): NN 3, PP 5."""
        layer = matrix("f", "input", [[2, -1], [-4, 1]])
        found = self.only([2], [layer], [tiles("f", "input", [block((0, 2), (0, 2), s_n=32)])],
                          [[0, 1]], [-3, 5] + [0] * 254)
        self.assertEqual(found, [-6, 8])  # -26 / 4 = -6.5

    def test_scale_exponent_and_saturation(self):
        layer, x = matrix("f", "input", [[3, 40, -40]]), [[1]]
        for mode, wanted in (("SC_SAT_SYM", [12, 127, -127]), ("SC_SAT", [12, 127, -128]),
                             ("SC_WRAP", [12, 160 - 256, 256 - 160])):
            words = [tiles("f", "input", [block((0, 1), (0, 3))], scale_exponent=2)]
            self.assertEqual(self.only([1], [layer], words, x, overflow=mode), wanted)

    def test_partial_words_round_and_saturate(self):
        """0.5 and 1.0. Quarters are kept: 1.5 -> 2. Whole partial words: 0.5 -> 0, then 1."""
        layer = matrix("f", "input", [[1], [2]])
        chain = [block((0, 1), (0, 1), s_p=64), block((1, 2), (0, 1), s_p=64)]
        for fraction, wanted in ((2, 2), (0, 1)):
            self.assertEqual(self.only([2], [layer], [tiles("f", "input", chain)], [[1, 1]],
                                       partial_fraction=fraction), [wanted])
        # residual words in halves: 0.75 -> 1.0 (1.5 halves, to even), 1.0 + 1.0 = 2; else 1.75 -> 2, too
        three = [block((0, 1), (0, 1), s_p=96), block((1, 2), (0, 1), s_p=64)]
        partial = self.only([2], [layer], [tiles("f", "input", three, output="partial")], [[1, 1]],
                            residual_fraction=1)
        self.assertEqual(partial, [8])  # 2.0 in quarters, not 7
        # 100 * 100 in quarters is 40000: 16 bits end at 32767, 8191.75; less 127*64 + 63 = 8191
        layer = matrix("f", "input", [[100], [-64], [-1]])
        chain = [block((0, 1), (0, 1)), block((1, 3), (0, 1))]
        for bits in (16, 32):  # a wider partial word does not fit the residual port
            self.assertEqual(self.only([3], [layer], [tiles("f", "input", chain)], [[100, 127, 63]],
                                       partial_bits=bits), [1])

    def test_partial_scores_and_clamp(self):
        """4 * 300 = 1200 leaves as it is; the next node gets 127, or y of 12 bits cut to 127."""
        nodes = [matrix("a", "input", [[100]]), matrix("b", "a", [[1]])]
        for output, own in (("partial", 1200), ("y", 300)):
            words = [tiles("a", "input", [block((0, 1), (0, 1))], output=output),
                     tiles("b", "a", [block((0, 1), (0, 1))])]
            found = self.layers([1], nodes, words, [[3]], out_bits=12)
            self.assertEqual((found["a"], found["b"]), ([[own]], [[127]]))
        nodes.append({"name": "s", "op": "add", "inputs": ["a", "b"]})  # so does a skip connection
        words[1].update(residual={"from": "a", "shift": 0}, output="partial")
        self.assertEqual(self.only([1], nodes, words, [[3]], out_bits=12), [4 * 127 + 4 * 127])

    def test_skip_words(self):
        """Codes 5, 7, -5, -7 beside a layer that gives 0. Residual words count quarters."""
        nodes = [matrix("a", "input", numpy.eye(4)), matrix("b", "a", numpy.zeros((4, 4))),
                 {"name": "s", "op": "add", "inputs": ["a", "b"]}]
        codes = [0, 5, 7, -5, -7] + [0] * 251
        both = [block((0, 2), (0, 4)), block((2, 4), (0, 4))]
        for shift, wanted in ((0, [20, 28, -20, -28]),  # 5 * 4
                              (1, [40, 56, -40, -56]), (-2, [5, 7, -5, -7]),
                              (-3, [2, 4, -2, -4]),  # 2.5 -> 2, 3.5 -> 4
                              (-4, [1, 2, -1, -2]), (20, [32767, 32767, -32768, -32768])):
            for blocks in (both, [block((0, 4), (0, 2)), block((0, 4), (2, 4))]):
                words = [tiles("a", "input", [block((0, 4), (0, 4))]),
                         tiles("b", "a", blocks, output="partial", residual={"from": "a", "shift": shift})]
                self.assertEqual(self.only([4], nodes, words, [[1, 2, 3, 4]], codes), wanted)

    def test_addition(self):
        """5, -5, 100 and 6, 6, 100, the first halved: 2.5 -> 2, -2.5 -> -2, 50."""
        nodes = [matrix("a", "input", numpy.eye(6)[:, :3]), matrix("b", "input", numpy.eye(6)[:, 3:]),
                 {"name": "s", "op": "add", "inputs": ["a", "b"], "activation": "relu"}]
        words = [tiles(n, "input", [block((0, 6), (0, 3))]) for n in "ab"]
        codes = [0, 5, -5, 100, 6, -3] + [0] * 250

        def run(shifts, image):
            return self.only([6], nodes, words + [{"name": "s", "op": "add", "inputs": ["a", "b"],
                                                   "shifts": shifts, "activation": "relu"}], [image], codes)
        self.assertEqual(run([1, 0], [1, 2, 3, 4, 4, 3]), [8, 4, 127])  # 150 saturates
        self.assertEqual(run([0, 2], [1, 2, 3, 4, 5, 5]), [7, 0, 99])  # 6/4 -> 2; -3/4 -> -1
        self.assertEqual(run([0, 60], [1, 2, 3, 3, 3, 3]), [5, 0, 100])

    def test_pools_shortcut_flatten_relu(self):
        """Two channels of 2 x 3, signed; kernels of 2 x 2 leave out the third column."""
        nodes = [matrix("c", "input", numpy.eye(2), kernel=[1, 1]),
                 {"name": "max", "op": "max_pool", "input": "c", "kernel": [2, 2]},
                 {"name": "slide", "op": "max_pool", "input": "c", "kernel": [2, 2], "stride": [1, 1]},
                 {"name": "avg", "op": "average_pool", "input": "c", "kernel": [2, 2]},
                 {"name": "all", "op": "global_average_pool", "input": "c"},
                 {"name": "short", "op": "shortcut", "input": "c", "stride": 2, "channels": 4},
                 {"name": "r", "op": "relu", "input": "c"}, {"name": "flat", "op": "flatten", "input": "r"}]
        words = [tiles("c", "input", [block((0, 2), (0, 2))])]
        for node in nodes[1:]:
            words.append(dict(node, op=node["op"].replace("global_", ""), up=1))
        codes = [b - 20 for b in range(128)] + [0] * 128
        image = [1, 2, 3, 4, 7, 6, -1, -2, -3, -4, -8, 20]
        found = self.layers([2, 2, 3], nodes, words, [[v + 20 for v in image]], codes)
        self.assertEqual({name: value[0] for name, value in found.items()}, {
            "c": image, "max": [7, -1], "slide": [7, 7, -1, 20],
            "avg": [7, -8],  # 14 * 2 / 4 = 7; -15 * 2 / 4 = -7.5, to even
            "all": [8, 1],  # 23 * 2 / 6 = 7.67; 2 * 2 / 6 = 0.67
            "short": [0, 0, 1, 3, -1, -3, 0, 0],  # every second pixel between two empty channels
            "r": [max(v, 0) for v in image], "flat": [max(v, 0) for v in image]})

    def test_average_shifts(self):
        """1 + 2 + 3 + 4: 10 * 8 / 4 = 20; 10 / 4 = 2.5 -> 2; 10 / 8 = 1.25 -> 1; 10 * 64 / 4 > 127."""
        nodes = [{"name": "all", "op": "global_average_pool", "input": "input"}]
        for up, wanted in ((3, 20), (0, 2), (-1, 1), (6, 127)):
            words = [{"name": "all", "op": "average_pool", "input": "input", "kernel": [2, 2], "up": up}]
            self.assertEqual(self.only([1, 2, 2], nodes, words, [[1, 2, 3, 4]]), [wanted])

    def test_rows_split(self):
        """Scales of whole steps: partial words lose nothing, so any split equals one tall block."""
        rng = numpy.random.default_rng(3)
        weights = rng.integers(-3, 4, (24, 5))
        images = rng.integers(0, 8, (6, 24))
        found = []
        for edges in ([0, 24], [0, 11, 24], [0, 8, 16, 24], [0, 1, 7, 20, 24]):
            parts = [block(span, (0, 5), o_p=3 if span[0] == 0 else 0) for span in zip(edges, edges[1:])]
            found.append(self.layers([24], [matrix("f", "input", weights)],
                                     [tiles("f", "input", parts)], images, out_bits=12)["f"])
        # plain sum + 1.5, to even: n + 2 for even n, n + 1 for odd n
        plain = images @ weights
        wanted = (plain + 2 - plain % 2).tolist()
        self.assertEqual(found, [wanted] * 4)
