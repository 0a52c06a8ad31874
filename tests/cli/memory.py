#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A run's memory does not grow with its MVMs, and one tile of 256 x 256 stays below 50 MB. Peaks are VmHWM of whole
processes."""
import sys

sys.dont_write_bytecode = True

import unittest

from support import sim

SMALL = [sim.tile("tiny_4x4"), "--set", "tile.rows=16", "--set", "tile.cols=16"]
HERMES = [sim.tile("hermes_256_one_phase")]
GROWTH_MB, MOST_MB = 1.0, 50.0


@unittest.skipIf(sim.SANITIZED, "sanitizers keep memory of their own")
class Memory(sim.SimTest):
    def peak_mb(self, *arguments):
        """Of one process, as it says itself: what wait4() says includes this interpreter, before exec()."""
        self.sim_done(*arguments, "--out", "o", "--quiet")
        return sim.load_json(self.folder / "o/report.json")["host"]["peak_rss_mb"]

    def assert_flat(self, *arguments, few=20000, many=400000):
        """Twenty times the MVMs, not a megabyte more."""
        peaks = [self.peak_mb(*arguments, "--mvms", str(mvms)) for mvms in (few, many)]
        print("figure: %s: %.2f MB for %d MVMs, %.2f MB for %d" % (" ".join(arguments[-2:]), peaks[0], few, peaks[1],
                                                                   many))
        self.assertLess(peaks[0], 30.0)
        self.assertLess(peaks[1] - peaks[0], GROWTH_MB)

    def test_flat(self):
        for engine in ("function", "cycle"):
            with self.subTest(engine):
                self.assert_flat(*SMALL, "--save", "counts,partial", "--engine", engine)

    def test_flat_with_threads(self):
        self.assert_flat(*SMALL, "--engine", "function", "--threads", "2")

    def test_flat_with_reads_of_several_lengths(self):
        self.assert_flat(*SMALL, "--engine", "function", "--set", "read.mode=four_phase", "--set",
                         "read.skip_empty_phases=true", few=10000, many=200000)

    def test_one_large_tile(self):
        for engine in ("function", "cycle"):
            peak = self.peak_mb(*HERMES, "--mvms", "300", "--engine", engine)
            print("figure: 256 x 256, %s engine: %.1f MB" % (engine, peak))
            self.assertLess(peak, MOST_MB)

    def test_no_arrays(self):
        """Without y.npy nothing on disk grows either; all else is the same."""
        self.sim_done(*SMALL, "--mvms", "50", "--out", "with", "--quiet")
        self.sim_done(*SMALL, "--mvms", "50", "--out", "without", "--quiet", "--no-arrays")
        names = {out: sorted(path.name for path in (self.folder / out).iterdir()) for out in ("with", "without")}
        self.assertEqual(names["without"], [name for name in names["with"] if name != "y.npy"])
        reports = [sim.load_json(self.folder / out / "report.json") for out in names]
        for report in reports:
            report.pop("host")
        self.assertEqual(*reports)


if __name__ == "__main__":
    unittest.main()
