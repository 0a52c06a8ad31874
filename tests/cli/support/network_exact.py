# SPDX-License-Identifier: Apache-2.0
"""Every integer of a network on ideal tiles, recomputed; the float network; what must not matter."""
import json

import numpy

from . import sim
from .network_zoo import DIGITAL, FOUR_PHASE, NetworkRun, every_op, many_tiles

SAVE = ["--save", "layers,words,scores", "--images", "6", "--set", "calibration.count=512"]
ORDERS = ("channel_ky_kx", "ky_kx_channel")


class Recomputed(NetworkRun):
    """scripts/oracle/network.py knows the network, the images and the words, and no tile."""

    def run_and_recompute(self, *more, out="o", **options):
        report = self.run_network("--variants", "nmpu", *SAVE, *more, out=out, **options)
        said = self.script("network", out + "/words_nmpu.json", "data/images.npy", "--images", "6",
                           "--compare", out + "/layers_nmpu", "--scores", "s.npy")
        self.assertIn("all equal", said)
        scores = numpy.load(self.folder / out / "scores_nmpu.npy")
        self.assertEqual(scores.shape, (6, 10))
        numpy.testing.assert_array_equal(scores, numpy.load(self.folder / "s.npy"))
        self.assertGreater(len(numpy.unique(scores, axis=0)), 1, "all images give the same")
        self.assertEqual(report["results"][0]["residual_words_clipped"], 0)
        return report


class IntegerExact(Recomputed):
    """All nodes, cuts, packings and formats."""

    def layers_and_scores(self, out):
        return {name: raw for name, raw in sim.files_in(self.folder / out).items() if name.endswith(".npy")}

    def test_every_op_in_both_orders(self):
        for order in ORDERS:
            with self.subTest(order):
                self.make(every_op(), im2col=order)
                self.run_and_recompute()
                words = numpy.load(self.folder / "o/layers_nmpu/stem.npy")
                self.assertGreater(len(numpy.unique(words)), 60, "codes use their range")
        swapped = [len(block["swapped"]) for node in sim.load_json(self.folder / "o/words_nmpu.json")["nodes"]
                   for block in node.get("blocks", [])]
        self.assertTrue(all(swapped), "every layer has factors of both signs")

    def test_many_tiles_in_both_orders(self):
        for order in ORDERS:
            with self.subTest(order):
                self.make(many_tiles(), im2col=order)
                report = self.run_and_recompute()
                plan = sim.load_json(self.folder / "o/plan.json")
                cuts = {layer["name"]: (layer["row_tiles"], layer["col_tiles"]) for layer in plan["layers"]}
                self.assertEqual(cuts, {"two": (2, 1), "three": (3, 1), "four": (4, 1), "columns": (1, 2),
                                        "more": (2, 2), "scores": (2, 1)})
                self.assertEqual(report["plan"]["tiles"], 17)

    def test_digital_tiles(self):
        """The digital tile is the exact integer network, whichever bits it takes at a time and whatever the seed."""
        self.make(many_tiles())
        exact = ["--set", "crossbar.g_map=as_given", "--set", "nmpu.branch=difference",
                 "--set", "digital.signed_inputs=true", "--set", "digital.input_bits=8"]
        self.run_and_recompute(*exact, tile=DIGITAL)
        expected = self.layers_and_scores("o")
        for more in (["--seed", "7"], ["--set", "digital.input_bits_per_cycle=4"]):
            with self.subTest(more):
                self.run_and_recompute(*exact, *more, tile=DIGITAL, out="again")
                self.assertEqual(self.layers_and_scores("again"), expected)

    def test_lossless_pim_tiles(self):
        """With bits enough for every partial sum, each scheme is the exact integer network."""
        self.make(many_tiles())
        settings = ["crossbar.g_map=as_given", "nmpu.branch=difference", "pim.gain_sd=0", "pim.offset_sd_lsb=0",
                    "pim.sigma_lsb=0", "pim.range_share=1"]
        exact = [word for pair in settings for word in ("--set", pair)]
        for scheme, bits in (("native", 12), ("differential", 15), ("bit_serial", 8)):
            with self.subTest(scheme):
                self.run_and_recompute(*exact, "--set", "pim.bits=%d" % bits, tile=sim.tile("network_pim_" + scheme))

    def compare_packings(self, net):
        """Tiles of their own, as few as possible, and numbers between."""
        self.make(net)
        alone = self.run_and_recompute()
        expected = self.layers_and_scores("o")
        least = self.run_and_recompute("--tiles", "least", out="least")["plan"]["tiles"]
        self.assertLess(least, alone["plan"]["tiles"])
        for tiles in sorted({least, least + 1, alone["plan"]["tiles"]}):
            with self.subTest(tiles):
                report = self.run_and_recompute("--tiles", str(tiles), out="p%d" % tiles)
                self.assertEqual(report["plan"]["tiles"], tiles)
                self.assertEqual(list(self.layers_and_scores("p%d" % tiles)), list(expected))
                for name, raw in self.layers_and_scores("p%d" % tiles).items():
                    self.assertTrue(raw == expected[name], name)

    def test_packing_changes_no_integer(self):
        self.compare_packings(every_op())

    def test_packing_pieces_changes_no_integer(self):
        self.compare_packings(many_tiles())

    def test_other_formats(self):
        """Formats of the lane and of its ports other than those of the shipped file."""
        self.make(many_tiles())
        for formats in ({"residual_fraction": 0}, {"residual_fraction": 4, "partial_fraction": 1},
                        {"branch": "difference"}, {"offsets": 2, "offset_bits": 6}, {"scale_exponent": 1, "cut": 15},
                        {"round_bits": 2, "cut": 12, "round_mode": "SC_TRN", "final_round_mode": "SC_RND"},
                        {"partial_bits": 10}, {"overflow": "SC_WRAP"}):
            with self.subTest(formats):
                self.run_and_recompute(*(word for key, value in formats.items()
                                         for word in ("--set", "nmpu.%s=%s" % (key, json.dumps(value)))))

    def test_words_beyond_the_codes(self):
        """Words of -128, or of more than 8 bits: the next layer reads them held at +-127, and that is what is saved."""
        self.make(many_tiles())
        for key, value in (("overflow", "SC_SAT"), ("out_bits", "12")):
            with self.subTest(key):
                self.run_network("--variants", "nmpu", *SAVE, "--set", "nmpu.%s=%s" % (key, value), out=key)
                self.script("network", key + "/words_nmpu.json", "data/images.npy", "--images", "6", "--layers", key + "l")
                beyond = 0
                for path in sorted((self.folder / (key + "l")).iterdir()):
                    words, saved = numpy.load(path), numpy.load(self.folder / key / "layers_nmpu" / path.name)
                    if path.stem != "scores":
                        beyond += int((abs(words) > 127).sum())
                        words = words.clip(-127, 127)
                    numpy.testing.assert_array_equal(saved, words, path.stem)
                self.assertGreater(beyond, 0)

    def test_a_word_more_is_noticed(self):
        """The comparison is one: another offset gives another map."""
        self.make(every_op())
        self.run_and_recompute()
        path = self.folder / "o/words_nmpu.json"
        words = sim.load_json(path)
        words["nodes"][0]["blocks"][0]["o_p"][0] += 400  # a hundred output steps
        path.write_text(json.dumps(words))
        with self.assertRaises(AssertionError):
            self.script("network", path, "data/images.npy", "--images", "6", "--compare", "o/layers_nmpu")


