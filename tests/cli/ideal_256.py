#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The ideal tile equals an integer matrix-vector product, bit for bit: 1,000 random vectors times random int8
weights, both engines, both read modes. Half of the vectors are small enough for 90 % of |Wx| to fit in 8 bits,
so that y is compared where it does not saturate."""
import sys

sys.dont_write_bytecode = True

import unittest

import numpy

from support import sim

ROWS, COLS, HALF = 256, 256, 500
SEED = 20240607


def vectors_and_weights():
    """x [1000 x 256], W [256 x 256], int8 codes -127 .. 127. One weight in ten is uniform over all codes, the others
    are normal with sd 9: sd 25 together. The first half of x has 2 to 10 entries of +-1 each, the second is uniform."""
    rng = numpy.random.default_rng(SEED)
    normal, uniform = numpy.rint(rng.normal(0, 9, (ROWS, COLS))), rng.integers(-127, 128, (ROWS, COLS))
    weights = numpy.where(rng.random((ROWS, COLS)) < 0.1, uniform, normal).astype(numpy.int8)
    small = numpy.zeros((HALF, ROWS), numpy.int8)
    for x in small:
        n = rng.integers(2, 11)
        x[rng.choice(ROWS, n, replace=False)] = rng.choice([-1, 1], n)
    large = rng.integers(-127, 128, (HALF, ROWS)).astype(numpy.int8)
    return numpy.concatenate([small, large]), weights


class Ideal256(sim.SimTest):
    def run_and_compare(self, mode, engine):
        """Every count, partial sum and output of one run; returns what the oracle says."""
        inputs, weights = vectors_and_weights()
        for codes in (inputs, weights):
            self.assertEqual((codes.min(), codes.max()), (-127, 127))
        workload = self.write_workload("random", inputs, weights)
        self.sim_done(sim.tile("ideal_256"), "--set", "read.mode=" + mode, "--workload", workload, "--engine", engine,
                      "--save", "counts,partial", "--out", "o", "--quiet")
        y = numpy.load(self.folder / "o/y.npy")
        products = inputs.astype(numpy.int64) @ weights.astype(numpy.int64)
        numpy.testing.assert_array_equal(y, numpy.clip(products, -127, 127))
        share = 100.0 * numpy.mean(numpy.abs(products[:HALF]) <= 127)
        self.assertGreaterEqual(share, 90.0)
        said = self.oracle("check_ideal.py", "--weights", "random_w.npy", "--inputs", "random_x.npy", "--counts",
                           "o/counts.npy", "--partial", "o/partial.npy", "--y", "o/y.npy")
        self.assertIn("%d vectors, %d columns" % (2 * HALF, COLS), said)
        self.assertIn("%.2f %% of the first half" % share, said)
        report = sim.load_json(self.folder / "o/report.json")
        self.assertEqual((report["workload"]["mvms"], report["engine"]), (2 * HALF, engine))
        self.assertEqual(report["accuracy"]["mvm"]["rel_l2"], 0.0)
        interval = {"one_phase": 133, "four_phase": 521}[mode]
        self.assertEqual(report["throughput"]["initiation_interval_cycles"], interval)
        print("%s, %s: %s" % (mode, engine, said))

    def test_one_phase_cycle(self):
        self.run_and_compare("one_phase", "cycle")

    def test_one_phase_function(self):
        self.run_and_compare("one_phase", "function")

    def test_four_phase_cycle(self):
        self.run_and_compare("four_phase", "cycle")

    def test_four_phase_function(self):
        self.run_and_compare("four_phase", "function")


if __name__ == "__main__":
    unittest.main()
