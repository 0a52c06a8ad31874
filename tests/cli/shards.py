#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""`--shards`, `--shard` and `--merge` of `sim sweep` and `sim network`: parts, wherever they are cut, give the bytes
of a run in one piece; parts that are not one whole job are refused."""
import sys

sys.dont_write_bytecode = True

import json
import random
import shutil
import subprocess
import time
import unittest

import numpy

from support import sim
from support.network_zoo import FOUR_PHASE, NetworkRun, every_op
from support.sweeps import Sweep

SWEEP_FILES = ("results.csv", "results.json", "sweep.json")


def cuts(dice, items, parts):
    """FROM:TO of parts of random sizes, in any order."""
    at = [0, *sorted(dice.sample(range(1, items), parts - 1)), items]
    found = [f"{start}:{end}" for start, end in zip(at, at[1:])]
    dice.shuffle(found)
    return found


class SweepParts(Sweep):
    def whole(self, name, *more):
        self.sim_done("sweep", name, "--out", "whole", "-q", *more)
        return {file: (self.folder / "whole" / file).read_bytes() for file in SWEEP_FILES}

    def parts(self, name, ranges, *more):
        """Into a new folder. Returns what they are merged to."""
        for folder in ("parts", "merged"):
            shutil.rmtree(self.folder / folder, ignore_errors=True)
        for one in ranges:
            self.sim_done("sweep", name, "--shard", one, "--out", "parts", "-q", *more)
        self.sim_done("sweep", name, "--merge", "parts", "--out", "merged", "-q", *more)
        return {file: (self.folder / "merged" / file).read_bytes() for file in SWEEP_FILES}

    def test_any_cut_gives_the_bytes_of_one_run(self):
        dice = random.Random(1)
        # the list repeats points of the grid, which run once
        name = self.formats(points=[{"seed.device": 1, "nmpu.scale_fraction": 5, "kept": 0, "nmpu.offset_bits": 6},
                                    {"seed.device": 9, "nmpu.scale_fraction": 6, "kept": 1}])
        whole = self.whole(name)
        for parts in (1, 2, 7, 20):
            self.assertEqual(self.parts(name, cuts(dice, 62, parts)), whole, parts)
        lines = [sorted((self.folder / out / "points.jsonl").read_text().splitlines()) for out in ("whole", "merged")]
        self.assertEqual(*lines)
        manifest = sim.load_json(self.folder / "merged/manifest.json")
        self.assertEqual(manifest["points"], {"in_results": 62, "run_this_time": 0})

    def test_settings_and_refused_points(self):
        name = self.write(axes=[{"key": "nmpu.cut", "values": [3, 5]}, {"key": "nmpu.round_bits", "values": [0, 1, 4, 5]}],
                          invalid="skip")
        more = ("--set", "workload.mvms=9")
        whole = self.whole(name, *more)
        self.assertEqual(self.parts(name, ["0:3", "3:4", "4:8"], *more), whole)  # 3:4 has no good point
        self.assertEqual(json.loads(whole["results.json"])["n_refused"], 3)

    def test_on_other_machines(self):
        """The name of the folder, the workers and the SIMD level are no part of the job."""
        name = self.formats()
        whole = self.whole(name)
        self.sim_done("sweep", name, "--shard", "0:30", "--out", "parts", "-q", "--workers", "1", "--simd", "scalar")
        other = self.folder / "other"
        other.mkdir()
        shutil.copy(self.folder / name, other / "s.json")
        self.sim_done("sweep", "s.json", "--shard", "30:60", "--out", "../parts", "-q", cwd=other)
        self.sim_done("sweep", name, "--merge", "parts", "--out", "merged", "-q")
        self.assertEqual({file: (self.folder / "merged" / file).read_bytes() for file in SWEEP_FILES}, whole)

    def test_what_there_is(self):
        said = json.loads(self.sim_done("sweep", self.formats("mine.json"), "--shards"))
        self.assertEqual({key: said[key] for key in ("format", "kind", "name", "chips", "items")},
                         {"format": "aimc-shards/1", "kind": "sweep", "name": "mine", "chips": 1, "items": 60})
        self.assertFalse((self.folder / "out").exists())
        for more in (["--set", "workload.mvms=257"], ["--set", "read.mode=four_phase"]):
            other = json.loads(self.sim_done("sweep", "mine.json", "--shards", *more))
            self.assertNotEqual(other["key"], said["key"], more)

    def test_one_that_is_there_is_not_run_again(self):
        name, path = self.formats(), self.folder / "p/0000000-0000005.shard"
        command = ["sweep", name, "--shard", "0:5", "--out", "p"]
        self.assertEqual(self.sim_done(*command), "p/0000000-0000005.shard\n")
        self.assertEqual([*sim.files_in(self.folder / "p")], [path.name])
        good, written = path.read_bytes(), path.stat().st_mtime_ns
        self.assertEqual(self.sim_done(*command), "p/0000000-0000005.shard was there\n")
        self.assertEqual(path.stat().st_mtime_ns, written)
        for bad in (good[:-1], good.replace(b'"row"', b'"raw"', 1), b"", b"\xff\n" + good):
            path.write_bytes(bad)
            run = self.sim(*command)
            self.assertEqual(run.returncode, sim.DONE)
            self.assertIn("p/0000000-0000005.shard: is", run.stderr)
            self.assertIn("damaged", run.stderr)
            self.assertIn("it is made anew", run.stderr)
            self.assertEqual(path.read_bytes(), good)

    def test_killed_it_leaves_nothing(self):
        command = [sim.SIM, "sweep", self.long_sweep(), "--shard", "0:600", "--out", "p", "-q"]
        for wait in (0.05, 0.4):
            run = subprocess.Popen(command, cwd=self.folder)
            time.sleep(wait)
            run.kill()
            self.assertLess(run.wait(), 0, "ended by itself")
            self.assertEqual(list(self.folder.glob("p/*.shard")), [])

    def test_a_file_that_changed(self):
        weights = numpy.arange(16, dtype=numpy.int8).reshape(4, 4)
        work = self.write_workload("w", numpy.ones((3, 4), numpy.int8), weights)
        name = self.write(points=[{"workload.mvms": 3}, {"workload.file": str(work)}])
        self.sim_done("sweep", name, "--shard", "0:2", "--out", "p", "-q")
        numpy.save(self.folder / "w_w.npy", weights + 1)
        run = self.sim("sweep", name, "--merge", "p", "--out", "o")
        self.assertEqual(run.returncode, sim.BAD_INPUT)
        self.assertIn("p/0000000-0000002.shard: lacks point 1: a file that it reads was another one", run.stderr)


class Refusals(Sweep):
    def setUp(self):
        super().setUp()
        self.name = self.formats()
        for one in ("0:5", "5:10", "10:60"):
            self.sim_done("sweep", self.name, "--shard", one, "--out", "p", "-q")

    def refused(self, *says, code=sim.BAD_INPUT, more=("--merge", "p")):
        run = self.sim("sweep", self.name, "--out", "o", *more)
        self.assertEqual((run.returncode, run.stdout), (code, ""), run.stderr)
        for text in says:
            self.assertIn(text, run.stderr)
        self.assertFalse((self.folder / "o/results.json").exists())

    def edit(self, name, old, new):
        path = self.folder / "p" / name
        data = path.read_bytes()
        self.assertIn(old, data)
        path.write_bytes(data.replace(old, new, 1))

    def test_gaps(self):
        for name in ("0000000-0000005", "0000010-0000060"):
            (self.folder / f"p/{name}.shard").unlink()
        self.refused("p: lacks points 0:5\np: lacks points 10:60")

    def test_overlaps(self):
        self.sim_done("sweep", self.name, "--shard", "3:12", "--out", "p", "-q")
        self.refused("p: has points 3:5 twice, the second time in 0000003-0000012.shard", "p: has points 5:10 twice")

    def test_other_jobs(self):
        self.sim_done("sweep", self.name, "--shard", "5:10", "--out", "p", "-q", "--set", "workload.mvms=9", "--fresh")
        self.refused("p/0000005-0000010.shard: is of another job")

    def test_other_program(self):
        self.edit("0000005-0000010.shard", b'"version":"', b'"version":"0.')
        self.refused("p/0000005-0000010.shard: was made by aimc 0.", "this is aimc")

    def test_damaged(self):
        self.edit("0000005-0000010.shard", b"1", b"2")
        self.refused("p/0000005-0000010.shard: is")
        (self.folder / "p/0000005-0000010.shard").write_text("no shard")
        self.refused("p/0000005-0000010.shard: is no shard (aimc-shard/1), or is damaged")

    def test_a_range_that_is_none(self):
        self.edit("0000010-0000060.shard", b'"to":60', b'"to":61')
        self.refused("p/0000010-0000060.shard: holds points 10:61, which the job does not have")

    def test_places(self):
        (self.folder / "none").mkdir()
        self.refused("none: lacks points 0:60", more=("--merge", "none"))
        self.refused("nowhere: cannot be read: No such file", more=("--merge", "nowhere"))

    def test_command_line(self):
        for more, says in ((["--shard", "0:61"], "--shard: is 0:61, must be within points 0:60"),
                           (["--shard", "5:5"], "must be FROM:TO, FROM below TO"), (["--shard", "0:1:2"], "FROM:TO"),
                           (["--shard", "x"], "FROM:TO"), (["--shard", "-1:4"], "FROM:TO"),
                           (["--shard", "0:1", "--merge", "p"], "excludes"), (["--shards", "--merge", "p"], "excludes")):
            self.refused(says, code=sim.BAD_CONFIG, more=more)


class NetworkParts(NetworkRun):
    def check(self, images, chips, *more, variants="float,ldpu,nmpu"):
        """Parts against one run; chip by chip other cuts, one inside the images that are compared with exact tiles."""
        dice = random.Random(images)
        more = ["--images", str(images), "--variants", variants, "--save", "scores,words", *more]
        self.run_network(*more, "--chips", str(chips), tile=FOUR_PHASE, out="whole")
        for chip in range(chips):
            for one in cuts(dice, images, 1 + chip % 3 if chip else 3):
                self.sim_done(*self.command(*more, "--chips", str(chips), "--shard", f"{chip}:{one}", tile=FOUR_PHASE,
                                            out="parts"))
        self.run_network(*more, "--chips", str(chips), "--merge", "parts", tile=FOUR_PHASE, out="merged")
        self.assertEqual(self.results("merged"), self.results("whole"))
        texts = [(self.folder / out / "report.json").read_text().partition('\n "host"')[0] for out in ("whole", "merged")]
        self.assertEqual(*texts)
        self.assertEqual((self.folder / "merged/report.txt").read_bytes(), (self.folder / "whole/report.txt").read_bytes())

    def test_chips_ages_and_variants(self):
        self.make(every_op(), images=50)
        self.check(45, 3, "--set", "calibration.count=256", "--set", "ageing.schedule_s=[3600,86400]",
                   "--set", "ageing.compensation=per_column", "--set", "ageing.recalibrate_s=[86400]")

    def test_one_variant_and_phases_that_differ(self):
        self.make(every_op(), images=50)
        self.check(50, 1, "--set", "calibration.count=128", "--set", "read.skip_empty_phases=true", variants="nmpu")

    def test_what_the_converters_noticed(self):
        """Currents that change sign and pass the end: shares of what was looked at, whatever part saw it."""
        self.make(every_op(), images=20)
        for mode in ("one_phase", "four_phase"):
            with self.subTest(mode):
                self.check(20, 1, "--set", "calibration.count=64", "--set", "read.mode=" + mode, "--set",
                           "adc.current_ratio=2", variants="nmpu")
                shutil.rmtree(self.folder / "parts")
                layers = sim.load_json(self.folder / "whole/report.json")["results"][0]["layers"]
                watched = [layer for layer in layers if layer["watched_conversions"] > 0]
                self.assertGreater(len(watched), len(layers) / 2)
                for layer in layers:
                    self.assertEqual(layer["over_range"] is None, layer not in watched)
                noticed = "polarity_flips" if mode == "one_phase" else "over_range"
                self.assertGreater(max(layer[noticed] for layer in watched), 0.0)

    def test_float_alone_has_one_chip(self):
        self.make(every_op(), images=20)
        self.check(20, 1, variants="float")
        said = json.loads(self.sim_done(*self.command("--variants", "float", "--chips", "4", "--shards")))
        self.assertEqual((said["kind"], said["name"], said["chips"], said["items"]), ("network", "net", 1, 20))

    @unittest.skipIf(sim.SANITIZED, "the address sanitizer mistakes the kernel's stack switches")
    def test_cycle_engine(self):
        self.make(every_op(), images=5)
        self.check(4, 1, "--engine", "cycle", "--set", "calibration.count=64", variants="nmpu")

    def test_refusals(self):
        self.make(every_op(), images=8)
        base = ["--variants", "nmpu", "--set", "calibration.count=64"]
        for one in ("0:0:4", "0:4:8", "1:0:8"):
            self.sim_done(*self.command(*base, "--chips", "2", "--shard", one, out="p"))

        def refused(code, says, *more):
            run = self.sim(*self.command(*base, *more))
            self.assertEqual(run.returncode, code, run.stderr)
            self.assertIn(says, run.stderr)
        refused(sim.BAD_INPUT, "p/chip0-0000000-0000004.shard: is of another job", "--merge", "p", "--chips", "1")
        refused(sim.BAD_INPUT, "is of another job", "--merge", "p", "--chips", "2", "--seed", "5")
        refused(sim.BAD_INPUT, "is of another job", "--merge", "p", "--chips", "2", "--images", "7")
        refused(sim.BAD_CONFIG, "must be CHIP:FROM:TO, FROM below TO", "--shard", "0:4")
        refused(sim.BAD_CONFIG, "must be within chips 0 to 0 and images 0:8", "--shard", "1:0:8")
        refused(sim.BAD_CONFIG, "--save: layers", "--shard", "0:0:8", "--save", "layers", "--images", "8")
        (self.folder / "p/chip0-0000004-0000008.shard").unlink()
        refused(sim.BAD_INPUT, "p: lacks chip 0, images 4:8", "--merge", "p", "--chips", "2")
        labels = numpy.load(self.folder / "data/labels.npy")
        numpy.save(self.folder / "data/labels.npy", (labels + 1) % 10)
        refused(sim.BAD_INPUT, "is of another job", "--merge", "p", "--chips", "2")


if __name__ == "__main__":
    unittest.main()
