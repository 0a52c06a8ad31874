#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""scripts/plot_sweep.py: draws the same pictures twice, of the figures that were asked for; says what it cannot do."""
import sys

sys.dont_write_bytecode = True

import json
import os
import subprocess
import unittest

from support import sim
from support.sweeps import Sweep

PLOT = sim.SOURCE / "scripts/plot_sweep.py"
sys.path.insert(0, str(PLOT.parent))

import sweep_results


class Plot(Sweep):
    def plot(self, *arguments):
        return subprocess.run([sys.executable, "-B", str(PLOT)] + [str(a) for a in arguments], cwd=self.folder,
                              text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120,
                              env=dict(os.environ, MPLCONFIGDIR=str(self.folder / "mpl")))

    def two_axes(self, **more):
        """y = whole; two axes, a derived key and a walk."""
        return self.write(**dict({
            "set": {"calibration.method": "least_squares", "calibration.count": 40},
            "axes": [{"key": "nmpu.scale_fraction", "values": [6, 7]}, {"name": "kept", "values": [0, 1, 2]},
                     {"keys": {"nmpu.round_mode": ["SC_TRN", "SC_RND"], "nmpu.final_round_mode": ["SC_TRN", "SC_RND"]}}],
            "derive": {"nmpu.cut": "nmpu.scale_fraction - kept"}}, **more))

    def test_pictures(self):
        self.sim_done("sweep", self.two_axes(), "--out", "o", "-q")
        for number, more in enumerate(([], ["--x", "kept", "--y", "scale_fraction", "--metric", "enob"],
                                       ["--x", "cut", "--y", "nmpu.final_round_mode", "--cost", "adder_bits"],
                                       ["--fix", "round_mode=SC_TRN"], ["--heat-map", "no"])):
            drawn = []
            for folder in ("first", "second"):
                out = "%s%d" % (folder, number)
                run = self.plot("o/results.json", "--out", out, *more)
                self.assertEqual((run.returncode, run.stderr), (0, ""), more)
                drawn.append(sim.files_in(self.folder / out))
            names = ["front.png"] if "no" in more else ["front.png", "heat_map.png"]
            self.assertEqual(sorted(drawn[0]), names)
            self.assertEqual(drawn[0], drawn[1])
            for data in drawn[0].values():
                self.assertTrue(data.startswith(b"\x89PNG"))

    def test_what_is_on_a_map(self):
        """Cells are rows of the table; the other axes are where the objective is best."""
        self.sim_done("sweep", self.two_axes(), "--out", "o", "-q")
        sweep = sweep_results.Sweep(self.folder / "o/results.json")
        self.assertEqual(sweep_results.chosen_axes(sweep, None, None), ("nmpu.scale_fraction", "kept"))
        rows, fixed = sweep_results.held(sweep, "kept", "nmpu.scale_fraction", [])
        cells = sweep_results.best_cells(sweep, rows, "kept", "nmpu.scale_fraction")
        self.assertEqual(sorted(cells), [(k, f) for k in (0, 1, 2) for f in (6, 7)])
        self.assertEqual(fixed, {"nmpu.final_round_mode": sweep.best["nmpu.final_round_mode"]})
        self.assertEqual(sweep.best["mvm_rel_l2"], min(row["mvm_rel_l2"] for row in sweep.rows))
        for (kept, fraction), row in cells.items():
            self.assertEqual((row["kept"], row["nmpu.scale_fraction"]), (kept, fraction))
            self.assertEqual(row["nmpu.round_mode"], sweep.best["nmpu.round_mode"])
        rows, fixed = sweep_results.held(sweep, "kept", "nmpu.scale_fraction", ["nmpu.round_mode=SC_TRN"])
        self.assertEqual({row["nmpu.final_round_mode"] for row in rows}, {"SC_TRN"})
        self.assertEqual(sweep.label("nmpu.round_mode"), "nmpu.round_mode = nmpu.final_round_mode")
        self.assertEqual(sweep.label("nmpu.scale_fraction"), "nmpu.scale_fraction [bit]")

    def test_odd_sweeps(self):
        """Holes, a list of points, two post units, one point, incomplete."""
        cases = [dict(set={}, derive={}, invalid="skip", axes=[{"key": "nmpu.cut", "values": [3, 5]},
                                                               {"key": "nmpu.round_bits", "values": [0, 3]}]),
                 dict(set={}, axes=[{"key": "post", "values": ["nmpu", "ldpu"]},
                                    {"key": "controller.double_buffered", "values": [True, False]}], derive={},
                      objective="tops"),
                 dict(set={}, axes=[{"key": "nmpu.lanes", "values": [1, 2]}, {"key": "nmpu.fill", "values": [0, 1]}],
                      points=[{"nmpu.lanes": 4}], derive={})]
        for number, case in enumerate(cases):
            self.sim_done("sweep", self.two_axes(**case), "--out", "o%d" % number, "-q")
            run = self.plot("o%d/results.json" % number)
            self.assertEqual((run.returncode, run.stderr), (0, ""), case)

    def test_mistakes(self):
        (self.folder / "other.json").write_text('{"format": "aimc-report/1"}')
        (self.folder / "cut.json").write_text('{"format": "aimc-sweep-results/1", "rows": [[1]]}')
        (self.folder / "text.json").write_text("{")
        (self.folder / "file").write_text("mine")
        self.sim_done("sweep", self.two_axes(), "--out", "o", "-q")
        self.sim_done("sweep", self.write("line.json", axes=[{"key": "nmpu.lanes", "values": [1, 2]}]), "--out", "l",
                      "-q")
        empty = sim.load_json(self.folder / "o/results.json")
        (self.folder / "empty.json").write_text(json.dumps(dict(empty, rows=[], fronts=[])))
        good = "o/results.json"
        before = sim.files_in(self.folder)
        for arguments, code, words in ((["none.json"], 3, "none.json: cannot be read"), (["text.json"], 3, "not JSON"),
                                       (["other.json"], 3, "aimc-sweep-results/1"), (["cut.json"], 3, "is not whole"),
                                       (["empty.json"], 3, "no point with a value of mvm_rel_l2"), ([], 2, "usage"),
                                       ([good, "--x", "lanes"], 2, "--x lanes: must be one of"),
                                       ([good, "--x", "kept", "--y", "kept"], 2, "are one axis"),
                                       ([good, "--x", "round_mode", "--y", "final_round_mode"], 2, "are one axis"),
                                       ([good, "--metric", "error"], 2, "--metric error: must be"),
                                       ([good, "--cost", "enob"], 2, "--cost enob: must be one of hardware_bits"),
                                       ([good, "--fix", "kept"], 2, "must be AXIS=VALUE"),
                                       ([good, "--fix", "kept=9"], 2, "must be one of 0, 1, 2"),
                                       ([good, "--fix", "cut=7", "--fix", "kept=1"], 2, "no point has all"),
                                       (["l/results.json"], 2, "needs two axes"),
                                       ([good, "--out", "file"], 5, "file")):
            with self.subTest(arguments=arguments):
                run = self.plot(*arguments)
                self.assertEqual(run.returncode, code, run.stderr)
                self.assertIn(words, run.stderr)
                self.assertNotIn("Traceback", run.stderr)
                left = {n: d for n, d in sim.files_in(self.folder).items() if not n.startswith("mpl")}
                self.assertEqual(left, before)


if __name__ == "__main__":
    unittest.main()
