#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""`sim sweep`: killed at any moment and begun again it leaves the bytes of an undisturbed sweep, on any number of
workers and from any folder; an edited sweep keeps what stayed."""
import sys

sys.dont_write_bytecode = True

import csv
import random
import shutil
import signal
import time
import unittest

from support import sim
from support.sweeps import TINY, Sweep

FILES = ["manifest.json", "points.jsonl", "results.csv", "results.json", "sweep.json"]


class WholeSweeps(Sweep):
    def test_files(self):
        text = self.sim_done("sweep", self.formats(), "--out", "o")
        self.assertEqual(sorted(sim.files_in(self.folder / "o")), FILES)
        self.assertIn("60 of 60 points", text)
        self.assertLessEqual(max(len(line) for line in text.splitlines()), 100)
        table = self.table()
        self.assertEqual((table["format"], table["complete"], table["n_points"]), ("aimc-sweep-results/1", True, 60))
        self.assertEqual([row["index"] for row in table["rows"]], list(range(60)))
        with open(self.folder / "o/results.csv", encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        for row, line in zip(table["rows"], rows):
            for name, value in row.items():
                self.assertEqual("" if value is None else value, type(value)(line[name]) if line[name] else "", name)
        for front in table["fronts"]:
            column = [row["index"] for row, line in zip(table["rows"], rows) if line["front_" + front["name"]] == "1"]
            self.assertEqual(sorted(front["points"]), column)
            self.assertTrue(column)
        manifest = sim.load_json(self.folder / "o/manifest.json")
        self.assertEqual(manifest["points"], {"in_results": 60, "run_this_time": 60})

    def test_default_folder_and_quiet(self):
        name = self.write(axes=[{"key": "nmpu.lanes", "values": [1, 2]}])
        self.assertEqual(self.sim_done("sweep", name, "--quiet"), "")
        self.assertEqual(sorted(sim.files_in(self.folder / "out/s")), FILES)

    def test_workers_and_simd_and_folders(self):
        """The same bytes, however they are made."""
        self.sim_done("sweep", self.formats("sub/s.json"), "--out", "one", "--workers", "1", "-q")
        one = self.results("one")
        for more in (["--workers", "2"], ["--workers", "7"], ["--simd", "scalar"]):
            self.sim_done("sweep", "sub/s.json", "--out", "again", "-q", "--fresh", *more)
            self.assertEqual(self.results("again"), one, more)
        self.sim_done("sweep", "s.json", "--out", "../elsewhere", "-q", cwd=self.folder / "sub")
        self.assertEqual(self.results("elsewhere"), one)

    def test_sweep_as_understood_is_a_sweep(self):
        self.sim_done("sweep", self.formats(points=[{"nmpu.lanes": 2, "kept": 1}], name="s.json"), "--out", "o", "-q")
        self.sim_done("sweep", "o/sweep.json", "--out", "o2", "-q")
        self.assertEqual(self.results("o"), self.results("o2"))

    def test_second_run_has_nothing_to_do(self):
        name = self.formats()
        self.sim_done("sweep", name, "--out", "o", "-q")
        first = self.results("o")
        journal = (self.folder / "o/points.jsonl").read_bytes()
        self.sim_done("sweep", name, "--out", "o", "-q")
        self.assertEqual((self.results("o"), (self.folder / "o/points.jsonl").read_bytes()), (first, journal))
        self.assertEqual(sim.load_json(self.folder / "o/manifest.json")["points"]["run_this_time"], 0)
        self.sim_done("sweep", name, "--out", "o", "-q", "--fresh")
        self.assertEqual(sim.load_json(self.folder / "o/manifest.json")["points"]["run_this_time"], 60)
        self.assertEqual(self.results("o"), first)

    def test_points_that_are_alike_run_once(self):
        name = self.write(axes=[{"key": "nmpu.lanes", "values": [1, 2]}], points=[{"nmpu.lanes": 2}, {"name": "other"}])
        self.sim_done("sweep", name, "--out", "o", "-q")
        rows = self.table()["rows"]
        self.assertEqual([row["nmpu.lanes"] for row in rows], [1, 2, 2, 2])
        self.assertEqual([row["name"] for row in rows], ["tiny_4x4"] * 3 + ["other"])
        self.assertEqual(rows[1]["config_sha256"], rows[2]["config_sha256"])
        self.assertEqual(self.lines(), 1 + 3)

    def test_set_on_the_command_line(self):
        name = self.write(axes=[{"key": "nmpu.lanes", "values": [1, 2]}])
        self.sim_done("sweep", name, "--out", "o", "-q", "--set", "workload.mvms=3")
        self.sim_done(TINY, "--set", "workload.mvms=3", "--set", "nmpu.lanes=1", "--out", "r", "-q")
        self.assertEqual(self.table()["rows"][0]["config_sha256"],
                         sim.load_json(self.folder / "r/report.json")["config"]["sha256"])

    def test_refused_points(self):
        parts = dict(axes=[{"key": "nmpu.cut", "values": [3, 5]}, {"key": "nmpu.round_bits", "values": [0, 1, 4, 5]}])
        run = self.sim("sweep", self.write(**parts), "--out", "o")
        self.assertEqual(run.returncode, sim.BAD_CONFIG)
        self.assertIn("point 3 (nmpu.cut 3, nmpu.round_bits 5): /nmpu/cut (from --set) is 3; with round_bits 5 it drops "
                      "more than the 7 fraction bits", run.stderr)
        self.assertEqual(run.stderr.count("drops more"), 3)
        self.assertFalse((self.folder / "o").exists())
        text = self.sim_done("sweep", self.write(invalid="skip", **parts), "--out", "o")
        self.assertIn("5 of 8 points, 3 refused", text)
        table = self.table()
        self.assertEqual([row["index"] for row in table["rows"]], [0, 1, 2, 4, 5])
        self.assertEqual([one["index"] for one in table["refused"]], [3, 6, 7])
        self.assertIn("drops more than", table["refused"][0]["why"])
        self.assertEqual(table["n_refused"], 3)


class Disturbed(Sweep):
    def test_killed_again_and_again(self):
        dice = random.Random(20)
        self.sim_done("sweep", self.formats(), "--out", "whole", "-q")
        whole = self.results("whole")
        for trial in range(6):
            shutil.rmtree(self.folder / "o", ignore_errors=True)
            kills = 0
            while True:
                run = self.start("s.json", "--out", "o", "-q", "--workers", dice.choice("123"))
                self.wait_for_lines(run, self.lines() + dice.randrange(1, 12))
                time.sleep(dice.random() * 0.02)
                if run.poll() is not None:
                    break
                run.kill()
                run.communicate()
                kills += 1
                if (self.folder / "o/results.json").exists():
                    break  # it had all but ended
                if dice.random() < 0.5:  # what a full disk or a lost machine may leave
                    path = self.folder / "o/points.jsonl"
                    data = path.read_bytes()
                    path.write_bytes(data[:len(data) - dice.randrange(0, 40)])
            if run.returncode == 0:
                self.assertEqual(run.communicate(), ("", ""))
            self.assertEqual(self.results("o"), whole)
            print("trial %d: killed %d times" % (trial, kills))

    def test_interrupt(self):
        name = self.long_sweep()
        for number in (signal.SIGINT, signal.SIGTERM):
            shutil.rmtree(self.folder / "o", ignore_errors=True)
            run = self.start(name, "--out", "o", "--workers", "2")
            self.wait_for_lines(run, 5)
            run.send_signal(number)
            out, err = run.communicate(timeout=30)
            self.assertEqual((run.returncode, err), (sim.INTERRUPTED, ""))
            self.assertIn("incomplete", out)
            table = self.table()
            self.assertIs(table["complete"], False)
            self.assertEqual(len(table["rows"]), self.lines() - 1)
            self.assertEqual((self.folder / "o/results.csv").read_text().splitlines()[-1], "# incomplete")
            self.assertIs(sim.load_json(self.folder / "o/manifest.json")["complete"], False)
            self.assertLess(len(table["rows"]), 600)

    def test_goes_on_after_an_interrupt(self):
        name = self.formats()
        self.sim_done("sweep", name, "--out", "whole", "-q")
        run = self.start(name, "--out", "o", "-q", "--workers", "1")
        self.wait_for_lines(run, 5)
        run.send_signal(signal.SIGINT)
        run.communicate(timeout=30)
        self.assertIn(run.returncode, (sim.DONE, sim.INTERRUPTED))
        self.sim_done("sweep", name, "--out", "o", "-q")
        self.assertEqual(self.results("o"), self.results("whole"))

    def test_an_edited_sweep_keeps_what_stayed(self):
        axes = [{"key": "seed.device", "values": [1, 2]}, {"key": "nmpu.offset_bits", "values": [6, 8]}]
        self.sim_done("sweep", self.formats(axes=axes, derive={}), "--out", "o", "-q")
        axes[1]["values"] = [8, 7]
        axes.append({"key": "nmpu.lanes", "values": [32, 64]})  # 64 is the default: in the points so far
        self.sim_done("sweep", self.formats(axes=axes, derive={}), "--out", "o", "-q")
        self.assertEqual(sim.load_json(self.folder / "o/manifest.json")["points"],
                         {"in_results": 8, "run_this_time": 6})
        self.sim_done("sweep", "s.json", "--out", "new", "-q")
        self.assertEqual(self.results("o"), self.results("new"))

    def test_a_file_that_changed_is_run_again(self):
        import numpy
        weights = numpy.arange(16, dtype=numpy.int8).reshape(4, 4)
        work = self.write_workload("w", numpy.ones((3, 4), numpy.int8), weights)
        name = self.write(set={"workload.file": str(work)}, axes=[{"key": "nmpu.lanes", "values": [1, 2]}])
        for again, run_now in ((False, 2), (False, 0), (True, 2)):
            if again:
                numpy.save(self.folder / "w_w.npy", weights + 1)
            self.sim_done("sweep", name, "--out", "o", "-q")
            self.assertEqual(sim.load_json(self.folder / "o/manifest.json")["points"]["run_this_time"], run_now)

    def test_two_at_once(self):
        run = self.start(self.long_sweep(), "--out", "o", "-q")
        self.wait_for_lines(run, 1)
        second = self.sim("sweep", "s.json", "--out", "o")
        self.assertEqual(second.returncode, sim.BAD_OUTPUT)
        self.assertEqual(second.stderr, "o/points.jsonl: is being written by another sim sweep; give another --out\n")
        run.kill()
        run.communicate()
        third = self.start("s.json", "--out", "o", "-q")  # the lock of the dead is no lock
        self.wait_for_lines(third, self.lines() + 1)
        self.assertIsNone(third.poll())


if __name__ == "__main__":
    unittest.main()
