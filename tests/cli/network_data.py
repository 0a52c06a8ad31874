#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A trained ResNet-9 on real CIFAR-10 images: `sim network` runs, and its float answers are those of
scripts/oracle/network_float.py. Left out, with a word why, where the data is not."""
import sys

sys.dont_write_bytecode = True

import pathlib
import unittest

import numpy

from support import sim
from support.network_zoo import FOUR_PHASE, write_cifar

SKIPPED, IMAGES = 77, 20
DATA = sim.SOURCE.parent / "shared/data/cifar10"
NEEDED = {
    sim.SOURCE / "traces/networks/resnet9_cifar10_noise_tuned.json": "it comes with the networks of this project",
    DATA / "test_batch.bin": "unpack https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz and put it there",
    DATA / "calibration_512.bin": "512 records of data_batch_1.bin of the same archive",
}
NETWORK = next(iter(NEEDED))


def missing():
    """(path, how to get it) of the first file that is not there."""
    return next(((path, where) for path, where in NEEDED.items() if not path.is_file()), None)


class RealImages(sim.SimTest):
    def test_float_answers_and_both_units(self):
        records = numpy.fromfile(DATA / "test_batch.bin", numpy.uint8, IMAGES * 3073).reshape(IMAGES, 3073)
        self.oracle("network_float.py", NETWORK, DATA / "test_batch.bin", "--images", str(IMAGES), "--scores", "f.npy")
        answers = numpy.load(self.folder / "f.npy").argmax(axis=1)
        write_cifar(self.folder / "answers.bin", records[:, 1:], answers)
        self.sim_done("network", NETWORK, "--tile", FOUR_PHASE, "--data", "cifar10:answers.bin", "--calibration",
                      DATA / "calibration_512.bin", "--calibration-images", "32", "--set", "calibration.count=256",
                      "--out", "o", "--quiet", timeout=600)
        report = sim.load_json(self.folder / "o/report.json")
        self.assertEqual(report["float"]["top1"], 100.0, "labels are the float64 answers")
        right = 100.0 * numpy.mean(answers == records[:, 0])
        self.assertGreaterEqual(right, 75.0, "of 20 images; the network is right on more than nine of ten")
        for result in report["results"]:
            self.assertEqual(result["images"], IMAGES)
            self.assertGreaterEqual(result["top1"], 75.0, "tiles answer as the float network, nearly always")
            print("figure: %s answers as float does on %.0f %% of %d images" % (result["variant"], result["top1"], IMAGES))


if __name__ == "__main__":
    lacking = missing()
    if lacking:
        print("SKIPPED: %s is missing; %s" % lacking)
        sys.exit(SKIPPED)
    unittest.main()
