#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""One trace, byte for byte, whichever engine, instructions and number of threads wrote it."""
import sys

sys.dont_write_bytecode = True

import unittest

from support import sim

MVMS = 24
TILES = ("tiny_4x4", "hermes_256_one_phase", "hermes_256_four_phase", "hermes_256_ldpu")
KINDS = ("pim_native_7b", "pim_differential_7b", "pim_bit_serial_7b", "digital_128")


class Determinism(sim.SimTest):
    def trace(self, name, *arguments):
        self.sim_done(sim.tile(name), "--mvms", MVMS, "--trace", "t.trace", "--out", "o", "--quiet", *arguments)
        return (self.folder / "t.trace").read_bytes(), (self.folder / "o/y.npy").read_bytes()

    def compare(self, name):
        ways = [["--simd", level, "--engine", "cycle"] for level in sim.simd_levels()]
        ways += [["--simd", level, "--engine", "function", "--threads", threads]
                 for threads, level in zip("12312", sim.simd_levels() + ["auto"])]
        ways += [["--engine", "function", "--threads", threads] for threads in "123"]
        first = self.trace(name, *ways[0])
        self.assertEqual(first[0].count(b" out "), MVMS)
        for way in ways[1:]:
            with self.subTest(way):
                self.assertTrue(self.trace(name, *way) == first, "another trace or y")
        print("%s: %d ways, one trace of %d bytes" % (name, len(ways), len(first[0])))

    def test_tiny_4x4(self):
        self.compare(TILES[0])

    def test_hermes_256_one_phase(self):
        self.compare(TILES[1])

    def test_hermes_256_four_phase(self):
        self.compare(TILES[2])

    def test_hermes_256_ldpu(self):
        self.compare(TILES[3])

    def test_other_kinds(self):
        for name in KINDS:
            self.compare(name)

    def test_seeds_matter(self):
        """Or all of this would hold for a run that ignores them."""
        traces = {self.trace(TILES[1], "--set", seed)[0].split(b"# affine 0")[1]
                  for seed in ("seed.read=1", "seed.read=2", "seed.device=2")}
        self.assertEqual(len(traces), 3)


if __name__ == "__main__":
    unittest.main()
