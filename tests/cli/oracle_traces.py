#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Traces hold all that is needed to compute every output again: scripts/oracle/check_trace.py does, and shares
no code with the simulator. A workload of several layers writes one trace each."""
import sys

sys.dont_write_bytecode = True

import unittest

import numpy

from support import sim

ENGINES = ("cycle", "function")


class OracleTraces(sim.SimTest):
    def test_tiles(self):
        cases = [("tiny_4x4", [], 8, 4), ("tiny_4x4", ["--save", "partial"], 8, 4),
                 ("hermes_256_one_phase", ["--mvms", "6"], 6, 256), ("hermes_256_four_phase", ["--mvms", "6"], 6, 256),
                 ("hermes_256_one_phase", ["--mvms", "4", "--set", "nmpu.activation=relu", "--seed", "3"], 4, 256),
                 ("hermes_256_ldpu", ["--mvms", "6"], 6, 256)]
        for name, more, vectors, columns in cases:
            for engine in ENGINES:
                with self.subTest(name, engine=engine, more=more):
                    self.sim_done(sim.tile(name), "--trace", "t.trace", "--engine", engine, "--quiet", *more)
                    said = self.oracle("check_trace.py", "t.trace")
                    self.assertEqual(said, "%d vectors, %d columns: all outputs recomputed" % (vectors, columns))
        print("%d traces of tiles recomputed" % (2 * len(cases)))

    def test_layers(self):
        """Digits: 360 vectors through two layers; x of the second is y of the first."""
        for engine in ENGINES:
            with self.subTest(engine):
                said = self.sim_done(sim.tile("digits_nmpu"), "--trace", "d.trace", "--engine", engine, "--out", "o",
                                     "--save", "counts,partial", "--quiet")
                self.assertEqual(said, "")
                traces = sorted(path.name for path in self.folder.glob("*.trace"))
                self.assertEqual(traces, ["d.hidden.trace", "d.output.trace"])
                for name, columns in (("hidden", 128), ("output", 10)):
                    self.assertIn("360 vectors, ", self.oracle("check_trace.py", "d.%s.trace" % name))
                    self.assertEqual(numpy.load(self.folder / ("o/counts.%s.npy" % name)).shape, (360, 2, columns))
                    self.assertEqual(numpy.load(self.folder / ("o/partial.%s.npy" % name)).shape, (360, columns))
                report = sim.load_json(self.folder / "o/report.json")
                self.assertEqual([layer["name"] for layer in report["layers"]], ["hidden", "output"])
                self.assert_top1(report)

    def assert_top1(self, report):
        labels = numpy.load(sim.SOURCE / "traces/workloads/digits/test_labels.npy").ravel()
        y = numpy.load(self.folder / "o/y.npy")
        self.assertEqual(y.shape, (len(labels), 10))
        task = report["accuracy"]["task"]
        self.assertEqual(task["n"], len(labels))
        self.assertAlmostEqual(task["top1"], 100.0 * numpy.mean(y.argmax(axis=1) == labels), 9)
        print("digits: top-1 %.2f %% of %d by numpy and by the report" % (task["top1"], task["n"]))


if __name__ == "__main__":
    unittest.main()
