#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""scripts/train/train_resnet.py on the 512 calibration images, with small widths: it runs, goes on, keeps its clips, and
the network file has the accuracy that it reports."""
import sys

sys.dont_write_bytecode = True

import unittest

import numpy

try:
    import torch
except ImportError as error:
    print("skipped: %s (apt install python3-torch)" % error)
    sys.exit(77)

from support import importer
from support.importer import network_file

import cifar

RECORDS = {10: cifar.SHARED / "cifar10/calibration_512.bin", 100: cifar.SHARED / "cifar100/calibration_512.bin"}
for path in RECORDS.values():
    if not path.is_file():
        print("skipped: %s is not there; put the data folder beside the repository as ../shared/data" % path)
        sys.exit(77)


class Training(importer.ImporterTest):
    script = "train/train_resnet.py"

    def arguments(self, net, classes, epochs, *more, state="s.pt"):
        widths = "4,8,8,8" if net == "resnet9" else "4,6,8"
        return ["--net", net, "--widths", widths, "--classes", classes, "--train", RECORDS[classes], "--test",
                RECORDS[classes], "--epochs", epochs, "--batch", 64, "--rate", 0.1, "--state", state, "--dtype",
                "float32", *more]

    def test_networks_have_the_accuracy_they_report(self):
        for net, classes in (("resnet9", 10), ("resnet20", 10), ("resnet20_b", 10), ("resnet32", 100)):
            network = self.imported(*self.arguments(net, classes, 2))
            images, labels = cifar.read_records([RECORDS[classes]], classes)
            scores = network_file.forward(network, images)
            top1 = 100 * (scores.argmax(axis=1) == labels).mean()
            self.assertAlmostEqual(top1, network.float_top1, delta=100.5 / 512)  # one image may tie
            self.assertEqual((scores.shape[1], network.input_scale), (classes, 1 / 64))

    def test_hardware_aware_and_going_on(self):
        def widest(network):
            weights = [arrays["weights"] for arrays in network.arrays.values() if arrays]
            return max(numpy.abs(w).max() / w.std() for w in weights)
        self.assertGreater(widest(self.imported(*self.arguments("resnet9", 10, 1))), 1.7)
        tuned = ["--noise", 0.06, "--clip-sigma", 1.0]
        self.imported(*self.arguments("resnet9", 10, 1, *tuned))
        first = torch.load(self.folder / "s.pt")
        network = self.imported(*self.arguments("resnet9", 10, 2, *tuned, "--resume"))
        self.assertEqual((first["epoch"], torch.load(self.folder / "s.pt")["epoch"]), (1, 2))
        self.assertLess(widest(network), 1.5)  # 1.0 before the clip, which made the sd smaller
        before = (self.folder / "net.json").read_bytes()
        self.imported(*self.arguments("resnet9", 10, 2, *tuned, "--resume"))  # nothing is left to do
        self.assertEqual((self.folder / "net.json").read_bytes(), before)
        self.imported(*self.arguments("resnet9", 10, 1, "--bfloat16", "--init", "s.pt", state="t.pt"))

    def test_mistakes(self):
        self.imported(*self.arguments("resnet9", 10, 1))
        self.refused("s.pt: is no state of this network", *self.arguments("resnet32", 100, 1, "--resume"))
        self.refused("no.pt: cannot be read", *self.arguments("resnet9", 10, 1, "--init", "no.pt"))
        self.refused("must be a whole number of records of 3074", *self.arguments("resnet9", 10, 1, "--classes", 100))
        self.refused("no/s.pt", *self.arguments("resnet9", 10, 1, state="no/s.pt"), code=5)
        self.refused("--widths must be 3 numbers", *self.arguments("resnet32", 10, 1, "--widths", "4,4"), code=2)


if __name__ == "__main__":
    unittest.main()
