#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A run with a schedule of ages: files per age, the same from both engines, and what drift does to the digits."""
import sys

sys.dont_write_bytecode = True

import unittest

import numpy

from support import sim

MONTH = 2592000
DIGITS = sim.tile("digits_nmpu")
SCHEDULE = ["--set", "ageing.schedule_s=[3600,%d]" % MONTH]


class Ageing(sim.SimTest):
    def run_ages(self, config, *more):
        self.sim_done(config, "--out", "out", "--quiet", *SCHEDULE, *more)
        return sim.load_json(self.folder / "out/report.json")

    def test_files_per_age(self):
        self.run_ages(sim.tile("hermes_256_one_phase"), "--mvms", "8", "--engine", "function",
                      "--trace", "out/t.trace", "--save", "counts")
        names = set(sim.files_in(self.folder / "out"))
        for age in (0, 3600, MONTH):
            self.assertLessEqual({"y.age%ds.npy" % age, "counts.age%ds.npy" % age, "t.age%ds.trace" % age}, names)
            self.assertEqual(numpy.load(self.folder / ("out/y.age%ds.npy" % age)).shape, (8, 256))
        self.assertNotIn("y.npy", names)

    def test_engines_agree_at_every_age(self):
        traces = {}
        for engine in ("cycle", "function"):
            self.run_ages(DIGITS, "--engine", engine, "--set", "ageing.compensation=per_column",
                          "--trace", engine + "/t.trace")
            traces[engine] = sim.files_in(self.folder / engine)
        self.assertEqual(len(traces["cycle"]), 6, "two layers, three ages")
        self.assertEqual(traces["cycle"], traces["function"])
        self.assertEqual(len({bytes(text) for text in traces["cycle"].values()}), 6)

    def test_check_picks_an_age(self):
        config = sim.tile("hermes_256_one_phase")
        self.run_ages(config, "--mvms", "4", "--engine", "function", "--trace", "t.trace")
        golden = self.folder / "t.age3600s.trace"
        self.assertIn("agree", self.sim_done("check", config, "--golden", golden, "--layer", "age3600s"))
        wrong = self.sim("check", config, "--golden", golden, "--layer", "age0s")
        self.assertEqual(wrong.returncode, sim.CHECK_FAILED)

    def test_what_drift_does_and_what_it_costs(self):
        """Printed, because users ask: top-1 over time without, with global and with per-column factors."""
        month = {}
        for kind in ("none", "global", "per_column"):
            report = self.run_ages(DIGITS, "--engine", "function", "--set", "ageing.compensation=" + kind)
            ages = report["ageing"]
            self.assertEqual([age["age_s"] for age in ages], [0, 3600, MONTH])
            self.assertEqual(report["accuracy"]["task"]["top1"], ages[0]["top1"])
            month[kind] = ages[-1]
            print("figure: %-10s top-1 %s, worst MVM error %s" % (
                kind, " ".join("%.2f" % age["top1"] for age in ages),
                " ".join("%.2f %%" % (100 * max(l["error"]["rel_l2"] for l in age["layers"])) for age in ages)))
        self.assertEqual((month["none"]["vectors"], month["none"]["cycles"]), (0, 0))
        self.assertEqual(month["global"]["vectors"], 512, "256 probes for each of two layers")
        for kind in ("global", "per_column"):
            for with_it, without in zip(month[kind]["layers"], month["none"]["layers"]):
                self.assertLess(with_it["error"]["rel_l2"], 0.8 * without["error"]["rel_l2"])
        self.assertGreater(month["per_column"]["factor"]["max"], month["per_column"]["factor"]["min"])

    def test_a_batch_norm_does_not_drift(self):
        """What it adds is no part of the drift: the factor is that of a tile without one, and so is what it mends."""
        hermes = sim.tile("hermes_256_one_phase")
        seen = {}
        for name, summand in (("none", None), ("zero", 0.0), ("six", 6.0)):
            sets = ["--set", "device.age_s=25", "--set", "ageing.schedule_s=[%d]" % MONTH, "--mvms", "64",
                    "--set", "ageing.compensation=global", "--set", "nmpu.scale_exponent=calibrate"]
            if summand is not None:
                numpy.save(self.folder / "bn.npy", numpy.array([[1.0] * 256, [summand] * 256]))
                sets += ["--set", "workload.batch_norm=%s/bn.npy" % self.folder]
            for post in ("nmpu", "ldpu"):
                self.sim_done(hermes, "--out", "out", "--quiet", "--engine", "function", *sets, "--set", "post=" + post)
                seen[name, post] = sim.load_json(self.folder / "out/report.json")["ageing"][1]["factor"]["mean"]
        print("figure: drift factors after 30 days", seen)
        for (name, post), factor in seen.items():
            self.assertAlmostEqual(factor, seen["none", post], delta=0.01, msg=name + " " + post)
        self.assertGreater(seen["none", "nmpu"], 1.4)

    def test_refused(self):
        for settings, words in (
                (["ageing.schedule_s=[3600,60]"], ["ageing/schedule_s", "increasing"]),
                (["ageing.schedule_s=3600"], ["ageing/schedule_s", "list"]),
                (["ageing.schedule_s=[0]"], ["ageing/schedule_s", "after device.age_s"]),
                (["ageing.schedule_s=[60]", "ageing.recalibrate_s=[61]"], ["ageing/recalibrate_s", "61"]),
                (["ageing.compensation=global"], ["ageing/compensation", "schedule_s"]),
                (["ageing.schedule_s=[60]", "device.model=ideal"], ["ageing/schedule_s", "ideal"])):
            arguments = [word for setting in settings for word in ("--set", setting)]
            run = self.sim("validate", sim.tile("hermes_256_one_phase"), *arguments)
            self.assertEqual(run.returncode, sim.BAD_CONFIG, run.stderr)
            for word in words:
                self.assertIn(word, run.stderr)
        frozen = self.sim("validate", sim.tile("frozen_256_one_phase"), "--set", "ageing.schedule_s=[60]")
        self.assertEqual(frozen.returncode, sim.BAD_CONFIG)
        self.assertIn("frozen chip", frozen.stderr)


if __name__ == "__main__":
    unittest.main()
