#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""`sim budget`: the figures agree with a run and with themselves, the same bytes on any threads and SIMD level,
mistakes end with the right code and leave nothing, and the plot is drawn from the file."""
import sys

sys.dont_write_bytecode = True

import math
import os
import signal
import subprocess
import time
import unittest

from support import sim

HERMES, TINY, DIGITS = sim.tile("hermes_256_one_phase"), sim.tile("tiny_4x4"), sim.tile("digits_nmpu")
QUICK = ["--mvms", "16", "--set", "calibration.count=128"]
AGED = ["--set", "device.age_s=86400"]
SOURCES = ["programming", "read_noise", "drift", "ir_drop", "faults", "polarity", "adc_fixed", "adc_noise",
           "quantisation", "nmpu_rounding"]
PLOT = sim.SOURCE / "scripts/plot_budget.py"


class Budget(sim.SimTest):
    def budget(self, config, *more, out="o"):
        """Prints, and gives budget.json back."""
        text = self.sim_done("budget", config, "--out", out, *more)
        self.assertEqual(sorted(sim.files_in(self.folder / out)), ["budget.json", "budget.txt"])
        self.assertEqual((self.folder / out / "budget.txt").read_text(encoding="utf-8"), text)
        self.assertLessEqual(max(len(line) for line in text.splitlines()), 100)
        return sim.load_json(self.folder / out / "budget.json")

    def test_agrees_with_a_run(self):
        """All sources on is what `sim run` reports, to the bit."""
        ports = [(sim.tile(unit + port), []) for unit in ("nmpu", "ldpu") for port in ("_residual", "_partial")]
        for config, post in [(HERMES, []), (HERMES, ["--set", "post=ldpu"]), *ports]:
            budget = self.budget(config, *QUICK, *AGED, *post)
            self.sim_done(config, *QUICK, *AGED, *post, "--engine", "function", "--quiet", "--out", "r")
            report = sim.load_json(self.folder / "r/report.json")["accuracy"]["mvm"]
            layer = budget["layers"][0]
            for key in ("rel_l2", "rmse_lsb", "max_abs_lsb"):
                self.assertEqual(layer["all"][key], report[key])

    def test_json(self):
        budget = self.budget(HERMES, *QUICK, *AGED, "--seed", "7")
        self.assertEqual(budget["format"], "aimc-budget/1")
        self.assertEqual(budget["config"]["name"], "hermes_256_one_phase")
        self.assertEqual((budget["seed"], budget["age_s"]), ({"device": 7, "read": 7}, 86400.0))
        self.assertEqual(budget["workload"]["mvms"], 16)
        layer = budget["layers"][0]
        self.assertEqual([source["name"] for source in layer["sources"]], SOURCES)
        absent = {source["name"]: source["absent"] for source in layer["sources"] if not source["present"]}
        self.assertEqual(sorted(absent), ["faults", "ir_drop", "polarity"])
        self.assertEqual(absent["ir_drop"], "crossbar.ir_drop is none")
        there = {source["name"]: source for source in layer["sources"] if source["present"]}
        self.assertEqual(there["quantisation"]["alone"], layer["quantisation_only"])
        total = sum(source["share"] for source in there.values()) + layer["residue"] + layer["interaction"]
        self.assertTrue(math.isclose(total, 1.0, abs_tol=1e-12), total)
        for name, source in there.items():
            share = 1 - (source["without"]["rmse_lsb"] / layer["all"]["rmse_lsb"]) ** 2
            self.assertTrue(math.isclose(source["share"], share, abs_tol=1e-9), name)
        self.assertLess(layer["none"]["rmse_lsb"], 0.1)
        self.assertGreater(there["programming"]["share"], there["nmpu_rounding"]["share"])

    def test_same_bytes(self):
        self.sim_done("budget", HERMES, *QUICK, "--out", "first", "--quiet")
        first = sim.files_in(self.folder / "first")
        for more in ([], ["--threads", "2"], ["--simd", "scalar"], ["--simd", "scalar", "--threads", "3"]):
            self.sim_done("budget", HERMES, *QUICK, "--out", "again", "--quiet", *more)
            self.assertEqual(sim.files_in(self.folder / "again"), first, more)

    def test_sources_that_are_not_there(self):
        text = self.sim_done("budget", TINY)
        self.assertIn("absent: programming (device.model is ideal), read_noise", text)
        budget = sim.load_json(self.folder / "out/tiny_4x4/budget.json")
        self.assertEqual(budget["workload"]["mvms"], 256)
        self.assertIsNone(budget["layers"][0]["interaction"])  # no error at all: nothing to share

    def test_several_layers(self):
        budget = self.budget(DIGITS, "--set", "calibration.count=128")
        self.assertEqual([layer["name"] for layer in budget["layers"]], ["hidden", "output"])
        for layer in budget["layers"]:
            self.assertLess(layer["quantisation_only"]["rmse_lsb"], layer["all"]["rmse_lsb"])

    def test_mistakes(self):
        (self.folder / "file").write_text("mine")
        (self.folder / "broken.json").write_text("{")
        cases = [([sim.tile("frozen_256_one_phase")], sim.BAD_CONFIG, "/chip is a frozen chip"),
                 ([HERMES, "--set", "calibration.file=affine.json"], sim.BAD_CONFIG, "/calibration/file is given"),
                 (["none.json"], sim.BAD_CONFIG, "none.json"),
                 (["broken.json"], sim.BAD_CONFIG, "broken.json"),
                 ([], sim.BAD_CONFIG, "CONFIG is required"),
                 ([HERMES, "--mvms", "0"], sim.BAD_CONFIG, "/workload/mvms"),
                 ([HERMES, "--threads", "0"], sim.BAD_CONFIG, "--threads"),
                 ([HERMES, "--engine", "cycle"], sim.BAD_CONFIG, "--engine"),
                 ([TINY, "--workload", "none.json"], sim.BAD_INPUT, "none.json"),
                 ([TINY, "--set", "calibration.method=least_squares", "--set",
                   "calibration.vectors=representative"], None, "representative"),
                 ([TINY, "--out", "file"], sim.BAD_OUTPUT, "is not a folder"),
                 ([TINY, "--out", "/proc/aimc"], sim.BAD_OUTPUT, "/proc/aimc")]
        before = sim.files_in(self.folder)
        for arguments, code, words in cases:
            with self.subTest(arguments=arguments):
                run = self.sim("budget", *arguments)
                self.assertIn(run.returncode, (sim.BAD_CONFIG, sim.BAD_INPUT) if code is None else (code,), run.stderr)
                self.assertIn(words, run.stderr)
                self.assertEqual((run.stdout, sim.files_in(self.folder)), ("", before))

    def test_interrupt(self):
        command = [sim.SIM, "budget", HERMES, "--mvms", "200000", "--out", "o"]
        for threads in ("1", "2"):
            run = subprocess.Popen(command + ["--threads", threads], cwd=self.folder, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, text=True)
            self.addCleanup(lambda process=run: process.poll() is None and process.kill())
            give_up = time.monotonic() + 15
            while not self.catches_interrupts(run.pid):
                self.assertLess(time.monotonic(), give_up, "no signal handler after 15 s")
                time.sleep(0.01)
            time.sleep(0.3)
            run.send_signal(signal.SIGINT)
            out, err = run.communicate(timeout=30)
            self.assertEqual((run.returncode, out), (sim.INTERRUPTED, ""))
            self.assertEqual(err, "sim: interrupted, no budget is written\n")
            self.assertEqual(sim.files_in(self.folder), {})

    @staticmethod
    def catches_interrupts(pid):
        with open("/proc/%d/status" % pid, encoding="ascii") as status:
            mask = next(line for line in status if line.startswith("SigCgt:")).split()[1]
        return int(mask, 16) >> (signal.SIGINT - 1) & 1


class Plot(sim.SimTest):
    def plot(self, *arguments):
        return subprocess.run([sys.executable, "-B", str(PLOT)] + [str(a) for a in arguments], cwd=self.folder,
                              text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120,
                              env=dict(os.environ, MPLCONFIGDIR=str(self.folder / "mpl")))

    def test_draws_the_same_twice(self):
        for name, config in (("one", HERMES), ("two", DIGITS), ("none", TINY)):
            more = ["--set", "calibration.count=128"] if config == DIGITS else QUICK if config == HERMES else []
            self.sim_done("budget", config, "--out", name, "--quiet", *more)
            drawn = []
            for folder in ("first", "second"):
                run = self.plot(self.folder / name / "budget.json", "--out", folder)
                self.assertEqual((run.returncode, run.stderr), (0, ""))
                drawn.append(sim.files_in(self.folder / folder))
            self.assertEqual(sorted(drawn[0]), ["budget.png", "budget.svg"])
            self.assertEqual(drawn[0], drawn[1])
            self.assertTrue(drawn[0]["budget.png"].startswith(b"\x89PNG"))
            if config != TINY:
                self.assertIn(b"programming", drawn[0]["budget.svg"])

    def test_mistakes(self):
        (self.folder / "other.json").write_text('{"format": "aimc-report/1"}')
        (self.folder / "cut.json").write_text('{"format": "aimc-budget/1", "layers": [{}]}')
        (self.folder / "file").write_text("mine")
        self.sim_done("budget", TINY, "--out", "b", "--quiet")
        before = sim.files_in(self.folder)
        for arguments, code, words in ((["none.json"], 3, "none.json"), (["other.json"], 3, "aimc-budget/1"),
                                       (["cut.json"], 3, "cut.json"), ([], 2, "usage"),
                                       (["b/budget.json", "--out", "file"], 5, "file")):
            with self.subTest(arguments=arguments):
                run = self.plot(*arguments)
                self.assertEqual(run.returncode, code, run.stderr)
                self.assertIn(words, run.stderr)
                self.assertNotIn("Traceback", run.stderr)
                left = {n: d for n, d in sim.files_in(self.folder).items() if not n.startswith("mpl")}
                self.assertEqual(left, before)


if __name__ == "__main__":
    unittest.main()
