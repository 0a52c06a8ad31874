#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Commands that do not simulate: exit code 0, the right text, no word of the kernel, no file."""
import sys

sys.dont_write_bytecode = True

import json
import unittest

from support import sim

TINY = sim.tile("tiny_4x4")
CURVES = sim.SOURCE / "configs/curves"


class Commands(sim.SimTest):
    def say(self, *arguments):
        """What the command prints; it leaves no file."""
        said = self.sim_done(*arguments)
        self.assertNotIn("SystemC", said)
        self.assertEqual(sim.files_in(self.folder), {})
        self.assertTrue(said.endswith("\n"))
        return said

    def test_version(self):
        self.assertRegex(self.say("--version"), r"^aimc \d+\.\d+\.\d+\n$")

    def test_help(self):
        said = self.say("--help")
        for word in ("run", "check", "validate", "explain", "schema", "calibrate", "adc", "--version", "Exit codes"):
            self.assertIn(word, said)
        self.assertIn("--golden", self.say("check", "--help"))

    def test_words_that_do_not_fit_are_said(self):
        """On the terminal, and column by column in report.json: the small conductances want scales beyond 1.99."""
        small = ["--set", "device.g_max_uS=5", "--set", "nmpu.scale_exponent=0", "--mvms", "4"]
        text = self.sim_done(sim.tile("hermes_256_one_phase"), *small, "--engine", "function", "--out", "o")
        misfits = sim.load_json(self.folder / "o/report.json")["layers"][0]["calibration"]["misfits"]
        columns = {one["column"] for one in misfits}
        print("figure: %d words in %d columns do not fit" % (len(misfits), len(columns)))
        self.assertIn("NOTE: layer tile: %d words in %d columns do not fit" % (len(misfits), len(columns)), text)
        self.assertGreater(len(columns), 200)
        self.assertTrue(all(one["wanted"] > 255 / 128 == one["given"] for one in misfits))
        said = self.sim_done("calibrate", sim.tile("hermes_256_one_phase"), *small, "--out", "a.json")
        self.assertIn("%d words" % len(misfits), said)
        fits = self.sim_done(sim.tile("hermes_256_one_phase"), "--mvms", "4", "--engine", "function", "--out", "o")
        self.assertNotIn("NOTE", fits)

    def test_validate(self):
        for path in sorted(sim.TILES.glob("*.json")):
            self.assertEqual(self.say("validate", path), "%s: valid\n" % path)

    def test_explain(self):
        said = self.say("explain", TINY, "--set", "seed.read=9")
        self.assertRegex(said, r"tile\.rows +4 ")
        self.assertRegex(said, r"seed\.read +9 ")
        for tag in ("Choice", "Source"):
            self.assertIn(tag, said)

    def test_schema(self):
        self.assertEqual(json.loads(self.say("schema"))["$schema"], "http://json-schema.org/draft-07/schema#")

    def test_registers(self):
        self.assertIn("|", self.say("registers", TINY))
        self.assertIn("#define", self.say("registers", TINY, "--c-header"))

    def test_adc(self):
        for name, kind in (("esp32_sweep", "measured"), ("hermes_like_256", "synthetic")):
            said = self.say("adc", CURVES / (name + ".csv"))
            self.assertTrue(said.startswith(kind + " ADC curves"))
            self.assertLessEqual(max(len(line) for line in said.split("\n")), 100)
            document = json.loads(self.say("adc", CURVES / (name + ".csv"), "--json"))
            self.assertEqual((document["format"], document["kind"]), ("aimc-adc-metrics/2", kind))

    def test_adc_options(self):
        curves = CURVES / "esp32_sweep.csv"
        self.assertIn("noise: none given", self.say("adc", curves))
        said = self.say("adc", curves, "--sigma-lsb", "2", "--nominal", "1250", "--rounding", "nearest", "--words")
        for words in ("noise: 2 LSB rms", "1250.0 counts/V, as given", "rounds to nearest", "NMPU words"):
            self.assertIn(words, said)
        plain, noisy = (json.loads(self.say("adc", curves, "--json", "--full", "--sigma-lsb", sigma))["curves"][0]
                        for sigma in ("0", "50"))
        self.assertGreater(plain["sine"]["enob"], noisy["sine"]["enob"])
        self.assertGreater(plain["enob_static"], noisy["enob_static"])
        self.assertEqual(len(plain["arrays"]["best_fit_inl_lsb"]), plain["last_code"] - plain["first_code"])

    def test_replay(self):
        said = self.say("replay", sim.tile("hermes_256_four_phase"))
        points, of = said.split(" ")[0], said.split(" ")[2]
        self.assertEqual(points, of)

    def test_calibrate(self):
        """The table of a calibration run gives the outputs of a run that calibrates by itself."""
        config = sim.tile("hermes_256_one_phase")
        self.assertEqual(self.sim_done("calibrate", config, "--out", "a.json", "--quiet"), "")
        self.assertEqual(sim.load_json(self.folder / "a.json")["format"], "aimc-affine/2")
        for out, more in (("own", []), ("table", ["--set", "calibration.file=%s/a.json" % self.folder])):
            self.sim_done(config, "--mvms", "5", "--trace", out + ".trace", "--out", out, "--quiet", *more)
        self.assertEqual(*[sim.events(self.folder / (out + ".trace")) for out in ("own", "table")])

    def test_no_banner_of_a_run(self):
        for engine in ("cycle", "function"):
            run = self.sim(TINY, "--engine", engine)
            self.assertEqual((run.returncode, run.stderr), (sim.DONE, ""))
            self.assertTrue(run.stdout.startswith("aimc report: tiny_4x4\n"))


if __name__ == "__main__":
    unittest.main()
