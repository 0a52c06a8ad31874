#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""scripts/plot_adc.py: the four figures, the same bytes on a second run, and its error messages."""
import sys

sys.dont_write_bytecode = True

import json
import os
import subprocess
import unittest

from support import sim

CURVES = sim.SOURCE / "configs/curves"
FIGURES = {name + end for name in ("transfer", "inl", "dnl", "spread") for end in (".png", ".svg")}


class PlotAdc(sim.SimTest):
    def plot(self, *arguments, **environment):
        command = ["/usr/bin/python3", "-B", sim.SOURCE / "scripts/plot_adc.py", *arguments]
        return subprocess.run([str(word) for word in command], cwd=self.folder, text=True, timeout=300,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=dict(os.environ, **environment))

    def plot_done(self, *arguments):
        run = self.plot(*arguments)
        self.assertEqual((run.returncode, run.stderr), (0, ""), arguments)

    def assert_stops(self, run, code, *words):
        self.assertEqual(run.returncode, code, run.stderr)
        self.assertEqual(len(run.stderr.strip().split("\n")), 1, "one line: " + run.stderr)
        for word in words:
            self.assertIn(word, run.stderr)

    def test_files(self):
        """From a CSV and from the JSON of the same curves: four figures, two formats, the same bytes."""
        self.plot_done(CURVES / "esp32_sweep.csv", "--sim", sim.SIM, "--out", "one")
        (self.folder / "m.json").write_text(self.sim_done("adc", CURVES / "esp32_sweep.csv", "--json", "--full"))
        self.plot_done("m.json", "--out", "two")
        one, two = (sim.files_in(self.folder / name) for name in ("one", "two"))
        self.assertEqual(set(one), FIGURES)
        for name, data in one.items():
            self.assertGreater(len(data), 10000, name)
            self.assertEqual(data, two[name], name + " differs on a second run")
            self.assertTrue(data.startswith(b"\x89PNG" if name.endswith("png") else b"<?xml"), name)

    def test_many_curves(self):
        """256 columns of two polarities, thin lines and percentiles; an SVG of at most 3 MB, the same again."""
        for out in ("one", "two"):
            self.plot_done(CURVES / "hermes_like_256.csv", "--sim", sim.SIM, "--out", out)
        one, two = (sim.files_in(self.folder / name) for name in ("one", "two"))
        self.assertEqual(one, two)
        self.assertEqual(set(one), FIGURES)
        self.assertLess(max(len(data) for data in one.values()), 3_000_000)

    def test_messages(self):
        curves = CURVES / "esp32_sweep.csv"
        self.assert_stops(self.plot("no.csv", "--sim", sim.SIM), sim.BAD_INPUT, "no.csv: cannot be read")
        self.assert_stops(self.plot("no.json"), sim.BAD_INPUT, "no.json: cannot be read")
        self.assert_stops(self.plot(curves, "--sim", "./nosim"), 2, "./nosim", "--sim")
        (self.folder / "short.json").write_text(self.sim_done("adc", curves, "--json"))
        self.assert_stops(self.plot("short.json"), sim.BAD_INPUT, "short.json", "--full")
        (self.folder / "other.json").write_text(json.dumps({"format": "aimc-adc-metrics/1"}))
        self.assert_stops(self.plot("other.json"), sim.BAD_INPUT, "other.json", "aimc-adc-metrics/2")
        (self.folder / "broken.json").write_text("{")
        self.assert_stops(self.plot("broken.json"), sim.BAD_INPUT, "broken.json: not JSON")
        (self.folder / "file").write_text("")
        self.assert_stops(self.plot(curves, "--sim", sim.SIM, "--out", "file"), sim.BAD_OUTPUT, "file/transfer")

    def test_without_matplotlib(self):
        (self.folder / "matplotlib.py").write_text("raise ImportError(name='matplotlib')\n")
        run = self.plot(CURVES / "esp32_sweep.csv", "--sim", sim.SIM, PYTHONPATH=str(self.folder))
        self.assert_stops(run, 2, "matplotlib is missing: apt install python3-matplotlib")


if __name__ == "__main__":
    unittest.main()
