#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Ctrl-C in a long run: the MVM in flight is finished and what is complete is written; kill -9: no file with a
final name."""
import sys

sys.dont_write_bytecode = True

import os
import pathlib
import signal
import subprocess
import time
import unittest

import numpy

from support import sim

IDEAL, TINY = sim.tile("ideal_256"), sim.tile("tiny_4x4")


class Interrupt(sim.SimTest):
    def start(self, config, engine, mvms, *more):
        """A run of minutes that writes a trace; returns when the trace grows."""
        command = [sim.SIM, config, "--engine", engine, "--mvms", str(mvms), "--trace", "t.trace", "--out", "o", *more]
        run = subprocess.Popen(command, cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.addCleanup(lambda: run.poll() is None and (run.kill(), run.communicate()))
        give_up = time.monotonic() + 15
        while not any(path.stat().st_size for path in self.folder.glob("t.trace.part*")):
            self.assertIsNone(run.poll(), "ended by itself")
            self.assertLess(time.monotonic(), give_up, "no trace after 15 s")
            time.sleep(0.02)
        return run

    @staticmethod
    def catches(pid, number):
        """Whether the process has set a handler by now."""
        status = pathlib.Path("/proc/%d/status" % pid).read_text()
        mask = next(line for line in status.splitlines() if line.startswith("SigCgt:")).split()[1]
        return int(mask, 16) >> (number - 1) & 1

    def end(self, run, number):
        run.send_signal(number)
        out, err = run.communicate(timeout=15)
        return run.returncode, out, err

    def assert_left_in_order(self, cols):
        """Report, trace and y.npy of an interrupted run say the same. Returns its number of MVMs."""
        left = sorted(sim.files_in(self.folder))
        self.assertEqual(left, sorted(["o/" + name for name in sim.RESULTS] + ["t.trace"]))
        report = sim.load_json(self.folder / "o/report.json")
        mvms = report["workload"]["mvms"]
        self.assertIs(report["complete"], False)
        self.assertIs(sim.load_json(self.folder / "o/manifest.json")["complete"], False)
        self.assertEqual(sum(report["throughput"]["states"].values()), report["throughput"]["cycles_total"])
        self.assertEqual(numpy.load(self.folder / "o/y.npy").shape, (mvms, cols))
        lines = (self.folder / "t.trace").read_text().split("\n")
        self.assertEqual(lines[-2:], ["# incomplete", ""])
        found = [line.split(" ") for line in lines[:-2] if line[0] != "#"]
        self.assertEqual(len(found), 4 * mvms)
        for stage in ("dac", "adc", "nmpu", "out"):
            self.assertEqual([int(event[2]) for event in found if event[1] == stage], list(range(mvms)))
        return mvms

    def interrupt(self, engine, number=signal.SIGINT, config=TINY, cols=4):
        run = self.start(config, engine, 5000000)
        time.sleep(0.1)
        code, out, err = self.end(run, number)
        self.assertEqual((code, err), (sim.INTERRUPTED, ""))
        self.assertIn("aimc report", out)
        mvms = self.assert_left_in_order(cols)
        self.assertGreater(mvms, 0)
        print("%s engine: interrupted after %d MVMs" % (engine, mvms))
        self.assert_as_if_asked_for(engine, mvms, config)

    def assert_as_if_asked_for(self, engine, mvms, config):
        """The figures are those of a whole run of as many MVMs, the later half of which is another."""
        self.sim_done(config, "--engine", engine, "--mvms", str(mvms), "--out", "whole", "--quiet")
        reports = [sim.load_json(self.folder / out / "report.json") for out in ("o", "whole")]
        for key in ("latency", "throughput", "accuracy", "energy"):
            self.assertEqual(*[report[key] for report in reports])
        self.assertEqual(*[(self.folder / out / "y.npy").read_bytes() for out in ("o", "whole")])

    def test_cycle_engine(self):
        self.interrupt("cycle")

    def test_function_engine(self):
        self.interrupt("function")

    def test_digital_tile(self):
        self.interrupt("function", config=sim.tile("digital_128"), cols=128)

    def test_pim_tile(self):
        self.interrupt("cycle", config=sim.tile("pim_bit_serial_7b"), cols=256)

    def test_function_engine_with_threads(self):
        run = self.start(IDEAL, "function", 50000, "--threads", "2", "--quiet")
        self.assertEqual(self.end(run, signal.SIGINT), (sim.INTERRUPTED, "", ""))
        self.assert_left_in_order(256)

    def test_sigterm(self):
        self.interrupt("cycle", signal.SIGTERM)

    def test_before_the_first_vector(self):
        """A signal as soon as it is caught; an empty result is a result, too."""
        command = [sim.SIM, IDEAL, "--engine", "function", "--mvms", "100000", "--trace", "t.trace", "--out", "o", "-q"]
        run = subprocess.Popen(command, cwd=self.folder, stderr=subprocess.PIPE, text=True)
        self.addCleanup(lambda: run.poll() is None and (run.kill(), run.communicate()))
        give_up = time.monotonic() + 15
        while not self.catches(run.pid, signal.SIGINT):
            self.assertLess(time.monotonic(), give_up, "no signal handler after 15 s")
            time.sleep(0.002)
        run.send_signal(signal.SIGINT)
        self.assertEqual((run.communicate(timeout=20)[1], run.returncode), ("", sim.INTERRUPTED))
        self.assert_left_in_order(256)

    def test_during_a_calibration(self):
        """There is nothing to write yet, and nothing is left."""
        long = ["--set", "calibration.count=1000000", "--set", "device.read_noise=per_cell"]
        cycle = [] if sim.SANITIZED else [["run", IDEAL, "--engine", "cycle"]]
        for command in (*cycle, ["run", IDEAL, "--engine", "function"], ["calibrate", IDEAL]):
            with self.subTest(command):
                run = subprocess.Popen([sim.SIM, *command, *long, "--set", "calibration.method=least_squares",
                                        "--set", "tile.rows=64", "--out", "o"], cwd=self.folder,
                                       stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
                self.addCleanup(lambda run=run: run.poll() is None and (run.kill(), run.communicate()))
                give_up = time.monotonic() + 15
                while not self.catches(run.pid, signal.SIGINT):
                    self.assertLess(time.monotonic(), give_up, "no signal handler after 15 s")
                    time.sleep(0.002)
                time.sleep(1.0)
                code, out, err = self.end(run, signal.SIGINT)
                self.assertEqual((code, out, err), (sim.INTERRUPTED, "", "interrupted: during the calibration; nothing was written\n"))
                self.assertEqual(sim.files_in(self.folder), {})

    def test_kill(self):
        for engine in ("cycle", "function"):
            with self.subTest(engine):
                run = self.start(TINY, engine, 5000000, "--vcd", "w.vcd")
                self.assertEqual(self.end(run, signal.SIGKILL)[0], -signal.SIGKILL)
                names = [name for name in sim.files_in(self.folder) if ".part" not in name]
                self.assertEqual(names, [], "files with a final name")
                for path in self.folder.glob("*.part*"):
                    os.unlink(path)


if __name__ == "__main__":
    unittest.main()
