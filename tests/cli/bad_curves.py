#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""ADC curve files that are broken, huge or merely odd, through every command that reads them: `adc`, `run` and
`replay` (`validate` reads the config only). A documented policy, or exit code 3 with file and place: never a
crash, never an internal error, within seconds and with little memory."""
import sys

sys.dont_write_bytecode = True

import json
import os
import resource
import subprocess
import time
import unittest

from support import sim
from support.odd_curves import DESCRIPTIONS, GOOD, HEAD, SAME, TABLES, TWO, describe

CONFIG = {"format": "aimc-config/1", "tile": {"rows": 4, "cols": 4}, "adc": {"curves": "file", "curve_file": "k.csv"}}
COMMANDS = (["adc", "k.csv"], ["run", "c.json", "--engine", "function" if sim.SANITIZED else "cycle", "--mvms", "3", "--out", "o"],
            ["run", "c.json", "--engine", "function", "--mvms", "3", "--out", "o"], ["replay", "c.json"])
FOUR_GB, SECONDS, LITTLE_MB = 4 << 30, 20, 256


class BadCurves(sim.SimTest):
    @classmethod
    def setUpClass(cls):
        """A sanitizer's shadow memory does not fit into the limit: then memory is not looked at."""
        cls.limit = (lambda: resource.setrlimit(resource.RLIMIT_AS, (FOUR_GB, FOUR_GB)))
        probe = subprocess.run([sim.SIM, "--version"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                               preexec_fn=cls.limit)
        cls.limited = probe.returncode == 0
        cls.largest = (0.0, 0.0)

    @classmethod
    def tearDownClass(cls):
        print("slowest %.2f s, largest %.0f MB" % cls.largest)

    def put(self, text=GOOD, changes={}, **adc):
        for name, contents in (("k.csv", text), ("k.json", describe(text, changes)),
                               ("c.json", json.dumps(dict(CONFIG, adc=dict(CONFIG["adc"], **adc))))):
            raw = contents if isinstance(contents, bytes) else contents.encode()
            (self.folder / name).write_bytes(raw)

    def bounded(self, *arguments):
        """Runs sim within 4 GB; (exit code, stdout, stderr), and its time and memory are looked at."""
        begin = time.monotonic()
        with open(self.folder / "out", "w+b") as out, open(self.folder / "err", "w+b") as err:
            child = subprocess.Popen([sim.SIM, *arguments], cwd=self.folder, stdin=subprocess.DEVNULL, stdout=out,
                                     stderr=err, preexec_fn=type(self).limit if self.limited else None)
            _, status, usage = os.wait4(child.pid, 0)
            child.returncode = os.waitstatus_to_exitcode(status)
            out.seek(0), err.seek(0)
            said = out.read().decode(errors="replace"), err.read().decode(errors="replace")
        for name in ("out", "err"):
            (self.folder / name).unlink()
        seconds, megabytes = time.monotonic() - begin, usage.ru_maxrss / 1024
        type(self).largest = tuple(map(max, self.largest, (seconds, megabytes)))
        self.assertLess(seconds, SECONDS)
        if self.limited:
            self.assertLess(megabytes, LITTLE_MB)
        return (child.returncode, *said)

    def refused(self, says, commands=COMMANDS):
        before = sorted(path.name for path in self.folder.iterdir())
        for arguments in commands:
            code, out, err = self.bounded(*arguments)
            self.assertEqual((code, out), (sim.BAD_INPUT, ""), (arguments, err[:2000]))
            for words in says:
                self.assertIn(words, err)
            self.assertLess(len(err), 5000)
            self.assertTrue(err.isascii() and err.endswith("\n"))
            self.assertEqual(sorted(path.name for path in self.folder.iterdir()), before)

    def test_tables(self):
        for name, text, says in TABLES:
            with self.subTest(name):
                self.put(text)
                self.refused(says)
                self.assertEqual(self.bounded("validate", "c.json")[0], sim.DONE)
        print("%d broken tables, %d commands each" % (len(TABLES), len(COMMANDS)))

    def test_descriptions(self):
        for name, changes, says in DESCRIPTIONS:
            with self.subTest(name):
                self.put(GOOD, changes)
                self.refused(says)
        print("%d broken descriptions" % len(DESCRIPTIONS))

    def test_every_cut_of_a_whole_file_is_noticed(self):
        self.put()
        for length in range(len(GOOD)):
            (self.folder / "k.csv").write_text(GOOD[:length])
            self.refused(["k.csv: has sha256"], COMMANDS[:1])
        print("%d lengths" % len(GOOD))

    def test_files_that_are_none(self):
        def link(target):
            def make():
                (self.folder / "k.csv").unlink()
                (self.folder / "k.csv").symlink_to(target)
            return make

        def replace(make, name):
            def run():
                (self.folder / name).unlink()
                make(self.folder / name)
            return run

        def grow(name, size):
            return lambda: os.truncate(self.folder / name, size)

        cases = [("missing", replace(lambda p: None, "k.csv"), ["k.csv: cannot be read: No such file"]),
                 ("no description", replace(lambda p: None, "k.json"), ["k.csv: needs its description k.json"]),
                 ("a folder", replace(os.mkdir, "k.csv"), ["k.csv: is a folder"]),
                 ("description is a folder", replace(os.mkdir, "k.json"), ["k.json: is a folder"]),
                 ("a pipe", replace(os.mkfifo, "k.csv"), ["k.csv: is a device or pipe"]),
                 ("description is a pipe", replace(os.mkfifo, "k.json"), ["k.json: is a device or pipe"]),
                 ("a device without end", link("/dev/zero"), ["k.csv: is a device or pipe"]),
                 ("a link to itself", link("k.csv"), ["k.csv: cannot be read"]),
                 ("a link to nowhere", link("nowhere"), ["k.csv: cannot be read: No such file"]),
                 ("1 GB", grow("k.csv", 1 << 30), ["k.csv: has 1073741824 bytes, must have at most 67108864"]),
                 ("64 MB of zeros", grow("k.csv", 64 << 20), ["k.csv: has sha256", "k.csv: line 26, column 1"]),
                 ("description of 1 GB", grow("k.json", 1 << 30), ["k.json: has 1073741824 bytes"])]
        for name, make, says in cases:
            with self.subTest(name):
                self.put()
                make()
                self.refused(says)
            for path in self.folder.iterdir():
                path.rmdir() if path.is_dir() and not path.is_symlink() else path.unlink()
        print("%d files that are none" % len(cases))

    def test_without_permission(self):
        program, options = self.as_nobody()
        self.put()
        for name in ("k.csv", "k.json"):
            (self.folder / name).chmod(0)
            run = self.sim("adc", "k.csv", executable=program, **options)
            self.assertEqual((run.returncode, run.stdout), (sim.BAD_INPUT, ""))
            self.assertEqual(run.stderr, name + ": cannot be read: Permission denied\n")
            (self.folder / name).chmod(0o644)

    # ---- what is allowed gives the same result ---------------------------------------------------------------
    def results(self):
        """Metrics and outputs of the files in the folder."""
        code, metrics, err = self.bounded("adc", "k.csv", "--json")
        self.assertEqual((code, err), (sim.DONE, ""))
        code, _, err = self.bounded("run", "c.json", "--mvms", "5", "--trace", "t", "--out", "o", "--quiet")
        self.assertEqual((code, err), (sim.DONE, ""))
        code, said, err = self.bounded("replay", "c.json")
        self.assertEqual((code, err), (sim.DONE, ""))
        return metrics, sim.events(self.folder / "t"), said

    def test_odd_but_allowed(self):
        self.put()
        expected = self.results()
        self.assertIn("20 of 20", expected[2])  # a negative input of 0 belongs to the positive curve
        for name, text in SAME:
            with self.subTest(name):
                self.put(text)
                self.assertEqual(self.results(), expected)
        self.put(GOOD, "\ufeff// Excel was here\n" + describe(GOOD, {}))
        self.assertEqual(self.results(), expected)
        self.put(GOOD.replace("94,379\n", "94,370\n"))  # another curve is another result
        self.assertNotEqual(self.results()[0], expected[0])
        print("%d odd files" % (len(SAME) + 1))

    def test_policies(self):
        falls = GOOD.replace("1,pos,47,189\n", "1,pos,47,379\n")
        self.put(falls)
        self.refused(["k.csv: line 10 column 1 pos falls from code 379 (line 9) to 377", "isotonic"])
        self.put(falls, non_monotone="isotonic")
        isotonic = self.results_of_run()
        self.put(falls.replace("1,pos,47,379\n", "1,pos,47,378\n").replace("1,pos,94,377\n", "1,pos,94,378\n"))
        self.assertEqual(self.results_of_run(), isotonic)
        self.put(TWO)
        self.refused(["k.csv: has curves of 1 columns, the tile has 4", 'adc.few_curves to "repeat"'], COMMANDS[1:3])
        self.put(TWO, few_curves="repeat")
        repeated = self.results_of_run()
        self.put(HEAD + "".join("%d,both,0,0\n%d,both,94,400\n" % (c, c) for c in range(4)))
        self.assertEqual(self.results_of_run(), repeated)

    def results_of_run(self):
        code, _, err = self.bounded("run", "c.json", "--mvms", "5", "--trace", "t", "--out", "o", "--quiet")
        self.assertEqual((code, err), (sim.DONE, ""))
        return sim.events(self.folder / "t")

    def test_as_many_points_as_are_allowed(self):
        self.put(HEAD + "".join("0,both,%d,%d\n" % (x, x // 128) for x in range(65536)), {"full_scale": 65536})
        code, out, err = self.bounded("adc", "k.csv")
        self.assertEqual((code, err), (sim.DONE, ""))
        self.assertIn("65536", out)

    def test_curves_that_say_nothing(self):
        """All zero, all at the top, all inputs within one step of the current grid: odd, but curves."""
        for rows in ("0,both,0,0\n0,both,94,0\n", "0,both,0,511\n0,both,94,511\n", "0,both,0,0\n0,both,1e-300,511\n",
                     "0,both,93,0\n0,both,94,1\n"):
            with self.subTest(rows):
                self.put(HEAD + rows, few_curves="repeat")
                self.assertEqual(self.bounded("adc", "k.csv")[0], sim.DONE)
                for engine in ("cycle", "function"):
                    code, _, err = self.bounded("run", "c.json", "--mvms", "3", "--engine", engine, "--out", "o")
                    self.assertEqual((code, err), (sim.DONE, ""))


if __name__ == "__main__":
    unittest.main()
