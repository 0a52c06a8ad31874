# SPDX-License-Identifier: Apache-2.0
"""The command line of network.py: files, comparison, mistakes."""
import json

import numpy

from . import sim
from . import tiny_networks as tiny
from .tiny_networks import NetworkTest, block, matrix, tiles


class Program(NetworkTest):
    """The command line: files, comparison, mistakes."""

    def setUp(self):
        super().setUp()
        nodes = [matrix("a", "input", numpy.eye(3), kernel=[1, 1], activation="relu"),
                 matrix("b", "a", numpy.eye(3), kernel=[1, 1]),
                 {"name": "s", "op": "add", "inputs": ["a", "b"], "activation": "relu"},
                 {"name": "p", "op": "global_average_pool", "input": "s"}]
        self.nodes = [tiles("a", "input", [block((0, 3), (0, 3))], activation="relu"),
                      tiles("b", "a", [block((0, 3), (0, 3))], activation="relu",
                            residual={"from": "a", "shift": 0}),
                      {"name": "p", "op": "average_pool", "input": "b", "up": 0}]
        tiny.write_network(self.folder, [3, 1, 2], nodes)
        tiny.write_words(self.folder, self.nodes)
        tiny.write_images(self.folder, [[1, 3, 5, 5, 2, 2], [9, 9, 1, 1, 9, 9], [0] * 6])

    def run_on_images(self, *more):
        return self.program("network", "net.json", "words.json", "images.npy", *more)

    def test_scores_and_argmax(self):
        numpy.save(self.folder / "labels.npy", numpy.array([1, 0, 2]))
        run = self.run_on_images("--scores", "s.npy", "--argmax", "m.npy", "--labels", "labels.npy",
                                 "--batch", 2)
        self.assertEqual((run.returncode, run.stderr), (0, ""))
        self.assertIn("top-1 66.67 % (2 of 3)", run.stdout)
        scores, best = numpy.load(self.folder / "s.npy"), numpy.load(self.folder / "m.npy")
        self.assertEqual((scores.dtype, best.dtype), (numpy.int64, numpy.int64))
        self.assertEqual(scores.tolist(), [[4, 10, 4], [18, 2, 18], [0, 0, 0]])  # each twice, averaged
        self.assertEqual(best.tolist(), [1, 0, 0])  # the lowest index at a tie
        self.assertFalse(list(self.folder.glob("*.part")))

    def test_comparison(self):
        self.assertEqual(self.run_on_images("--layers", "l", "--batch", 2).returncode, 0)
        self.assertEqual(sorted(p.name for p in (self.folder / "l").iterdir()), ["a.npy", "b.npy", "p.npy"])
        self.assertEqual(numpy.load(self.folder / "l/b.npy").tolist(),  # twice the image
                         [[2, 6, 10, 10, 4, 4], [18, 18, 2, 2, 18, 18], [0] * 6])
        for arguments in (("--batch", 1), ("--images", 2)):
            run = self.run_on_images("--compare", "l", *arguments)
            self.assertEqual((run.returncode, run.stderr), (0, ""))
            self.assertIn("all equal", run.stdout)
        words = numpy.load(self.folder / "l/b.npy")
        words[1, 4] += 1
        words[2, 0] -= 1
        numpy.save(self.folder / "l/b.npy", words.astype(numpy.int16))
        run = self.run_on_images("--compare", "l")
        self.assertEqual(run.returncode, sim.CHECK_FAILED)
        self.assertIn("node b, image 1, element 4: expected 18, got 19 (2 of 18 words", run.stdout)
        (self.folder / "l/p.npy").unlink()
        numpy.save(self.folder / "l/b.npy", words[:, :5])
        self.check_bad("l/b.npy: must be integers, [3 or more x 6]", "--compare", "l")

    def check_bad(self, says, *more):
        run = self.run_on_images(*more)
        self.assertEqual((run.returncode, run.stdout), (sim.BAD_INPUT, ""), run.stderr)
        self.assertIn(says, run.stderr)
        self.assertEqual(run.stderr.count("\n"), 1)

    def test_wrong_words(self):
        def change(index, **keys):
            nodes = json.loads(json.dumps(self.nodes))
            nodes[index].update(keys)
            tiny.write_words(self.folder, nodes)
        other = "the network has no node that computes this from the input"
        wrong = ((1, {"residual": {"from": "input", "shift": 0}}, other),
                 (1, {"residual": None}, other), (1, {"input": "input"}, other),
                 (1, {"activation": "identity"}, other), (0, {"activation": "identity"}, other),
                 (1, {"input": "s"}, "'s' is not the name of an earlier node"),
                 (2, {"input": "a"}, other),
                 (2, {"kernel": [2, 2]}, "/kernel is [2, 2], the network says [1, 2]"),
                 (2, {"name": "q"}, "no node of the network has this name"),
                 (0, {"blocks": [block((0, 2), (0, 3))]}, "do not get rows 0 to 3 in order"),
                 (0, {"blocks": [block((0, 3), (0, 2))]}, "do not cover 3 columns once each"),
                 (0, {"blocks": [block((0, 3), (0, 3), s_p=[1, 2])]}, "/s_p must be 3 integers"),
                 (0, {"blocks": [block((0, 3), (0, 3), s_p=-1)]}, "/s_p is -1"),
                 (0, {"scale_exponent": 0.5}, "/scale_exponent is 0.5"))
        for index, keys, says in wrong:
            with self.subTest(says):
                change(index, **keys)
                self.check_bad(says)
        change(2, input="s")  # the addition was merged into b: its name means b
        self.assertEqual(self.run_on_images().returncode, 0)
        tiny.write_words(self.folder, self.nodes, round_mode="SC_NONE")
        self.check_bad("/nmpu/round_mode is 'SC_NONE'")
        tiny.write_words(self.folder, self.nodes, cut=9)
        self.check_bad("cut and round_bits leave -2 fraction bits")
        tiny.write_words(self.folder, self.nodes[:2])
        self.check_bad("the last node is not the network's last, p")

    def test_wrong_files(self):
        self.check_bad("no.json: cannot be read", "--labels", "no.json")
        self.check_bad("images.npy: has 3 images, 4 wanted", "--images", 4)
        self.assertEqual(self.run_on_images("--batch", 0).returncode, sim.BAD_CONFIG)
        run = self.run_on_images("--scores", "no/s.npy")
        self.assertEqual(run.returncode, sim.BAD_OUTPUT)
        self.assertIn("no/s.npy.part: cannot be written", run.stderr)
        tiny.write_images(self.folder, [[1, 2]])
        self.check_bad("images.npy: must be uint8, [n x 6]")
        numpy.save(self.folder / "a_weights.npy", numpy.eye(3))
        self.check_bad("a has weights other than int8 codes")
        (self.folder / "net.json").write_text("{")
        self.check_bad("net.json: ")

    def test_cifar_files(self):
        """The record format follows from the size; the fine label of CIFAR-100 is the second."""
        tiny.write_network(self.folder, [3, 32, 32], [{"name": "p", "op": "global_average_pool",
                                                       "input": "input"}])
        tiny.write_words(self.folder, [{"name": "p", "op": "average_pool", "input": "input", "up": 0}])
        pixels = [10] * 1024 + [30] * 1024 + [20] * 1024
        for head, in (([1],), ([2, 1],)):
            (self.folder / "c.bin").write_bytes(bytes(head + pixels) * 2)
            for name in ("network", "network_float"):
                arguments = ["net.json", "words.json", "c.bin"][::1 if name == "network" else 2]
                run = self.program(name, *arguments, "--scores", "s.npy")
                self.assertEqual((run.returncode, run.stderr), (0, ""))
                self.assertIn("top-1 100.00 % (2 of 2)", run.stdout)
                self.assertEqual(numpy.load(self.folder / "s.npy").tolist(), [[10, 30, 20]] * 2)
        (self.folder / "c.bin").write_bytes(bytes(3075))
        run = self.program("network", "net.json", "words.json", "c.bin")
        self.assertEqual(run.returncode, sim.BAD_INPUT)
        self.assertIn("3075 bytes are not whole CIFAR records", run.stderr)
