#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""`sim compare`: one table with the figures of `sim run` of each tile, to the last digit, whichever engine; what a
stopped or refused comparison leaves."""
import sys

sys.dont_write_bytecode = True

import json
import os
import signal
import subprocess
import time
import unittest

import numpy

from support import sim

HERMES, FOUR, LDPU = sim.tile("hermes_256_one_phase"), sim.tile("hermes_256_four_phase"), sim.tile("hermes_256_ldpu")
TINY, IDEAL, DIGITS = sim.tile("tiny_4x4"), sim.tile("ideal_256"), sim.tile("digits_nmpu")
QUICK = ["--mvms", "16", "--set", "calibration.count=256"]
NETWORK = str(sim.SOURCE / "traces/networks/digits_cnn.json")
DATA = "npy:" + str(sim.SOURCE / "traces/networks/digits_cnn/data")

#: row of compare.json -> the same figure in report.json
SAME = {
    "latency_cycles": ("latency", "mvm_cycles", "mean"), "workload": None,
    "initiation_interval_cycles": ("throughput", "initiation_interval_cycles"),
    "mvm_per_s": ("throughput", "mvm_per_s"), "tops": ("throughput", "tops"), "mvms": ("workload", "mvms"),
    "engine": ("engine",), "energy_nj": ("energy", "per_mvm_nj"), "tops_per_w": ("energy", "tops_per_w"),
    "rel_l2": ("accuracy", "mvm", "rel_l2"), "sqnr_db": ("accuracy", "mvm", "sqnr_db"),
    "top1": ("accuracy", "task", "top1"), "float_top1": ("accuracy", "task", "float_top1"),
    "identical_share": ("repeatability", "identical_share"), "static_rms_lsb": ("repeatability", "static_rms_lsb"),
    "thermal_rms_lsb": ("repeatability", "thermal_rms_lsb"),
}


def figure(report, path):
    for key in path:
        report = report.get(key) if report is not None else None
    return report


class CompareTest(sim.SimTest):
    def variant(self, name, **keys):
        """tiny_4x4 under another name, with other keys ("workload__mvms")."""
        self.sim_done(TINY, "--mvms", "1", "--quiet", "--out", "base")
        config = sim.load_json(self.folder / "base/effective_config.json")
        config["name"] = name
        for key, value in keys.items():
            section, leaf = key.split("__")
            config[section][leaf] = value
        (self.folder / (name + ".json")).write_text(json.dumps(config))
        return name + ".json"

    def left(self, out):
        return sorted(sim.files_in(self.folder / out))


class Compare(CompareTest):
    def compare(self, *arguments):
        text = self.sim_done("compare", *arguments, "--out", "c")
        self.assertEqual(text, (self.folder / "c/compare.txt").read_text(encoding="utf-8") + "\nfiles: c/\n")
        self.assertLessEqual(max(len(line) for line in text.splitlines()), 100)
        return sim.load_json(self.folder / "c/compare.json"), text

    def assert_as_sim_run(self, document, configs, *more):
        """Figures, and every file but for what the host adds."""
        for config, one in zip(configs, document["configs"]):
            self.sim_done(config, *more, "--quiet", "--out", "r")
            report, in_folder = (sim.load_json(self.folder / out / "report.json") for out in ("r", "c/" + one["name"]))
            self.assertEqual(report.pop("host").keys(), in_folder.pop("host").keys())
            self.assertEqual(report, in_folder)
            for name in ("y.npy", "effective_config.json"):
                self.assertEqual(*[(self.folder / out / name).read_bytes() for out in ("r", "c/" + one["name"])])
            self.assertEqual(one["sha256"], report["config"]["sha256"])
            for row, path in SAME.items():
                if path is not None:
                    self.assertEqual(one["figures"][row], figure(report, path), (config, row))
            self.assertEqual(one["figures"]["latency_ns"], report["latency"]["mvm_cycles"]["mean"])
            conversions = report.get("adc", report.get("scheme", {"conversions": 0}))
            self.assertEqual(one["figures"]["conversions_per_mvm"],
                             conversions["conversions"] / report["workload"]["mvms"])
            self.assertGreater(one["host"]["host_mvm_per_s"], 0)

    def test_same_figures_as_runs(self):
        configs = [HERMES, FOUR, LDPU, IDEAL]
        document, text = self.compare(*configs, *QUICK)
        self.assertEqual((document["format"], document["complete"], document["same_workload"]),
                         ("aimc-compare/1", True, True))
        names = ["hermes_256_one_phase", "hermes_256_four_phase", "hermes_256_ldpu", "ideal_256"]
        self.assertEqual([one["name"] for one in document["configs"]], names)
        self.assertEqual(self.left("c"), sorted(["compare.json", "compare.txt"] + [
            name + "/" + file for name in names for file in sim.RESULTS]))
        self.assert_as_sim_run(document, configs, *QUICK)
        self.assertIn("All run the same workload.", text)
        rows = {line[2:28].strip(): line[28:].split() for line in text.splitlines() if line.startswith("  ")}
        self.assertEqual(rows["tile"], ["analog"] * 4)
        self.assertEqual(rows["latency [cycles]"], ["%.1f" % one["figures"]["latency_cycles"]
                                                    for one in document["configs"]])
        self.assertEqual(rows["SQNR [dB]"][3], "exact")
        self.assertEqual(rows["identical outputs [%]"][3], "100.00")
        self.assertLess(float(rows["identical outputs [%]"][0]), 50.0)
        self.assertNotIn("top-1 [%]", rows)

    def test_engines_agree(self):
        found = []
        for engine in ("cycle", "function"):
            document, _ = self.compare(HERMES, LDPU, *QUICK, "--engine", engine)
            for one in document["configs"]:
                self.assertEqual(one["figures"].pop("engine"), engine)
                del one["host"]
            found.append(document)
        self.assertEqual(*found)

    def test_labels(self):
        document, text = self.compare(DIGITS, sim.tile("digits_ideal"), "--engine", "function", "--no-arrays")
        self.assertIn("top-1 [%]", text)
        self.assertIn("top-1 in float [%]", text)
        for one in document["configs"]:
            self.assertGreater(one["figures"]["top1"], 90)
            self.assertEqual(one["figures"]["float_top1"], document["configs"][0]["figures"]["float_top1"])
        self.assertNotIn("digits_nmpu/y.npy", self.left("c"))

    def test_without_out_no_files(self):
        a, b = self.variant("a"), self.variant("b")
        before = self.left(".")
        self.assertIn("aimc comparison of 2 tiles", self.sim_done("compare", a, b))
        self.assertEqual(self.sim_done("compare", a, b, "--quiet"), "")
        self.assertEqual(self.left("."), before)

    def test_same_name_twice(self):
        document, _ = self.compare(TINY, TINY, TINY)
        self.assertEqual([one["name"] for one in document["configs"]], ["tiny_4x4", "tiny_4x4.2", "tiny_4x4.3"])
        first, second = (one["figures"] for one in document["configs"][:2])
        self.assertEqual(first, second)

    def test_many_in_blocks(self):
        configs = [self.variant("a_tile_with_quite_a_long_name_%d" % i, adc__sigma_lsb=0.1 * i) for i in range(7)]
        document, text = self.compare(*configs)
        self.assertEqual(len(document["configs"]), 7)
        self.assertEqual(text.count("latency [cycles]"), 2)

    def test_options_are_for_all(self):
        document, _ = self.compare(self.variant("a"), self.variant("b"), "--mvms", "5", "--set",
                                   "clock.t_clk_ps=2000", "--seed", "9")
        for one in document["configs"]:
            figures = one["figures"]
            self.assertEqual((figures["mvms"], figures["latency_ns"]), (5, 2 * figures["latency_cycles"]))
            self.assertEqual(sim.load_json(self.folder / "c" / one["name"] / "report.json")["seed"],
                             {"device": 9, "read": 9})

    def test_other_workloads_are_told(self):
        a = self.variant("a")
        cases = [("seed__read", 7, ["input vectors"]), ("seed__device", 7, ["weights"]),
                 ("workload__mvms", 9, ["input vectors"]), ("nmpu__activation", "relu", ["layers (sizes"])]
        for key, value, says in cases:
            with self.subTest(key):
                document, text = self.compare(a, self.variant("b", **{key: value}))
                self.assertIs(document["same_workload"], False)
                self.assertIsNone(document["configs"][0]["other_workload"])
                flat = " ".join(text.split())
                self.assertIn("the workloads differ", flat)
                for word in says:
                    self.assertIn(word, document["configs"][1]["other_workload"])
                    self.assertIn(word, flat)

    def test_a_workload_file_makes_them_the_same(self):
        path = self.write_workload("work", numpy.ones((3, 4), numpy.int8), numpy.eye(4, dtype=numpy.int8))
        document, text = self.compare(self.variant("a"), self.variant("b", seed__device=7), "--workload", path)
        self.assertIs(document["same_workload"], True)
        self.assertIn("work", text)
        self.assertEqual([one["figures"]["mvms"] for one in document["configs"]], [3, 3])

    def test_cut_words_are_told(self):
        tight = ["--set", "nmpu.scale_exponent=0", "--set", "nmpu.scale_fraction=27", "--set", "nmpu.cut=17"]
        _, text = self.compare(sim.tile("digital_128"), sim.tile("digital_128"), *QUICK, *tight)
        self.assertIn("NOTE: 128 words of digital_128 do not fit their formats", " ".join(text.split()))
        _, text = self.compare(sim.tile("digital_128"), sim.tile("digital_128"), *QUICK)
        self.assertNotIn("do not fit", text)

    def test_tiles_of_every_kind(self):
        """The same vectors through four kinds of tile, in one table."""
        rng = numpy.random.default_rng(9)
        path = self.write_workload("work", rng.integers(-15, 16, (8, 40)).astype(numpy.int8),
                                   rng.integers(-127, 128, (40, 24)).astype(numpy.int8))
        configs = [HERMES, sim.tile("pim_native_7b"), sim.tile("pim_bit_serial_7b"), sim.tile("digital_128")]
        more = ["--workload", path, "--set", "calibration.count=64", "--set", "clock.t_clk_ps=1000"]
        found = []
        for engine in ("cycle", "function"):
            document, text = self.compare(*configs, *more, "--engine", engine)
            self.assertIs(document["same_workload"], True)
            self.assert_as_sim_run(document, configs, *more, "--engine", engine)
            found.append([dict(one["figures"], engine=None) for one in document["configs"]])
        self.assertEqual(*found)
        analog, native, serial, digital = found[0]
        self.assertEqual([one["tile_kind"] for one in found[0]], ["analog", "pim", "pim", "digital_cim"])
        self.assertEqual((digital["conversions_per_mvm"], digital["identical_share"]), (0, 1.0))
        self.assertEqual(analog["conversions_per_mvm"], 256.0)
        # two passes: 29 groups of 9 rows in 4 slices; 2 groups of 144 rows in 4 slices and 4 planes
        self.assertEqual(native["conversions_per_mvm"], 2 * 29 * 4 * 256.0)
        self.assertEqual(serial["conversions_per_mvm"], 2 * 2 * 4 * 4 * 256.0)
        self.assertLess(digital["rel_l2"], min(one["rel_l2"] for one in found[0][:3]))

    def test_network(self):
        tiles = [sim.tile("network_four_phase"), sim.tile("network_ideal")]
        document, text = self.compare(*tiles, "--network", NETWORK, "--data", DATA, "--images", "20")
        self.assertIn("top-1 in float [%]", text)
        for tile, one in zip(tiles, document["configs"]):
            self.sim_done("network", NETWORK, "--tile", tile, "--data", DATA, "--images", "20", "--variants",
                          "float,nmpu", "--quiet", "--out", "n")
            report, there = (sim.load_json(self.folder / out / "report.json") for out in ("n", "c/" + one["name"]))
            for side in (report, there):
                del side["host"]
            self.assertEqual(report, there)
            figures, result = one["figures"], report["results"][0]
            self.assertEqual((figures["top1"], figures["float_top1"]), (result["top1"], report["float"]["top1"]))
            self.assertEqual(figures["latency_cycles"], result["latency_cycles"])
            self.assertAlmostEqual(figures["images_per_s"], 1e9 / result["interval_cycles"], places=6)
            self.assertAlmostEqual(figures["energy_uj"], 1e-3 * sum(
                layer["energy_nJ_per_image"] for layer in result["layers"]), places=9)


class Endings(CompareTest):
    def test_mistakes(self):
        a = self.variant("a")
        bad = self.variant("bad", adc__count_bits=40)
        curves = self.variant("curves", adc__curves="file", adc__curve_file="no.csv", adc__full_scale_uA=94)
        (self.folder / "file").write_text("")
        cases = [([a, bad], sim.BAD_CONFIG, "bad.json: /adc/count_bits is 40"),
                 ([a, curves], sim.BAD_INPUT, "no.csv: cannot be read"),
                 ([a, a, "--workload", "no.json"], sim.BAD_INPUT, "no.json: cannot be read"),
                 ([a, a, "--set", "tile.rowz=1"], sim.BAD_CONFIG, "tile.rowz"),
                 ([a, a, "--out", "file/x"], sim.BAD_OUTPUT, "file")]
        for arguments, code, says in cases:
            with self.subTest(says):
                before = sim.files_in(self.folder)
                out = [] if "--out" in arguments else ["--out", "c"]
                run = self.sim("compare", *arguments, *out)
                self.assertEqual((run.returncode, run.stdout), (code, ""))
                self.assertIn(says, run.stderr)
                self.assertEqual(sim.files_in(self.folder), before, "nothing is left")

    def test_a_run_that_fails(self):
        """What only the run finds out: its exit code, and no table."""
        a, b = self.variant("a"), self.variant("b", nmpu__activation="clipped_relu", nmpu__relu_clip=5)
        document = json.loads((self.folder / b).read_text())
        document["calibration"].update(file="words.json")
        (self.folder / b).write_text(json.dumps(document))
        (self.folder / "words.json").write_text("{}")
        run = self.sim("compare", a, b, "--out", "c")
        self.assertEqual((run.returncode, run.stdout), (sim.BAD_INPUT, ""))
        self.assertIn("words.json: ", run.stderr)
        self.assertEqual(self.left("c"), sorted("a/" + name for name in sim.RESULTS))

    def start(self, *configs, engine):
        run = subprocess.Popen([sim.SIM, "compare", *configs, "--out", "c", "--engine", engine], cwd=self.folder,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.addCleanup(lambda: run.poll() is None and (run.kill(), run.communicate()))
        return run

    def wait_for(self, run, path):
        give_up = time.monotonic() + 20
        while not list(self.folder.glob(path)):
            self.assertIsNone(run.poll(), "ended by itself")
            self.assertLess(time.monotonic(), give_up)
            time.sleep(0.02)

    def test_interrupt_in_the_second_run(self):
        quick, long = self.variant("quick"), self.variant("long", workload__mvms=5000000)
        for engine in ("cycle", "function"):
            with self.subTest(engine):
                run = self.start(quick, long, quick, engine=engine)
                self.wait_for(run, "c/long/y.npy.part*")
                run.send_signal(signal.SIGINT)
                out, err = run.communicate(timeout=20)
                self.assertEqual((run.returncode, err), (sim.INTERRUPTED, ""))
                self.assertIn("INCOMPLETE: interrupted after 1 of 3 runs", out)
                self.assertEqual(self.left("c"), sorted(["compare.json", "compare.txt"] + [
                    "quick/" + name for name in sim.RESULTS]))
                document = sim.load_json(self.folder / "c/compare.json")
                self.assertEqual((document["complete"], document["asked_for"]), (False, 3))
                self.assertEqual([one["name"] for one in document["configs"]], ["quick"])

    def test_interrupt_of_the_whole_group(self):
        """A terminal sends Ctrl-C to all processes of a job at once; the run must hear it once."""
        quick, long = self.variant("quick"), self.variant("long", workload__mvms=5000000)
        for _ in range(4):
            run = subprocess.Popen([sim.SIM, "compare", quick, long, "--engine", "cycle", "--out", "c"],
                                   cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                   start_new_session=True)
            self.wait_for(run, "c/long/y.npy.part*")
            os.killpg(run.pid, signal.SIGINT)
            out, err = run.communicate(timeout=20)
            self.assertEqual((run.returncode, err), (sim.INTERRUPTED, ""))
            self.assertIn("INCOMPLETE: interrupted after 1 of 2 runs", out)

    def test_interrupt_in_the_first_run(self):
        """Results of another time do not pass for what was not done."""
        quick, long = self.variant("quick"), self.variant("long", workload__mvms=5000000)
        self.sim_done("compare", quick, quick, "--out", "c", "--quiet")
        run = self.start(long, quick, engine="function")
        self.wait_for(run, "c/long/y.npy.part*")
        run.send_signal(signal.SIGTERM)
        self.assertEqual((run.communicate(timeout=20), run.returncode),
                         (("", "interrupted: during the first run; nothing was written\n"), sim.INTERRUPTED))
        self.assertEqual([name for name in self.left("c") if "report.json" in name or "compare" in name],
                         ["quick.2/report.json"])

    def test_kill_takes_the_run_along(self):
        run = self.start(self.variant("a", workload__mvms=5000000), TINY, engine="cycle")
        self.wait_for(run, "c/a/y.npy.part*")
        run.kill()
        run.communicate(timeout=20)
        (part,) = self.folder.glob("c/a/y.npy.part*")
        time.sleep(0.2)
        size = part.stat().st_size
        time.sleep(0.5)
        self.assertEqual(part.stat().st_size, size, "somebody still writes")


if __name__ == "__main__":
    unittest.main()
