#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The repeatability that every run reports: exact without noise, the parts of the error with it, the same in both
engines, and no effect on anything else."""
import sys

sys.dont_write_bytecode = True

import math
import unittest

import numpy

from support import sim

HERMES, TINY, IDEAL = sim.tile("hermes_256_one_phase"), sim.tile("tiny_4x4"), sim.tile("ideal_256")
DIGITS = sim.tile("digits_nmpu")
QUICK = ["--mvms", "16", "--set", "calibration.count=256"]


class Repeatability(sim.SimTest):
    def measured(self, *arguments):
        self.sim_done(*arguments, "--quiet", "--out", "o")
        report = sim.load_json(self.folder / "o/report.json")
        return report.get("repeatability"), report["accuracy"]["mvm"]

    def test_noise_off(self):
        for config in (IDEAL, TINY, sim.tile("frozen_256_one_phase"), sim.tile("digits_ideal")):
            for engine in ("cycle", "function"):
                found, _ = self.measured(config, "--engine", engine)
                self.assertEqual((found["identical_share"], found["thermal_rms_lsb"]), (1.0, 0.0), config)

    def test_parts_make_the_error(self):
        """Fixed part, noise and the rounding to words (1/12) are what the error of the run is made of: other vectors
        of the same chip, so within 3 %. Fields say what was read, in both engines alike."""
        arguments = [HERMES, "--set", "repeatability.vectors=64"]
        found, error = self.measured(*arguments, "--engine", "function")
        self.assertEqual((found["runs"], found["vectors"], found["outputs"]), (4, 64, 64 * 256))
        parts = math.sqrt(found["static_rms_lsb"]**2 + found["thermal_rms_lsb"]**2 + 1 / 12)
        self.assertAlmostEqual(parts / error["rmse_lsb"], 1.0, delta=0.03)
        self.assertTrue(0 < found["identical_share"] < 0.1)
        self.assertEqual(self.measured(*arguments, "--engine", "cycle")[0], found)
        for level in sim.simd_levels():
            self.assertEqual(self.measured(*arguments, "--engine", "function", "--threads", "2", "--simd", level)[0], found)

    def test_read_seed_changes_the_noise_alone(self):
        """16,384 outputs of the same chip: the fixed part and the size of the noise are the same within 2 %, the
        reads are others."""
        path = self.write_workload("w", numpy.random.default_rng(3).integers(-127, 128, (64, 256)).astype(numpy.int8),
                                   numpy.random.default_rng(4).integers(-127, 128, (256, 256)).astype(numpy.int8))
        found = [self.measured(HERMES, "--engine", "function", "--workload", path, "--set", "repeatability.vectors=64",
                               "--set", "seed.read=%d" % seed, "--set", "calibration.count=512")[0] for seed in (1, 2, 3)]
        for one in found[1:]:
            self.assertAlmostEqual(one["static_rms_lsb"] / found[0]["static_rms_lsb"], 1.0, delta=0.02)
            self.assertAlmostEqual(one["thermal_rms_lsb"] / found[0]["thermal_rms_lsb"], 1.0, delta=0.02)
            self.assertNotEqual(one["thermal_rms_lsb"], found[0]["thermal_rms_lsb"])

    def test_off(self):
        for runs in ("0", "1"):
            self.assertIsNone(self.measured(TINY, "--set", "repeatability.runs=" + runs)[0])
            self.assertNotIn("Repeatability", (self.folder / "o/report.txt").read_text())
        text = self.sim_done(TINY, "--set", "repeatability.runs=5", "--out", "o")
        self.assertIn("the same vectors again, 5 times", text)

    def test_layers_and_few_vectors(self):
        found, _ = self.measured(DIGITS, "--engine", "function", "--set", "repeatability.vectors=3")
        self.assertEqual((found["vectors"], found["outputs"]), (6, 3 * (128 + 10)))
        found, _ = self.measured(TINY, "--mvms", "2")
        self.assertEqual((found["vectors"], found["outputs"]), (2, 8))

    def test_is_of_the_first_age(self):
        first, _ = self.measured(HERMES, *QUICK)
        aged, _ = self.measured(HERMES, *QUICK, "--set", "ageing.schedule_s=[1e6]")
        self.assertEqual(first, aged)

    def test_changes_nothing_else(self):
        self.measured(HERMES, *QUICK, "--set", "repeatability.runs=0")
        without = (self.folder / "o/y.npy").read_bytes()
        self.measured(HERMES, *QUICK, "--set", "repeatability.runs=9")
        self.assertEqual((self.folder / "o/y.npy").read_bytes(), without)


if __name__ == "__main__":
    unittest.main()
