# SPDX-License-Identifier: Apache-2.0
"""Networks with nothing in them, nodes that nobody reads, and files like CIFAR's."""
import numpy

from . import sim
from .network_exact import Recomputed
from .network_zoo import IDEAL, Builder, NetworkRun, every_op, write_cifar


class OddNetworks(Recomputed):
    """What trained networks seldom are; every integer is recomputed all the same."""

    def test_layers_and_channels_of_nothing(self):
        net = every_op()
        stem, hidden = net.nodes[0], net.nodes[13]
        stem["weight_scale"][2] = 0
        stem["batch_norm"][0][5] = 0
        stem["weights"][:, 6] = 0
        hidden["weights"][:] = 0
        self.make(net)
        self.run_and_recompute()

    def test_nodes_that_nobody_reads(self):
        net = every_op()
        net.nodes.insert(4, {"name": "spare", "op": "max_pool", "input": "stem", "kernel": [2, 2]})
        unread = Builder(8, [3, 9, 8])
        unread.conv("unread", "wide", 8, 5, [2, 2])
        net.nodes.insert(7, unread.nodes[0])
        self.make(net)
        self.run_and_recompute()

    def test_calibration_images_without_light(self):
        net = every_op()
        self.make(net)
        numpy.save(self.folder / "data/calibration.npy", numpy.zeros((32, 216), numpy.uint8))
        self.run_network("--variants", "nmpu,float", "--set", "calibration.count=64")
        report = (self.folder / "o/report.json").read_text()
        self.assertNotRegex(report, "(?i)nan|inf[^e]")
        self.assertNotIn('"rel_l2": null', report)

    def test_one_pixel_maps(self):
        net = Builder(9, [7, 1, 1])
        net.conv("a", "input", 7, 9, [1, 1], activation="relu")
        net.conv("b", "a", 9, 9, [3, 3], padding=[1, 1])
        net.add("sum", "add", ["b", "a"])
        net.conv("scores", "sum", 9, 10, [1, 1])
        self.make(net)
        self.run_and_recompute()


class Cifar(NetworkRun):
    """Files like CIFAR's, made here: where they are looked for, and what their labels do."""

    def setUp(self):
        super().setUp()
        net = Builder(6, [3, 32, 32])
        net.conv("down", "input", 3, 6, [8, 8], stride=[8, 8], activation="relu")
        net.add("flat", "flatten", "down")
        net.layer("scores", "flat", 96, 10)
        net.write(self.folder)
        self.images = numpy.random.default_rng(3).integers(0, 256, (50, 3072))
        numpy.save(self.folder / "images.npy", self.images.astype(numpy.uint8))
        self.script("network_float", "images.npy", "--scores", "f.npy")
        self.labels = numpy.load(self.folder / "f.npy").argmax(axis=1)
        (self.folder / "cifar").mkdir()

    def put(self, name, images, labels):
        write_cifar(self.folder / "cifar" / name, images, labels)

    def run_on(self, data, *more, **options):
        words = ["network", "net.json", "--tile", IDEAL, "--data", data, "--variants", "float", "--quiet", "--out", "o"]
        return self.sim(*words, *more, **options)

    def top1(self, *arguments):
        run = self.run_on(*arguments)
        self.assertEqual((run.returncode, run.stderr), (sim.DONE, ""))
        return sim.load_json(self.folder / "o/report.json")["float"]["top1"]

    def test_folder_and_file(self):
        self.put("test_batch.bin", self.images, self.labels)
        run = self.run_on("cifar10:cifar")
        self.assertEqual(run.returncode, sim.BAD_INPUT)
        self.assertIn("cifar: has no training images to calibrate with: put calibration_512.bin or data_batch_1.bin there",
                      run.stderr)
        self.put("data_batch_1.bin", 255 - self.images[:40], numpy.zeros(40))
        self.assertEqual(self.top1("cifar10:cifar"), 100.0)
        self.assertEqual(self.top1("cifar10:cifar/test_batch.bin", "--images", "7"), 100.0)
        self.put("other.bin", self.images, (self.labels + (numpy.arange(50) < 10)) % 10)
        self.assertEqual(self.top1("cifar10:cifar/other.bin"), 80.0)
        run = self.run_on("cifar10:cifar/other.bin", "--calibration", "cifar/test_batch.bin")
        self.assertEqual(run.returncode, sim.BAD_INPUT, "a copy of the test images")
        self.assertIn("cifar/test_batch.bin: has 50 of 50 images that are test images", run.stderr)
        run = self.run_on("cifar10:cifar/data_batch_1.bin")
        self.assertEqual(run.returncode, sim.BAD_CONFIG, "the batch beside the test images is the test set itself")
        self.assertIn("--calibration: names the test images", run.stderr)

    def test_wrong_labels_and_few_images(self):
        self.put("data_batch_1.bin", self.images[:31], numpy.zeros(31))
        self.put("test_batch.bin", self.images, numpy.where(numpy.arange(50) == 13, 10, self.labels))
        run = self.run_on("cifar10:cifar")
        self.assertEqual(run.returncode, sim.BAD_INPUT)
        self.assertIn("test_batch.bin: has label 10 at image 13; the network has 10 classes, labels are 0 to 9", run.stderr)
        run = self.run_on("cifar10:cifar", "--images", "13")
        self.assertEqual(run.returncode, sim.BAD_INPUT)
        self.assertIn("data_batch_1.bin: has 31 images, at least 32 are needed to calibrate", run.stderr)