class FloatAnswers(NetworkRun):
    """The float variant answers as a plain float64 run of the same file does."""

    def test_answers(self):
        for net, order in ((every_op(), ORDERS[0]), (many_tiles(), ORDERS[1])):
            self.make(net, images=60, im2col=order)
            self.script("network_float", "data/images.npy", "--scores", "f.npy")
            answers = numpy.load(self.folder / "f.npy").argmax(axis=1)
            numpy.save(self.folder / "data/labels.npy", answers.astype(numpy.int32))
            report = self.run_network("--variants", "float")
            self.assertEqual(report["float"], {"top1": 100.0})
            self.assertEqual(report["results"], [])
            confusion = numpy.array(sim.load_json(self.folder / "o/confusion.json")["float"])
            numpy.testing.assert_array_equal(confusion, numpy.diag(numpy.bincount(answers, minlength=10)))


class WhatDoesNotMatter(NetworkRun):
    """Results are the same on every machine."""

    def test_threads_and_instructions(self):
        self.make(every_op(), images=36)  # more than one group of images
        common = ["--save", "scores,layers,words", "--images", "36", "--set", "calibration.count=64"]
        self.run_network(*common, "--threads", "1", tile=FOUR_PHASE, out="first")
        expected = self.results("first")
        self.assertLessEqual({"plan.json", "confusion.json", "scores_nmpu.npy", "scores_ldpu.npy", "words_ldpu.json",
                              "layers_ldpu/stem.npy", "effective_config.json", "report"}, set(expected))
        for number, more in enumerate([["--threads", "2"], ["--threads", "3"]] +
                                      [["--simd", level] for level in sim.simd_levels()]):
            with self.subTest(more):
                self.run_network(*common, *more, tile=FOUR_PHASE, out="again%d" % number)
                self.assertEqual(self.results("again%d" % number), expected)

    def test_chips_are_those_of_their_seeds(self):
        self.make(every_op())
        common = ["--set", "calibration.count=128"]
        both = self.run_network(*common, "--chips", "2", "--seed", "7", tile=FOUR_PHASE, out="both")["results"]
        second = self.run_network(*common, "--seed", "8", tile=FOUR_PHASE, out="second")["results"]
        self.assertEqual([(r["variant"], r["chip"], r["seed"]["device"]) for r in both],
                         [("ldpu", 0, 7), ("nmpu", 0, 7), ("ldpu", 1, 8), ("nmpu", 1, 8)])
        for of_two, alone in zip(both[2:], second):
            self.assertEqual(dict(of_two, chip=0), alone)

    def test_quiet_and_loud(self):
        self.make(every_op())
        self.run_network("--variants", "nmpu", out="quiet")
        said = self.sim_done(*[word for word in self.command("--variants", "nmpu", out="loud") if word != "--quiet"])
        self.assertIn("aimc network", said)
        self.assertIn("files: loud/", said)
        self.assertEqual(self.results("loud"), self.results("quiet"))

    def test_plan_alone(self):
        self.make(many_tiles())
        plan = self.sim_done("network", "net.json", "--tile", FOUR_PHASE, "--plan")
        self.assertIn("6 layers in 17 blocks on 17 tiles", plan)
        self.assertFalse((self.folder / "out").exists())
        self.sim_done("network", "net.json", "--tile", FOUR_PHASE, "--plan", "--quiet", "--out", "p", "--tiles", "least")
        self.assertEqual(list(sim.files_in(self.folder / "p")), ["plan.json"])
