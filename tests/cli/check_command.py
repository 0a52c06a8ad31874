#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""`sim check`: 0 for a trace of the same run, 1 for the smallest change of it, saying where, 3 for no trace."""
import sys

sys.dont_write_bytecode = True

import pathlib
import random
import unittest

from support import sim

TINY, HERMES = sim.tile("tiny_4x4"), sim.tile("hermes_256_one_phase")
ENGINES = ("cycle", "function")
SHORT = ("--set", "calibration.count=600")  # calibrating is most of a run
DIGITS = {"x": 2, "y": 2, "s": 8}  # of one value; of a count, too, in the tiny tile's 24 bits or the 12 of others


class CheckCommand(sim.SimTest):
    def trace(self, *arguments):
        self.sim_done(*arguments, "--trace", "g.trace", "--quiet")
        return (self.folder / "g.trace").read_text().split("\n")

    def check(self, lines, config=TINY, engine="function"):
        (self.folder / "g.trace").write_text("\n".join(lines))
        return self.sim("check", config, "--golden", "g.trace", "--engine", engine)

    def assert_differs(self, lines, *words, **how):
        run = self.check(lines, **how)
        self.assertEqual((run.returncode, run.stdout), (sim.CHECK_FAILED, ""), run.stderr)
        for word in ("g.trace: ",) + words:
            self.assertIn(word, run.stderr)

    def test_own_traces(self):
        """What the header says of overrides, seeds, vectors and the chip is done again."""
        self.sim_done(TINY, "--save", "chip", "--seed", "5", "--out", "old", "--quiet")
        small = ["--mvms", "5", *SHORT]
        for config, more in ((TINY, []), (TINY, ["--seed", "77"]), (TINY, ["--save", "partial"]), (HERMES, small),
                             (TINY, ["--set", "read.mode=four_phase", "--set", "nmpu.activation=relu"] + small),
                             (TINY, ["--set", "chip=%s/old/chip.json" % self.folder]),
                             (HERMES, ["--seed", "9", "--set", "seed.read=4"] + small),
                             (HERMES, ["--save", "partial"] + small),
                             (sim.tile("hermes_256_ldpu"), ["--seed", "3"] + small)):
            for written, again in zip(ENGINES, reversed(ENGINES)):
                with self.subTest(more=more, config=config, written=written):
                    lines = self.trace(config, "--engine", written, *more)
                    run = self.check(lines, config, again)
                    self.assertEqual((run.returncode, run.stderr), (sim.DONE, ""))
                    self.assertEqual(run.stdout, "g.trace: %d events agree\n" % len(sim.events(self.folder / "g.trace")))

    def test_number_of_vectors(self):
        """A trace of 8 vectors is compared with 8, whatever CONFIG says by now; that CONFIG changed is a note."""
        lines = self.trace(TINY)
        text = pathlib.Path(TINY).read_text(encoding="utf-8")
        self.assertIn('"mvms": 8', text)
        (self.folder / "later.json").write_text(text.replace('"mvms": 8', '"mvms": 16'))
        run = self.check(lines, "later.json")
        self.assertEqual((run.returncode, run.stderr), (sim.DONE, ""))

    def change_every_event(self, config, lines, count_digits, engine):
        """One digit of one value of every event, in turn; returns how many."""
        dice, changed = random.Random(7), 0
        for number, line in enumerate(lines):
            cycle, stage, mvm, *fields = (line + "   ").split(" ")[:5]
            if not cycle.isdigit() or stage == "out":
                continue
            field = dice.choice([f for f in fields if f])
            name, digits = field.split("=")
            at = dice.randrange(len(digits))
            digit = dice.choice([d for d in "0123456789abcdef" if d != digits[at]])
            other = line.replace(field, name + "=" + digits[:at] + digit + digits[at + 1:])
            place = "cycle %s, stage %s, MVM %s, %s %d" % (
                cycle, stage, mvm, "row" if stage == "dac" else "column", at // DIGITS.get(name, count_digits))
            with self.subTest(line=number + 1, field=name):
                self.assert_differs(lines[:number] + [other] + lines[number + 1:], place, "expected", "got",
                                    config=config, engine=engine)
            changed += 1
        return changed

    def test_one_digit(self):
        cases = 0
        for engine in ENGINES:
            cases += self.change_every_event(TINY, self.trace(TINY, "--mvms", "4"), 6, engine)
        cases += self.change_every_event(TINY, self.trace(TINY, "--mvms", "3", "--save", "partial"), 6, "function")
        for name in ("hermes_256_one_phase", "hermes_256_ldpu"):
            lines = self.trace(sim.tile(name), "--mvms", "1", *SHORT)
            cases += self.change_every_event(sim.tile(name), lines, 3, "cycle")
        self.assertEqual(cases, 12 + 12 + 9 + 3 + 3)
        print("check: %d changes of one digit found" % cases)

    def test_cycles_and_lines(self):
        lines = self.trace(TINY)
        adc, out = (next(i for i, line in enumerate(lines) if line.startswith(start)) for start in ("266 adc", "271 out"))
        for engine in ENGINES:
            later = lines[:out] + [lines[out].replace("271", "272")] + lines[out + 1:]
            self.assert_differs(later, "cycle 271, stage out, MVM 1: expected at cycle 272, got at cycle 271", engine=engine)
            self.assert_differs(lines[:adc] + lines[adc + 1:], "cycle 266, stage adc, MVM 1: extra event", engine=engine)
            twice = lines[:-1] + ["9999 out 8 ok=1", ""]
            self.assert_differs(twice, "cycle 9999, stage out, MVM 8: missing event", engine=engine)

    def test_header(self):
        lines = self.trace(HERMES, "--mvms", "2", *SHORT)
        at = next(i for i, line in enumerate(lines) if line.startswith("# affine 7 "))
        words = lines[at].split(" ")
        self.assertNotEqual(words[3], words[4])
        words[3:5] = words[4:2:-1]
        swapped = lines[:at] + [" ".join(words)] + lines[at + 1:]
        self.assert_differs(swapped, "affine words of column 7, s_p: expected " + words[3], config=HERMES)
        cut = [line.replace("cut=5", "cut=4") for line in lines]
        self.assert_differs(cut, "nmpu cut: expected 4, got 5", config=HERMES)
        seeds = [line.replace("read=1", "read=2") for line in lines]
        self.assert_differs(seeds, "cycle 0, stage dac, MVM 0, row 0", config=HERMES)

    def test_no_complete_trace(self):
        lines = self.trace(TINY)
        for wrong in (["no trace", ""], lines[:-1] + ["# incomplete", ""], lines[:4] + [""], lines[:-1]):
            for engine in ENGINES:
                self.assertEqual(self.check(wrong, engine=engine).returncode, sim.BAD_INPUT)

    def test_check_writes_nothing(self):
        before = (self.trace(TINY), sim.files_in(self.folder))[1]
        self.assertEqual(self.sim_done("check", TINY, "--golden", "g.trace", "--quiet"), "")
        self.assertEqual(sim.files_in(self.folder), before)


if __name__ == "__main__":
    unittest.main()
