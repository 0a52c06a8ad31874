#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The files of a run: what is in them, that they agree with each other, and that they come out the same again."""
import sys

sys.dont_write_bytecode = True

import re
import unittest

import numpy

from support import report_shape, sim

TINY, HERMES = sim.tile("tiny_4x4"), sim.tile("hermes_256_one_phase")
SAVE = ["--save", "counts,partial"]


class Outputs(sim.SimTest):
    def run_sim(self, out, *arguments):
        """Runs into a folder; returns its report."""
        self.assertEqual(self.sim_done(*arguments, "--trace", out + ".trace", "--out", out, "--quiet"), "")
        return sim.load_json(self.folder / out / "report.json")

    def assert_same_run(self, one, two, same_names=True):
        """Two folders and traces of the same run: only `host` and the command line may differ. The checksum of a
        config covers the names of its files as given: not same_names leaves it out."""
        reports = [sim.load_json(self.folder / out / "report.json") for out in (one, two)]
        for report in reports:
            report.pop("host")
            if not same_names:
                self.assertRegex(report["config"].pop("sha256"), "^[0-9a-f]{64}$")
        self.assertEqual(*reports)
        for name in ("y.npy", "counts.npy", "partial.npy"):
            self.assertEqual(*[(self.folder / out / name).read_bytes() for out in (one, two)])
        texts = [(self.folder / out / "report.txt").read_text().split("\nThis computer")[0] for out in (one, two)]
        self.assertEqual(*[re.sub("sha256 .*", "" if not same_names else r"\g<0>", text) for text in texts])
        self.assertEqual(*[sim.events(self.folder / (out + ".trace")) for out in (one, two)])

    def test_same_again(self):
        for config in (TINY, HERMES):
            with self.subTest(config):
                run = [config, "--mvms", "40", "--engine", "function"] + SAVE
                self.run_sim("one", *run)
                for more in ([], ["--threads", "3"], ["--simd", "scalar"], ["--simd", sim.simd_levels()[-1]]):
                    self.run_sim("two", *run, *more)
                    self.assert_same_run("one", "two")

    def test_shape_of_report(self):
        cases = ((TINY, []), (HERMES, ["--mvms", "20"]), (sim.tile("hermes_256_ldpu"), ["--mvms", "20"]),
                 (sim.tile("digits_nmpu"), []))
        for config, more in cases:
            for engine in ("cycle", "function"):
                with self.subTest(config, engine=engine):
                    report = self.run_sim("o", config, "--engine", engine, *more)
                    self.assertEqual(report_shape.problems(report), [])
                    self.assertEqual(report["engine"], engine)
                    through = report["throughput"]
                    self.assertEqual(sum(through["states"].values()), through["cycles_total"])
                    lines = (self.folder / "o/report.txt").read_text().split("\n")
                    self.assertLessEqual(max(len(line) for line in lines), 100)

    def test_energy_of_the_phases_that_ran(self):
        """Unsigned inputs leave two of four phases empty; both engines count what was read."""
        digits = [sim.tile("digits_nmpu"), "--mvms", "6", "--set", "read.mode=four_phase"]
        for engine in ("cycle", "function"):
            energy = {}
            for skip in ("false", "true"):
                report = self.run_sim("o", *digits, "--engine", engine, "--set", "read.skip_empty_phases=" + skip)
                energy[skip] = report["energy"]
            self.assertEqual((energy["false"]["phases_per_mvm"], energy["true"]["phases_per_mvm"]), (4.0, 2.0))
            for part, ratio in (("adc", 0.5), ("input", 0.5), ("array", 1.0)):
                all_phases, fewer = (energy[skip]["parts"][part]["per_mvm_nj"] for skip in ("false", "true"))
                self.assertAlmostEqual(fewer / all_phases, ratio)

    def test_energy_and_area_of_your_own(self):
        """Figures from a file count, lose their tag, and change no result."""
        (self.folder / "mine.json").write_text('{"nmpu_column_pJ": 2.0, "adc_conversion_pJ": 30.0}')
        run = [HERMES, "--mvms", "3", *SAVE]
        plain = self.run_sim("plain", *run)
        report = self.run_sim("o", *run, "--set", "energy=%s/mine.json" % self.folder, "--set", "area.nmpu_um2=100")
        energy, area = report["energy"], report["area"]
        self.assertIsNone(plain["energy"]["parts"]["digital"]["per_mvm_nj"])
        self.assertAlmostEqual(energy["parts"]["digital"]["per_mvm_nj"], 256 * 2.0e-3)
        self.assertAlmostEqual(energy["parts"]["adc"]["per_mvm_nj"], 256 * 30.0e-3)
        self.assertEqual([energy["parts"][part]["tag"] for part in ("adc", "digital")], ["given", "given"])
        self.assertAlmostEqual(area["post_mm2"]["value"], 64 * 100e-6)
        self.assertEqual(*[sim.events(self.folder / (out + ".trace")) for out in ("plain", "o")])

    def values(self, trace, widths):
        """Field name -> rows of unsigned values, of the events of a trace; widths: digits by name."""
        rows = {name: [] for name in widths}
        for line in sim.events(self.folder / trace):
            for name, digits in (word.split("=") for word in line.split(" ")[3:] if word.split("=")[0] in rows):
                width = widths[name]
                rows[name].append([int(digits[i:i + width], 16) for i in range(0, len(digits), width)])
        return {name: numpy.array(found, numpy.uint64) for name, found in rows.items()}

    def test_arrays_and_trace(self):
        """y, counts and partial sums are those of the trace, which has s instead of y when partial sums are saved."""
        for config, count_bits, partial_bits in ((TINY, 24, 32), (HERMES, 12, 16)):
            widths = {"y": 2, "p": count_bits // 4, "n": count_bits // 4, "s": partial_bits // 4}
            for engine in ("cycle", "function"):
                with self.subTest(config, engine=engine):
                    run = [config, "--mvms", "7", "--engine", engine]
                    self.assertEqual(self.run_sim("plain", *run)["workload"]["mvms"], 7)
                    self.run_sim("o", *run, *SAVE)
                    y, counts, partial = (numpy.load(self.folder / "o" / name)
                                          for name in ("y.npy", "counts.npy", "partial.npy"))
                    cols = y.shape[1]
                    self.assertEqual((y.dtype, y.shape), (numpy.int8, (7, cols)))
                    self.assertEqual((counts.shape, partial.shape), ((7, 2, cols), (7, cols)))
                    traced = self.values("plain.trace", widths)
                    numpy.testing.assert_array_equal(y.view(numpy.uint8), traced["y"])
                    saved = self.values("o.trace", widths)
                    self.assertEqual(saved["y"].size, 0)
                    numpy.testing.assert_array_equal(partial & (2 ** partial_bits - 1), saved["s"])
                    for half, name in enumerate("pn"):
                        numpy.testing.assert_array_equal(counts[:, half], saved[name])
                        numpy.testing.assert_array_equal(traced[name], saved[name])

    def test_streams_that_cannot_be(self):
        """A trace in place of the run's own files, a selection from waves that nobody writes."""
        cases = ((["--trace", "o/y.npy"], "--trace: names y.npy of this run's results folder"),
                 (["--vcd", "o/../o/report.json"], "--vcd: names report.json of this run's results folder"),
                 (["--vcd", "w", "--trace", "w"], "--trace and --vcd name the same file, w"),
                 (["--vcd-window", "1:5"], "--vcd-window and --vcd-scope select from waves"),
                 (["--vcd-scope", "tile.*"], "--vcd-window and --vcd-scope select from waves"))
        for options, says in cases:
            with self.subTest(options):
                run = self.sim(TINY, *options, "--out", "o")
                self.assertEqual(run.returncode, sim.BAD_CONFIG, run.stderr)
                self.assertIn(says, run.stderr)
                self.assertFalse((self.folder / "o/y.npy").exists() or (self.folder / "w").exists())

    def test_effective_config(self):
        """It is plain JSON, holds the overrides, and runs as a config with the same results."""
        for config, more in ((TINY, ["--set", "read.mode=four_phase"]), (HERMES, ["--seed", "5"]),
                             (sim.tile("hermes_256_ldpu"), ["--set", "adc.sigma_lsb=0.7"])):
            with self.subTest(config):
                self.run_sim("one", config, "--mvms", "9", *more, *SAVE)
                effective = self.folder / "one/effective_config.json"
                sim.load_json(effective)
                self.run_sim("two", effective, *SAVE)
                self.assert_same_run("one", "two", same_names=False)
                self.assertEqual(*[sim.load_json(self.folder / out / "effective_config.json") for out in ("one", "two")])

    def test_manifest(self):
        self.run_sim("o", HERMES, "--mvms", "3", "--seed", "4")
        manifest, report = (sim.load_json(self.folder / "o" / name) for name in ("manifest.json", "report.json"))
        self.assertEqual((manifest["format"], manifest["complete"]), ("aimc-manifest/1", True))
        self.assertEqual(manifest["config"]["sha256"], report["config"]["sha256"])
        self.assertEqual(manifest["config"]["set"], ["workload.mvms=3", "seed.device=4", "seed.read=4"])
        self.assertEqual(manifest["seed"], {"device": 4, "read": 4})
        self.assertIn("--mvms 3 --seed 4", manifest["command"])
        self.assertRegex(manifest["inputs_sha256"]["hermes_like_256.csv"], "^[0-9a-f]{64}$")

    def test_default_folder_and_names(self):
        said = self.sim_done(TINY)
        self.assertEqual(set(sim.files_in(self.folder)), {"out/tiny_4x4/" + name for name in sim.RESULTS})
        text = (self.folder / "out/tiny_4x4/report.txt").read_text()
        self.assertEqual(said, text + "\nfiles: out/tiny_4x4/\n")


if __name__ == "__main__":
    unittest.main()
