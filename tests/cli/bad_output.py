#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Outputs that cannot be written: exit code 5, a message that names the output, no temporary file and no file
that is cut. What was finished before the mishap may stay, whole."""
import sys

sys.dont_write_bytecode = True

import os
import resource
import shutil
import subprocess
import unittest

from support import sim

TINY, IDEAL = sim.tile("tiny_4x4"), sim.tile("ideal_256")
ENGINES = ("cycle", "function")
NO_TMPFS = 77
LIMIT = 20000  # bytes of a file
CURVES = sim.SOURCE / "configs/curves/esp32_sweep.csv"
PRINTERS = [[TINY, "--out", "o"], [TINY, "--out", "o", "--engine", "function"], ["schema"], ["explain", TINY],
            ["validate", TINY], ["registers", TINY], ["registers", TINY, "--c-header"], ["adc", CURVES],
            ["adc", CURVES, "--json"], ["calibrate", TINY, "--out", "a.json"], ["--version"], ["--help"]]


class BadOutput(sim.SimTest):
    def check(self, name, *arguments, files=(), **options):
        """Ends with 5, names the output, and leaves these files at most."""
        before = sim.files_in(self.folder)
        run = self.sim(*arguments, **options)
        self.assertEqual(run.returncode, sim.BAD_OUTPUT, run.stderr)
        self.assertIn(name, run.stderr)
        self.assertNotIn("kernel", run.stderr)
        self.assertEqual(run.stdout or "", "")
        left = sim.files_in(self.folder)
        self.assertLessEqual(set(left), set(before) | set(files))
        self.assertEqual({path: left.get(path) for path in before}, before)

    def test_full_device(self):
        for engine in ENGINES:
            for mvms in ("8", "300"):  # within the buffer of a file, and more
                for option in ("--trace", "--vcd"):
                    with self.subTest(engine=engine, mvms=mvms, option=option):
                        self.check("/dev/full: cannot be written", TINY, "--engine", engine, "--mvms", mvms,
                                   option, "/dev/full", "--out", "o")
        self.check("/dev/full: cannot be written", "calibrate", TINY, "--out", "/dev/full")

    def test_places_that_are_none(self):
        (self.folder / "file").write_text("mine")
        (self.folder / "folder").mkdir()
        self.check("is not a folder", TINY, "--out", "file")
        self.check("file/o: ", TINY, "--out", "file/o")
        self.check("/proc/aimc", TINY, "--out", "/proc/aimc")
        for option in ("--trace", "--vcd"):
            self.check("folder: cannot be written: Is a directory", TINY, option, "folder", "--out", "o")
            self.check("file/t: cannot be written: Not a directory", TINY, option, "file/t", "--out", "o")
        self.check("folder: cannot be written: Is a directory", "calibrate", TINY, "--out", "folder")

    def test_read_only_folder(self):
        (self.folder / "locked").mkdir(mode=0o555)
        program, options = self.as_nobody()
        for name, *arguments in (("locked", "--out", "locked"), ("locked", "--out", "locked/o"),
                                 ("/proc/o", "--trace", "locked/t.trace", "--out", "/proc/o")):
            self.check(name, "tiny.json", *arguments, executable=program, **options)

    def test_file_size_limit(self):
        """A disk that is full in the middle: no file may grow beyond the limit."""
        def limit():
            resource.setrlimit(resource.RLIMIT_FSIZE, (LIMIT, LIMIT))
        for engine in ENGINES:
            run = [IDEAL, "--engine", engine, "--mvms", "60"]
            for option in ("--trace", "--vcd"):
                with self.subTest(engine=engine, option=option):
                    self.check("big: cannot be written: File too large", *run, option, "big", "--out", "o",
                               preexec_fn=limit, restore_signals=False)
            with self.subTest(engine=engine, option="--save"):
                self.check("o/counts.npy: cannot be written", *run, "--save", "counts", "--out", "o",
                           preexec_fn=limit, restore_signals=False)

    def test_full_disk(self):
        """The same on a small file system, where mounting one is permitted."""
        script = ("mount -t tmpfs -o size=256k none m || exit 77; cd m; \"$@\"; code=$?; "
                  "find . -name '*.part*' -o -name '*.trace' -o -name '*.vcd'; exit $code")
        (self.folder / "m").mkdir()
        for engine in ENGINES:
            for option, name in (("--trace", "t.trace"), ("--vcd", "w.vcd")):
                command = ["unshare", "--map-root-user", "--mount", "sh", "-c", script, "sh", sim.SIM, IDEAL, "--engine",
                           engine, "--mvms", "400", "--no-arrays", option, name, "--quiet"]
                run = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, timeout=60)
                if run.returncode == NO_TMPFS or "unshare" in run.stderr:
                    print("no small file system here, case left out: " + run.stderr.strip())
                    return
                expected = (sim.BAD_OUTPUT, "", name + ": cannot be written: No space left on device\n")
                self.assertEqual((run.returncode, run.stdout, run.stderr), expected)

    def test_stdout(self):
        """What was to be printed is lost, so the exit code is not 0; the files of a run are whole."""
        for arguments in PRINTERS:
            for way in ("full", "closed"):
                with self.subTest(way, arguments=arguments), open("/dev/full", "w") as full:
                    options = {"stdout": full} if way == "full" else {"preexec_fn": lambda: os.close(1)}
                    self.check("stdout: ", *arguments, files=["a.json"] + ["o/" + name for name in sim.RESULTS],
                               **options)
                    shutil.rmtree(self.folder / "o", ignore_errors=True)

    def test_closed_stdout_is_not_a_file(self):
        """Messages of a run whose stdout is closed must not end in the first file it opens."""
        self.sim_done(TINY, "--trace", "good.trace", "--out", "good", "--quiet")
        run = self.sim(TINY, "--verbose", "--trace", "t.trace", "--out", "o", preexec_fn=lambda: os.close(1))
        self.assertEqual(run.returncode, sim.BAD_OUTPUT)
        self.assertEqual((self.folder / "t.trace").read_text(), (self.folder / "good.trace").read_text())


if __name__ == "__main__":
    unittest.main()
