#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""ResNet-20 for CIFAR-10 (He et al. 2016) with option-A and option-B shortcuts, as .npz and as ONNX: both files become
the same network, `sim network` computes every integer of it, and its float answers are those of a float64 run.

The weights are random: there is no training set here, so nothing is said of its accuracy."""
import sys

sys.dont_write_bytecode = True

import unittest

import numpy

try:
    import onnx  # noqa: F401
except ImportError:
    print("skipped: python3-onnx is not installed (apt install python3-onnx)")
    sys.exit(77)

from support import importer, sim
from support.importer import network_file
from support.network_zoo import FOUR_PHASE, IDEAL, write_images
from support.resnets import OnnxResnet, folded, random_arrays

NETS = {"A": "resnet20", "B": "resnet20_b"}
SEED, IMAGES = 20, 2
#: Source: facts, channel means and standard deviations of CIFAR-10
MEAN, DEVIATION = (0.49140, 0.48216, 0.44653), (0.24703, 0.24349, 0.26159)
#: rows of each layer: 3 x 3 x input channels. Source: He et al. 2016, section 4.2, n = 3, widths 16, 32, 64
ROWS = [27] + [144] * 6 + [144] + [288] * 5 + [288] + [576] * 5 + [64]
POSITIONS = [1024] * 7 + [256] * 6 + [64] * 6 + [1]
ROW_TILES = {27: 1, 64: 1, 144: 1, 288: 2, 576: 3}  # of 256 rows
PARAMETERS = 0.27e6  # Source: He et al. 2016, table 6: ResNet-20
MAC = 40.6e6  # of the 3 x 3 convolutions and the linear layer: sum of rows x columns x positions
LITTLE = ["--set", "calibration.count=64", "--quiet"]


class Resnet20(importer.ImporterTest):
    def put(self, option):
        """The same weights in both files."""
        arrays = random_arrays(NETS[option], SEED)
        numpy.savez(self.folder / "net.npz", net=NETS[option], input_scale=1 / 64, **folded(arrays))
        OnnxResnet(NETS[option], arrays).save(self.folder / "net.onnx")

    def onnx(self, *arguments, out="net.json"):
        run = self.run_script(*arguments, "--out", out, script="import_onnx.py")
        self.assertEqual((run.returncode, run.stderr), (0, ""))
        return network_file.read_network(self.folder / out), run.stdout

    def both(self, option, dtype):
        """The networks of both files; net.json is that of the ONNX model."""
        self.put(option)
        of_npz = self.imported("net.npz", "--dtype", dtype, out="of_npz.json")
        of_onnx, said = self.onnx("net.onnx", "--input-scale", "1/64", "--dtype", dtype)
        self.assertIn("note: net.onnx: node /out (Softmax) is left out: the largest score stays the largest", said)
        return of_npz, of_onnx

    def test_both_files_are_the_same_network(self):
        images = numpy.random.default_rng(3).integers(0, 256, (4, 3072), dtype=numpy.uint8)
        for option in NETS:
            of_npz, of_onnx = self.both(option, "float32")
            ops = [[(n["op"], n.get("activation", "identity"), n.get("stride")) for n in network.nodes]
                   for network in (of_npz, of_onnx)]
            self.assertEqual(*ops)
            scores = network_file.forward(of_npz, images, numpy.float64)
            again = network_file.forward(of_onnx, images, numpy.float64)
            self.assertLess(abs(scores - again).max(), 1e-5 * abs(scores).max())
            self.assertGreater(scores.std(axis=0).min(), 1e-3 * abs(scores).max(), "images give scores of their own")

    def plan(self, tile, *more):
        self.sim_done("network", "net.json", "--tile", tile, "--plan", "--quiet", "--out", "p", *more)
        return sim.load_json(self.folder / "p/plan.json")

    def test_layers_and_tiles(self):
        for option, shortcuts in (("A", 0), ("B", 2)):
            _, network = self.both(option, "int8")
            layers = [layer for layer in self.plan(IDEAL)["layers"] if "shortcut" not in layer["name"]]
            sizes = {name: arrays["weights"].shape for name, arrays in network.arrays.items() if arrays}
            main = {name: shape for name, shape in sizes.items() if "shortcut" not in name}
            self.assertEqual((len(main), len(sizes)), (20, 20 + shortcuts))
            self.assertEqual([shape[0] for shape in main.values()], ROWS)
            self.assertEqual([layer["row_tiles"] for layer in layers], [ROW_TILES[rows] for rows in ROWS])
            self.assertEqual([layer["col_tiles"] for layer in layers], [1] * 20)
            macs = sum(r * c * n for (r, c), n in zip(main.values(), POSITIONS))
            self.assertAlmostEqual(macs, MAC, delta=0.005 * MAC)
            self.assertAlmostEqual(sum(r * c for r, c in main.values()), PARAMETERS, delta=0.01 * PARAMETERS)

    def test_every_integer_and_the_float_answers(self):
        write_images(self.folder, 3072, IMAGES)
        for option, more in (("A", []), ("B", ["--set", "nmpu.residual_fraction=4"])):
            self.both(option, "int8")
            self.compute(*more)

    def compute(self, *more):
        """Runs net.json: the float answers, and every integer once more."""
        self.oracle("network_float.py", "net.json", "data/images.npy", "--scores", "f.npy")
        answers = numpy.load(self.folder / "f.npy").argmax(axis=1)
        numpy.save(self.folder / "data/labels.npy", answers.astype(numpy.int32))
        self.sim_done("network", "net.json", "--tile", IDEAL, "--data", "npy:data", "--images", str(IMAGES), "--variants",
                      "nmpu,float", "--save", "layers,words,scores", "--out", "o", *LITTLE, *more, timeout=300)
        report = sim.load_json(self.folder / "o/report.json")
        self.assertEqual(report["float"]["top1"], 100.0, "labels are the float64 answers")
        said = self.oracle("network.py", "net.json", "o/words_nmpu.json", "data/images.npy", "--images", str(IMAGES),
                           "--compare", "o/layers_nmpu", "--scores", "s.npy")
        self.assertIn("all equal", said)
        scores = numpy.load(self.folder / "o/scores_nmpu.npy")
        numpy.testing.assert_array_equal(scores, numpy.load(self.folder / "s.npy"))

    def test_a_normalised_image(self):
        """Its zeros are codes of the mean: every integer again, with a mean that is far from 0."""
        write_images(self.folder, 3072, IMAGES)
        arrays = random_arrays("resnet20", SEED)
        mean, deviation = numpy.reshape(MEAN, (1, 3, 1, 1)), numpy.reshape(DEVIATION, (1, 3, 1, 1))
        OnnxResnet("resnet20", arrays, [("Sub", mean), ("Div", deviation)]).save(self.folder / "net.onnx")
        network, _ = self.onnx("net.onnx", "--input-scale", "1/255", "--dtype", "int8")
        numpy.testing.assert_allclose(network.nodes[0]["padding_value"], MEAN, rtol=1e-6)
        self.compute()
        tiles = next(node for node in sim.load_json(self.folder / "o/words_nmpu.json")["nodes"] if "padding" in node)
        codes = sim.load_json(self.folder / "o/words_nmpu.json")["input"]["codes"]
        for code, value in zip(tiles["padding"], MEAN):
            self.assertLessEqual(abs(code - codes[round(255 * value)]), 1)

    def test_a_tile_with_errors(self):
        write_images(self.folder, 3072, IMAGES)
        self.both("A", "int8")
        self.sim_done("network", "net.json", "--tile", FOUR_PHASE, "--data", "npy:data", "--images", "1", "--out", "o",
                      "--set", "adc.sigma_lsb=0.5", *LITTLE, timeout=300)
        for result in sim.load_json(self.folder / "o/report.json")["results"]:
            self.assertEqual((result["images"], len(result["layers"])), (1, 20))


if __name__ == "__main__":
    unittest.main()
