#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Tiles that are not analog through every command: what works gives the same in both engines and is exact where it
must be; what such a tile cannot do ends with the key and the right code, and leaves nothing."""
import sys

sys.dont_write_bytecode = True

import json
import math
import unittest

import numpy

from support import sim

PIM = tuple(sim.tile("pim_%s_7b" % scheme) for scheme in ("native", "differential", "bit_serial"))
DIGITAL = sim.tile("digital_128")
KINDS = (*PIM, DIGITAL)
SMALL = ["--set", "tile.rows=40", "--set", "tile.cols=24", "--set", "calibration.count=128"]
# scales of so few rows: above 1 with the steps of a converter, far below with exact sums
SMALL_OF = dict({config: [*SMALL, "--set", "nmpu.scale_fraction=13", "--set", "nmpu.cut=5"] for config in PIM},
                **{DIGITAL: SMALL})
FEW = ["--mvms", "6"]
ENGINES = ("cycle", "function")
# sections of analog tiles in report.json
ANALOG_ONLY = {"adc", "crossbar", "device", "programming", "faults", "ageing", "upkeep"}


def not_a_number(word):
    raise ValueError(word + " in a JSON file")


class Kinds(sim.SimTest):
    def report(self, config, *more, out="o"):
        self.sim_done("run", config, *more, "--quiet", "--out", out)
        text = (self.folder / out / "report.json").read_text(encoding="utf-8")
        return json.loads(text, parse_constant=not_a_number)

    def assert_same_y(self, *folders):
        self.assertEqual(*[(self.folder / out / "y.npy").read_bytes() for out in folders])

    def refused(self, code, *arguments):
        """stderr of a command that ends with this code and leaves nothing."""
        before = sim.files_in(self.folder)
        run = self.sim(*arguments)
        self.assertEqual((run.returncode, run.stdout), (code, ""), run.stderr)
        self.assertEqual(sim.files_in(self.folder), before)
        return run.stderr

    def codes(self, seed, most, shape):
        return numpy.random.default_rng(seed).integers(-most, most + 1, shape).astype(numpy.int8)

    def counts(self):
        """c+ and c- of the last run. [vectors x columns] each"""
        return numpy.load(self.folder / "o/counts.npy").astype(numpy.int64).transpose(1, 0, 2)

    def numbers(self, value):
        """Every number below a JSON value."""
        if isinstance(value, (dict, list)):
            for part in value.values() if isinstance(value, dict) else value:
                yield from self.numbers(part)
        elif isinstance(value, (int, float)) and not isinstance(value, bool):
            yield value

    def test_reports(self):
        """Sections of the kind and no others, numbers that are numbers, pages of 100 columns, engines that agree."""
        analog = set(self.report(sim.tile("tiny_4x4"), "--mvms", "2", out="analog"))
        for config in KINDS:
            own = "scheme" if config in PIM else "digital"
            # sums that binary16 holds
            narrow = [] if config in PIM else ["--set", "digital.weight_bits=5", "--set", "digital.input_bits=5"]
            for more in ([], ["--set", "nmpu.branch=polarity", "--set", "post=ldpu", *narrow],
                         ["--set", "calibration.method=batch_norm"]):
                with self.subTest(config, more=more):
                    reports = [self.report(config, *SMALL_OF[config], *FEW, *more, "--engine", e, out=e)
                               for e in ENGINES]
                    for report in reports:
                        self.assertEqual(set(report) & ANALOG_ONLY, set())
                        unit = "ldpu" if "post=ldpu" in more else "nmpu"
                        self.assertEqual(set(report) - analog, {own, unit} - analog)
                        for number in self.numbers(report):
                            self.assertTrue(math.isfinite(number))
                        self.assertLess(report.pop("engine") and report.pop("host")["wall_s"], 60)
                    self.assertEqual(*reports)
                    self.assert_same_y(*ENGINES)
                    for engine in ENGINES:
                        text = (self.folder / engine / "report.txt").read_text(encoding="utf-8")
                        self.assertLessEqual(max(map(len, text.splitlines())), 100)
                        for word in ("nan", "inf ", "oscillator", "conductance"):
                            self.assertNotIn(word, text.lower().replace("information", ""))

    def test_moments(self):
        """rho and the mean error, before and after, for every method; a batch norm brings both back."""
        for config in PIM:
            found = {}
            for method in ("nominal", "least_squares", "batch_norm", "least_squares_batch_norm"):
                report = self.report(config, *SMALL_OF[config], *FEW, "--set", "calibration.method=" + method,
                                     "--set", "pim.gain_sd=0.2")
                calibration = report["layers"][0]["calibration"]
                self.assertEqual((calibration["done"], calibration["method"]), (True, method))
                self.assertEqual(set(calibration["rho"]["before"]), {"min", "mean", "max"})
                found[method] = calibration
            first = found["nominal"]
            for calibration in found.values():
                self.assertEqual(calibration["rho"]["before"], first["rho"]["before"])
                self.assertEqual(calibration["mean_error_lsb"]["before"], first["mean_error_lsb"]["before"])
            for method in ("batch_norm", "least_squares_batch_norm"):
                for end in ("min", "max"):
                    self.assertAlmostEqual(found[method]["rho"]["after"][end], 1.0, delta=0.02)
            self.assertLess(found["least_squares"]["rho"]["after"]["max"], 1.0)
            self.assertGreater(first["rho"]["before"]["max"] - first["rho"]["before"]["min"], 0.2)

    def test_digital_sums_are_exact(self):
        """Counts are W x, signed and not, whatever comes in a cycle; the same every time."""
        w = self.codes(1, 127, (40, 24))
        for signed in ("true", "false"):
            x = self.codes(2, 127, (12, 40))
            path = self.write_workload("w", x if signed == "true" else numpy.abs(x), w)
            for bits, skip in (("1", "false"), ("2", "true"), ("4", "false")):
                keys = {"signed_inputs": signed, "input_bits_per_cycle": bits, "skip_zero_planes": skip}
                sets = [part for key, value in keys.items() for part in ("--set", "digital.%s=%s" % (key, value))]
                for engine in ENGINES:
                    report = self.report(DIGITAL, *SMALL, "--workload", path, *sets, "--engine", engine,
                                         "--save", "counts")
                    p, n = self.counts()
                    exact = numpy.load(self.folder / "w_x.npy").astype(numpy.int64) @ w.astype(numpy.int64)
                    self.assertTrue((p - n == exact).all())
                    self.assertEqual(report["repeatability"]["identical_share"], 1.0)
                    least, most = (report["latency"]["stage_cycles"]["read"][end] for end in ("min", "max"))
                    self.assertEqual(most, 8 // int(bits) + 2, "with a pipeline of 2")
                    self.assertEqual(least, most, "40 random codes leave no plane empty")

    def test_lossless_pim_sums_are_exact(self):
        """With a code for every sum and no errors the three schemes are the integer product."""
        w, x = self.codes(3, 7, (40, 24)), self.codes(4, 15, (12, 40))
        path = self.write_workload("w", x, w)
        exact = x.astype(numpy.int64) @ w.astype(numpy.int64)
        plain = [part for key in ("gain_sd", "offset_sd_lsb", "sigma_lsb") for part in ("--set", "pim.%s=0" % key)]
        for config in PIM:
            for engine in ENGINES:
                report = self.report(config, *SMALL_OF[config], "--workload", path, *plain, "--set", "pim.bits=14",
                                     "--set", "crossbar.g_map=tile", "--engine", engine, "--save", "counts")
                p, n = self.counts()
                self.assertTrue((p - n == exact).all(), config)
                self.assertEqual(report["repeatability"]["identical_share"], 1.0)
                self.assertEqual(report["scheme"]["clipped"], 0)

    def test_pim_noise_is_seen(self):
        for config in PIM:
            self.assertLess(self.report(config, *SMALL_OF[config], *FEW)["repeatability"]["identical_share"], 0.9)
            quiet = self.report(config, *SMALL_OF[config], *FEW, "--set", "pim.sigma_lsb=0")["repeatability"]
            self.assertEqual((quiet["identical_share"], quiet["thermal_rms_lsb"]), (1.0, 0.0))
            self.assertGreater(quiet["static_rms_lsb"], 0.0)

    def test_config_commands(self):
        schema = json.loads(self.sim_done("schema"))["properties"]
        self.assertEqual(schema["tile_kind"]["enum"], ["analog", "pim", "digital_cim"])
        pim, digital = (next(one for one in schema[section]["oneOf"] if "properties" in one)["properties"]
                        for section in ("pim", "digital"))
        self.assertEqual(pim["scheme"]["enum"], ["native", "differential", "bit_serial"])
        self.assertEqual(digital["signed_inputs"]["type"], "boolean")
        for config in KINDS:
            self.assertEqual(self.sim_done("validate", config), config + ": valid\n")
            section = "pim." if config in PIM else "digital."
            rows = [line.split() for line in self.sim_done("explain", config).splitlines()]
            given = {row[0]: row[1] for row in rows if "given" in row}
            self.assertIn("tile_kind", given)
            self.assertTrue(any(key.startswith(section) for key in given))
            # what a run says it used is a configuration that gives the same run
            self.report(config, *SMALL_OF[config], *FEW)
            self.sim_done("validate", "o/effective_config.json")
            self.report("o/effective_config.json", out="again")
            self.assert_same_y("o", "again")

    def test_keys_of_other_kinds(self):
        for config in KINDS:
            other = "digital.weight_bits=4" if config in PIM else "pim.bits=5"
            for sets in ("adc.count_bits=9", "device.programming_noise=false", "read.n_window=130",
                         "crossbar.wire_ohm=1", "ageing.schedule_s=[10]", "chip=x.json", other):
                message = self.refused(sim.BAD_CONFIG, "run", config, "--set", sets, "--out", "o")
                self.assertIn("/" + sets.split("=")[0].replace(".", "/"), message)
                self.assertIn("would not be used with tile_kind", message)

    def test_what_needs_cells_or_oscillators(self):
        for config in KINDS:
            kind = "pim" if config in PIM else "digital_cim"
            for command in (["budget", config, "--out", "o"], ["replay", config],
                            ["run", config, "--save", "chip", "--out", "o"]):
                message = self.refused(sim.BAD_CONFIG, *command)
                self.assertIn('%s: /tile_kind is "%s", must be "analog" for' % (config, kind), message)

    def test_codes_that_the_tile_does_not_take(self):
        shape = (3, 40)
        for config, sets, ends in ((PIM[0], [], (-15, 15)), (DIGITAL, ["digital.input_bits=4"], (-7, 7)),
                                   (DIGITAL, ["digital.signed_inputs=false"], (0, 127))):
            sets = [part for one in sets for part in ("--set", one)]
            for bad in {ends[0] - 1, min(ends[1] + 1, 127)} - {127}:
                x = numpy.zeros(shape, numpy.int8)
                x[0, :2] = ends
                x[2, 7] = bad
                path = self.write_workload("w", x, self.codes(5, 7, (40, 24)))
                for engine in ENGINES:
                    message = self.refused(sim.BAD_INPUT, "run", config, *SMALL_OF[config], *sets, "--workload", path,
                                           "--engine", engine, "--out", "o")
                    self.assertEqual(message, "%s: /inputs has code %d in vector 2, row 7; the tile takes %d to %d\n"
                                     % (path, bad, *ends))
            x[2, 7] = ends[1]
            numpy.save(self.folder / "w_x.npy", x)
            self.report(config, *SMALL_OF[config], *sets, "--workload", path, out="good")

    def test_calibrate(self):
        """Words from a file are those that a run fits for itself."""
        for config in KINDS:
            self.sim_done("calibrate", config, *SMALL_OF[config], "--out", "a.json", "--quiet")
            self.report(config, *SMALL_OF[config], *FEW)
            table = ["--set", "calibration.file=%s" % (self.folder / "a.json")]
            report = self.report(config, *SMALL_OF[config], *FEW, *table, out="from_file")
            self.assertEqual(report["layers"][0]["calibration"]["method"], "file")
            self.assert_same_y("o", "from_file")
        analog = ["run", sim.tile("hermes_256_one_phase"), *SMALL, *table, "--out", "x"]
        self.assertIn("/made_for/", self.refused(sim.BAD_INPUT, *analog))

    def test_words_of_another_scheme(self):
        native, serial = sim.tile("pim_native_7b"), sim.tile("pim_bit_serial_7b")
        self.sim_done("calibrate", native, *SMALL, "--out", "a.json", "--quiet")
        table = ["--set", "calibration.file=%s" % (self.folder / "a.json")]
        said = self.refused(sim.BAD_INPUT, "run", serial, *SMALL, *table, "--out", "x")
        self.assertIn('/made_for/scheme is "native", the configuration has "bit_serial"', said)
        said = self.refused(sim.BAD_INPUT, "run", native, *SMALL, *table, "--set", "pim.bits=5", "--out", "x")
        self.assertIn("/made_for/bits is 7, the configuration has 5", said)

    def test_trace_check_and_waves(self):
        for config in KINDS:
            for engine in ENGINES:
                self.report(config, *SMALL_OF[config], *FEW, "--engine", engine, "--trace", engine,
                            "--vcd", engine + ".vcd")
            self.assertEqual(*[(self.folder / engine).read_bytes() for engine in ENGINES])
            # all but the lines that say who wrote it and when
            waves = [[line for line in (self.folder / (engine + ".vcd")).read_text().splitlines()
                      if engine not in line] for engine in ENGINES]
            self.assertEqual(*waves)
            self.assertIn("$enddefinitions $end", waves[0])
            trace = (self.folder / "cycle").read_text()
            last = int([line for line in trace.splitlines() if line[0] != "#"][-1].split()[0])
            self.assertGreaterEqual(int([line for line in waves[0] if line.startswith("#")][-1][1:]), last)
            for engine in ENGINES:
                said = self.sim_done("check", config, "--golden", "cycle", "--engine", engine)
                self.assertEqual(said, "cycle: 24 events agree\n")
            one = next(line for line in trace.splitlines() if " adc 3 " in line)
            other = one[:-1] + ("0" if one[-1] != "0" else "1")
            (self.folder / "cycle").write_text(trace.replace(one, other))
            wrong = self.sim("check", config, "--golden", "cycle")
            self.assertEqual(wrong.returncode, sim.CHECK_FAILED)
            self.assertIn("stage adc, MVM 3, column 23, c", wrong.stderr)

    def test_registers(self):
        """One register map for every kind of a size."""
        size = ["--set", "tile.rows=40", "--set", "tile.cols=24"]
        maps = {self.sim_done("registers", config, *size) for config in (*KINDS, sim.tile("hermes_256_one_phase"))}
        self.assertEqual(len(maps), 1)

    def test_several_layers_in_turn(self):
        """A layer hands on codes that the next one takes."""
        for config in (PIM[1], DIGITAL):
            most = 7 if config in PIM else 127
            x = self.codes(6, 15, (5, 20))
            self.write_workload("w", x, self.codes(7, most, (20, 12)))
            numpy.save(self.folder / "second.npy", self.codes(8, most, (12, 8)))
            document = sim.load_json(self.folder / "w.json")
            document["layers"] += [{"weights": "second.npy", "rows": [20, 32], "cols": [12, 20]}]
            (self.folder / "w.json").write_text(json.dumps(document))
            for engine in ENGINES:
                report = self.report(config, *SMALL_OF[config], "--workload", self.folder / "w.json",
                                     "--engine", engine, out=engine)
                self.assertEqual(len(report["layers"]), 2)
            self.assert_same_y(*ENGINES)


if __name__ == "__main__":
    unittest.main()
