#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""scripts/import_adc.py: what it writes, `sim adc` loads and `sim replay` reproduces; every common shape of a
sweep gives the same curve; histograms find the levels of a converter that is known; what is wrong ends with 3
and names file and line."""
import sys

sys.dont_write_bytecode = True

import json
import pickle
import subprocess
import unittest

import numpy

from support import sim

SCRIPT = sim.SOURCE / "scripts/import_adc.py"
ABOUT = ["--unit", "V", "--chip", "a chip", "--source", "a bench", "--licence", "CC0-1.0", "--date", "2026-01-31"]
INPUTS = [0.0, 0.5, 1.25, 2.0]
CODES = numpy.array([[1, 100, 250, 401], [0, 90, 260, 380]])  # [columns x points]
TILE = {"format": "aimc-config/1", "tile": {"rows": 4, "cols": 4},
        "adc": {"curves": "file", "curve_file": "k.csv", "few_curves": "repeat"}}


class Importer(sim.SimTest):
    def run_import(self, *arguments, about=ABOUT, **options):
        return subprocess.run([sys.executable, "-B", str(SCRIPT), *map(str, arguments), *about], cwd=self.folder,
                              text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60, **options)

    def imported(self, *arguments):
        """{(column, polarity): [(input, code)]} of k.csv, after sim has loaded it and replayed all of its points."""
        run = self.run_import(*arguments, "--out", "k")
        self.assertEqual((run.returncode, run.stderr), (0, ""), arguments)
        self.said = run.stdout
        document = json.loads(self.sim_done("adc", "k.csv", "--json"))
        self.about = sim.load_json(self.folder / "k.json")
        self.assertEqual((document["kind"], document["chip"], document["source"], document["licence"]),
                         ("measured", "a chip", "a bench", "CC0-1.0"))
        (self.folder / "t.json").write_text(json.dumps(TILE))
        replayed = self.sim_done("replay", "t.json").split()
        self.assertEqual(replayed[0], replayed[2])
        self.assertGreater(int(replayed[0]), 4)
        curves = {}
        for line in (self.folder / "k.csv").read_text(encoding="utf-8").splitlines():
            if line[0].isdigit():
                column, polarity, value, code = line.split(",")
                curves.setdefault((int(column), polarity), []).append((float(value), int(code)))
        return curves

    def put(self, name, text):
        (self.folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())
        return name

    def one(self, text, *more):
        return self.imported("sweep", self.put("bench.txt", text), *more)[0, "both"]

    # ---- shapes ------------------------------------------------------------------------------------------
    def test_separators_headers_order_and_line_ends(self):
        expected = list(zip(INPUTS, CODES[0]))
        rows = [("%g" % value, "%d" % code) for value, code in expected]
        n = 0
        for mark in (",", ";", "\t", " ", " ; ", ", ", "  \t "):
            for head in ("", "# a comment\n\nvolt%scode\n" % mark.strip(" "), '"input"%s"code"\n' % mark):
                for order, end in ((rows, "\n"), (rows[::-1], "\r\n")):
                    if mark == " " and head.startswith("#"):
                        head = "volt code\n"
                    text = head + "".join(mark.join(row) + end for row in order)
                    self.assertEqual(self.one("\ufeff" + text if end == "\r\n" else text), expected, repr(text))
                    n += 1
        self.assertEqual(n, 42)
        self.assertEqual(self.one("0;1\n0,5;100\n1,25;250\n2;401\n", "--decimal-comma"), expected)

    def test_several_columns_in_every_layout(self):
        expected = {(c, "both"): list(zip(INPUTS, CODES[c])) for c in (0, 1)}
        table = numpy.column_stack([INPUTS, CODES.T])
        long = [(c, x, y) for c in (1, 0) for x, y in zip(INPUTS, CODES[c])]
        for name, array in (("p.npy", table), ("f.npy", table.astype("float32")), ("c.npy", CODES), ("x.npy", INPUTS)):
            numpy.save(self.folder / name, array)
        self.put("wide.csv", "input,code_col0,code_col1\n" + "".join("%g,%d,%d\n" % tuple(row) for row in table))
        self.put("long.csv", "Column;Input;Code\n" + "".join("%d;%g;%d\n" % row for row in long))
        self.put("bare.txt", "".join("%d %g %d\n" % row for row in long))
        for arguments in (["wide.csv"], ["long.csv"], ["bare.txt", "--layout", "long"], ["p.npy"], ["f.npy"],
                          ["c.npy", "--inputs", "x.npy"]):
            self.assertEqual(self.imported("sweep", *arguments), expected, arguments)
            self.assertEqual((self.about["full_scale"], self.about["code_bits"]), (2.0, 12))

    def test_samples_are_averaged_and_their_spread_said(self):
        expected = [(0.0, 2), (1.0, 11), (2.0, 20)]
        rows = "0,1\n0,3\n1,10\n2,20\n1,11\n1,12\n"
        self.assertEqual(self.one(rows), expected)
        self.assertIn("inputs with several samples: 2, sd mean 1.21, max 1.41 codes", self.said)
        self.assertIn("sd mean 1.21", self.about["notes"])
        self.assertEqual(self.one("0,1,3\n1,10,12\n2,20,20\n", "--layout", "samples"), expected)

    def test_the_shipped_sweep_is_what_its_own_script_makes(self):
        source = sim.SOURCE / "configs/curves/source/esp32_sweep_measured.csv"
        rows = [line.split(",") for line in source.read_text().splitlines()[1:]]
        got = self.one("\n".join(",".join(row[:6]) for row in rows), "--layout", "samples")
        shipped = [line.split(",")[2:] for line in (sim.SOURCE / "configs/curves/esp32_sweep.csv").read_text()
                   .splitlines() if line[0].isdigit()]
        self.assertEqual(len(got), 33)
        for (value, code), (shipped_value, shipped_code) in zip(got, shipped):
            self.assertEqual(value, float(shipped_value))
            self.assertAlmostEqual(code, int(shipped_code), delta=1)  # halves are rounded the other way there

    def test_polarities(self):
        rows = "-2,30\n-1,20\n0,1\n1,22\n2,33\n"
        run = self.run_import("sweep", self.put("s.csv", rows), "--out", "k")
        self.assertEqual((run.returncode, run.stdout), (3, ""))
        self.assertIn("s.csv: line 1 has input -2, must not be negative", run.stderr)
        self.assertEqual(self.imported("sweep", "s.csv", "--signed"),
                         {(0, "pos"): [(0, 1), (1, 22), (2, 33)], (0, "neg"): [(0, 1), (1, 20), (2, 30)]})

    # ---- what happens to codes -----------------------------------------------------------------------------
    def test_low_bits_are_dropped(self):
        self.assertEqual(self.one("0,15\n1,16\n2,4095\n", "--bits-drop", "4"), [(0, 0), (1, 1), (2, 255)])
        self.assertEqual(self.about["code_bits"], 8)

    def test_falling_curves(self):
        rows = "0,5\n1,3\n2,4\n3,9\n"
        run = self.run_import("sweep", self.put("s.csv", rows), "--out", "k")
        self.assertEqual(run.returncode, 3)
        self.assertIn("s.csv: line 2 column 0 both falls from code 5 to 3 at input 1", run.stderr)
        self.assertEqual(self.one(rows, "--monotone", "isotonic"), [(0, 4), (1, 4), (2, 4), (3, 9)])
        self.assertIn("isotonic): 1", self.about["notes"])
        # three samples of 8 outweigh one of 4: (3 * 8 + 4) / 4
        self.assertEqual(self.one("0,0\n1,8\n1,8\n1,8\n2,4\n3,9\n", "--monotone", "isotonic"),
                         [(0, 0), (1, 7), (2, 7), (3, 9)])

    def test_thinning_keeps_every_code(self):
        def stairs(x):
            return (x * 7 // 100) + (3 if x > 305 else 0)
        dense = [(x, stairs(x)) for x in range(500)]
        points = self.one("".join("%d,%d\n" % point for point in dense), "--thin")
        self.assertLess(len(points), 45)
        xs, ys = zip(*points)
        # as in the model, what is a hair below a whole number reaches it
        self.assertEqual([int(numpy.floor(numpy.interp(x, xs, ys) + 1e-9)) for x, _ in dense], [y for _, y in dense])

    # ---- histograms ----------------------------------------------------------------------------------------
    LEVELS = numpy.cumsum(1.0 + 0.4 * numpy.sin(numpy.arange(255)))  # of an 8-bit converter, full scale 256

    def check_levels(self, curve, tolerance):
        found = dict((code, value) for value, code in curve)
        self.assertEqual(sorted(found)[-255:], list(range(1, 256)))
        worst = max(abs(found[k] - self.LEVELS[k - 1]) for k in range(1, 256))
        self.assertLess(worst, tolerance)

    def counts(self, stimulus):
        return numpy.bincount(numpy.searchsorted(self.LEVELS, stimulus, side="right"), minlength=256)

    def histogram(self, name, *more):
        return self.imported("histogram", name, "--code-bits", 8, "--full-scale", 256, *more)

    def test_ramp_histogram(self):
        ramp = numpy.linspace(-5, 265, 270 * 50)
        counts = self.counts(ramp)
        numpy.save(self.folder / "h.npy", numpy.array([counts, counts]))
        text = "code,counts\n" + "".join("%d,%d\n" % pair for pair in enumerate(counts))
        both = self.histogram("h.npy", "--stimulus", "ramp", "--low", -5, "--high", 265)
        self.assertEqual(both[0, "both"], both[1, "both"])
        self.check_levels(both[0, "both"], 0.03)
        one = self.histogram(self.put("h.csv", text), "--stimulus", "ramp", "--low", -5, "--high", 265)
        self.assertEqual(one[0, "both"], both[0, "both"])

    def test_sine_histogram(self):
        phase = numpy.linspace(0.0, 2.0 * numpy.pi, 400000, endpoint=False)
        numpy.save(self.folder / "h.npy", self.counts(128 + 140 * numpy.sin(phase)))
        known = self.histogram("h.npy", "--stimulus", "sine", "--amplitude", 140, "--centre", 128)[0, "both"]
        self.check_levels(known, 0.01)
        estimated = self.histogram("h.npy", "--stimulus", "sine")[0, "both"]
        self.assertIn("estimated from the end bins", self.about["notes"])
        # the same but for a straight line that takes the ends to 1 and 255 steps
        (a, _), (b, _) = estimated[1], estimated[-1]
        self.assertAlmostEqual(a, 1.0)
        self.assertAlmostEqual(b, 255.0)
        line = 1.0 + (self.LEVELS - self.LEVELS[0]) * 254.0 / (self.LEVELS[-1] - self.LEVELS[0])
        self.assertLess(max(abs(value - line[code - 1]) for value, code in estimated[1:]), 0.01)

    def test_missing_code_and_dropped_bits(self):
        counts = numpy.full(16, 100)
        counts[5] = 0
        text = "".join("%d %d\n" % pair for pair in enumerate(counts))
        curve = self.imported("histogram", self.put("h.txt", text), "--code-bits", 4, "--full-scale", 1500,
                              "--stimulus", "ramp", "--low", 0, "--high", 1500)[0, "both"]
        self.assertIn((500.0, 6), curve)
        self.assertNotIn(5, [code for _, code in curve])
        self.assertEqual([round(value) for value, code in curve if code == 4], [400, 500])  # holds to the jump
        curve = self.imported("histogram", "h.txt", "--code-bits", 4, "--full-scale", 1500, "--bits-drop", 2,
                              "--stimulus", "ramp", "--low", 0, "--high", 1500)[0, "both"]
        self.assertEqual(curve, [(0, 0), (400, 1), (700, 2), (1100, 3)])

    # ---- mistakes ------------------------------------------------------------------------------------------
    def test_wrong_files(self):
        numpy.save(self.folder / "objects.npy", numpy.array([[{}, 1]], dtype=object), allow_pickle=True)
        numpy.save(self.folder / "nan.npy", numpy.array([[0.0, 1.0], [1.0, numpy.nan]]))
        numpy.save(self.folder / "cube.npy", numpy.zeros((2, 2, 2)))
        numpy.save(self.folder / "text.npy", numpy.array([["a", "b"]]))
        numpy.save(self.folder / "c.npy", CODES)
        numpy.save(self.folder / "x.npy", INPUTS[:3])
        numpy.save(self.folder / "empty.npy", numpy.zeros((0, 2)))
        self.put("pickle.npy", pickle.dumps([1, 2]))
        self.put("cut.npy", (self.folder / "c.npy").read_bytes()[:-3])
        good = "input,code\n0,1\n1,2\n"
        cases = [
            ("none.csv", None, ["none.csv: cannot be read: No such file"]),
            ("a.csv", "", ["a.csv: has no rows"]),
            ("a.csv", "input,code\n", ["a.csv: has no rows"]),
            ("a.csv", "5\n", ["a.csv: line 1 has one field"]),
            ("a.csv", good + "2,3,4\n", ["a.csv: line 4 has 3 fields, must have 2"]),
            ("a.csv", good + "2,x\n", ["a.csv: line 4, field 2 is 'x', must be a finite number"]),
            ("a.csv", good + "2,nan\n", ["a.csv: line 4, field 2 is 'nan'"]),
            ("a.csv", "nan,nan\n" + good, ["a.csv: line 1, field 1 is 'nan'"]),
            ("a.csv", good + "inf,3\n", ["a.csv: line 4, field 1 is 'inf'"]),
            ("a.csv", good + "2,1_0\n", ["a.csv: line 4, field 2 is '1_0'"]),
            ("a.csv", good + "2,\n", ["a.csv: line 4, field 2 is ''"]),
            ("a.csv", good + "2,4096\n", ["a.csv: line 4 has code 4096, must be 0 to 4095"]),
            ("a.csv", good + "2,-1\n", ["a.csv: line 4 has code -1"]),
            ("a.csv", "0,1\n0,2\n", ["a.csv: line 1 column 0 both has one input"]),
            ("a.csv", "v,c,c\n0,1,1\n", ["a.csv: line 1 names a column twice"]),
            ("a.csv", "column,input\n0,1\n", ["a.csv: line 2 has 2 fields, must have 3"]),
            ("a.csv", "column,input,code\n0.5,1,1\n", ["a.csv: line 2 is for column 0.5"]),
            ("a.csv", "column,input,code\n1,0,1\n1,1,2\n", ["a.csv: has no column 0, but a column 1"]),
            ("a.csv", b"0,1\n\xff,2\n", ["a.csv: byte 4 is not UTF-8"]),
            ("a.csv", b"\x00" * 100, ["a.csv: line 1 has one field"]),
            ("objects.npy", None, ["objects.npy: is not an .npy array of numbers", "allow_pickle=False"]),
            ("pickle.npy", None, ["pickle.npy: is not an .npy array of numbers"]),
            ("cut.npy", None, ["cut.npy: is not an .npy array of numbers"]),
            ("text.npy", None, ["text.npy: is not an .npy array of numbers"]),
            ("nan.npy", None, ["nan.npy: index [1, 1] is not a finite number"]),
            ("cube.npy", None, ["cube.npy: has shape (2, 2, 2)"]),
            ("empty.npy", None, ["empty.npy: has shape (0, 2)"]),
            ("c.npy --inputs x.npy", None, ["c.npy: has 4 points, x.npy has 3"]),
        ]
        for name, text, says in cases:
            if text is not None:
                self.put(name, text)
            self.refused(["sweep", *name.split()], 3, says)
        ramp = ["--stimulus", "ramp", "--low", 0, "--high", 1, "--full-scale", 1, "--code-bits", 2]
        for text, says in (("0,5\n4,1\n", "line 2 has code 4, must be a whole number 0 to 3"),
                           ("0,5\n0,1\n", "line 2 repeats code 0 of line 1"),
                           ("0,5\n1,-1\n", "line 2 has a count that is not"),
                           ("0,5\n1,7\n", "column 0 has 2 codes in use")):
            self.refused(["histogram", self.put("h.csv", text), *ramp], 3, ["h.csv: " + says])
        self.refused(["histogram", "c.npy", *ramp[:-1], 3], 3, ["c.npy: has 4 codes, must have 8"])
        print("%d wrong files refused" % (len(cases) + 5))

    def refused(self, arguments, code, says, **options):
        before = sim.files_in(self.folder)
        run = self.run_import(*arguments, "--out", "k", **options)
        self.assertEqual((run.returncode, run.stdout), (code, ""), (arguments, run.stderr))
        for words in says:
            self.assertIn(words, run.stderr)
        self.assertNotIn("Traceback", run.stderr)
        self.assertEqual(sim.files_in(self.folder), before)

    def test_wrong_command_lines_and_outputs(self):
        self.put("a.csv", "0,1\n1,2\n")
        histogram = ["histogram", "a.csv", "--stimulus", "ramp"]
        for arguments, says in ((["sweep", "a.csv", "--bits-drop", 12], "--bits-drop must be 0 to 11"),
                                (["sweep", "a.csv", "--inputs", "x.npy"], "--inputs belongs to an .npy file"),
                                (["sweep", "a.csv", "--full-scale", "nan"], "must be above 0"),
                                (["sweep", "a.csv", "--chip", "two\nlines"], "one line of text"),
                                (histogram, "a histogram needs --full-scale"),
                                (histogram + ["--full-scale", 1], "which needs both"),
                                (histogram + ["--full-scale", 1, "--low", 1, "--high", 0], "below --high")):
            about = ABOUT if "--chip" not in arguments else ABOUT[:2] + ABOUT[4:]
            self.refused(arguments, 2, [says], about=about)
        self.refused(["sweep", "a.csv"], 2, ["--chip", "required"], about=ABOUT[:2] + ABOUT[4:])
        run = self.run_import("sweep", "a.csv", "--out", "a.csv/k")
        self.assertEqual(run.returncode, 5, run.stderr)
        self.assertIn("cannot be written", run.stderr)


if __name__ == "__main__":
    unittest.main()
