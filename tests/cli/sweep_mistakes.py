#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""`sim sweep` with wrong files and wrong arguments ends with the right code and says why; the shipped sweeps are
right."""
import sys

sys.dont_write_bytecode = True

import random
import signal
import unittest

from support import sim
from support.sweeps import TINY, Sweep


class Mistakes(Sweep):
    def test_mistakes(self):
        ok = self.write("ok.json", axes=[{"key": "nmpu.lanes", "values": [1, 2]}])
        (self.folder / "file").write_text("mine")
        (self.folder / "broken.json").write_text("{")
        for name in ("noise", "cut"):
            (self.folder / name).mkdir()
        (self.folder / "noise/points.jsonl").write_bytes(bytes(range(256)))
        (self.folder / "cut/points.jsonl").write_text('{"format":"aimc-sweep-points/1"}\n{"key":"a"}\n')
        cases = [(["none.json"], sim.BAD_CONFIG, "none.json: cannot be read"),
                 (["broken.json"], sim.BAD_CONFIG, "broken.json: line 1"),
                 ([TINY], sim.BAD_CONFIG, 'must be "aimc-sweep/1"'),
                 ([], sim.BAD_CONFIG, "SWEEP is required"),
                 ([self.write("a.json", "none.json", axes=[{"key": "nmpu.lanes", "values": [1]}])], sim.BAD_CONFIG,
                  "none.json: cannot be read"),
                 ([self.write("b.json", axes=[{"key": "nmpu.lane", "values": [1]}])], sim.BAD_CONFIG,
                  'did you mean "nmpu.lanes"'),
                 ([self.write("c.json", axes=[{"key": "nmpu.lanes", "values": [1]}], objective="error")],
                  sim.BAD_CONFIG, "/objective"),
                 ([self.write("d.json", set={"workload.file": "none.json"},
                              axes=[{"key": "nmpu.lanes", "values": [1]}])], sim.BAD_INPUT, "none.json"),
                 ([self.write("e.json", points=[{"nmpu.lanes": 1, "post": "npu"}])], sim.BAD_CONFIG,
                  "/points/0/post"),
                 ([ok, "--workers", "0"], sim.BAD_CONFIG, "--workers"),
                 ([ok, "--set", "nmpu.lanes=3"], sim.BAD_CONFIG, "given by"),
                 ([ok, "--out", "file"], sim.BAD_OUTPUT, "is not a folder"),
                 ([ok, "--out", "/proc/aimc"], sim.BAD_OUTPUT, "/proc/aimc"),
                 ([ok, "--out", "noise"], sim.BAD_INPUT, "--fresh"),
                 ([ok, "--out", "cut"], sim.BAD_INPUT, "points.jsonl: line 2 is damaged")]
        before = sim.files_in(self.folder)
        for arguments, code, words in cases:
            with self.subTest(arguments=arguments):
                run = self.sim("sweep", *arguments)
                self.assertEqual(run.returncode, code, run.stderr)
                self.assertIn(words, run.stderr)
                self.assertEqual((run.stdout, sim.files_in(self.folder)), ("", before))
        self.sim_done("sweep", ok, "--out", "noise", "--fresh", "-q")

    def test_nonsense_files(self):
        """Bytes of a good file, changed, cut and repeated: never anything but a clear error or a sweep."""
        dice = random.Random(3)
        good = (self.folder / self.write(axes=[{"key": "nmpu.lanes", "values": [1, 2]}],
                                         derive={"nmpu.cut": "nmpu.lanes + 1"})).read_bytes()
        for _ in range(150):
            data = bytearray(good)
            for _ in range(dice.randrange(1, 4)):
                at = dice.randrange(len(data))
                data[at:at + dice.randrange(3)] = bytes(dice.choice(b'{}[],:"0-+eax.\x00\xff') for _ in
                                                        range(dice.randrange(3)))
            (self.folder / "bad.json").write_bytes(bytes(data))
            run = self.sim("sweep", "bad.json", "--out", "o", "-q", "--fresh")
            self.assertIn(run.returncode, (sim.DONE, sim.BAD_CONFIG), (bytes(data), run.stderr))
            self.assertEqual(run.stderr == "", run.returncode == sim.DONE)

    def test_a_point_that_fails_while_it_runs(self):
        """Its rules are kept, but its rates do not fit: the point is named, and what was done is kept."""
        name = self.write(axes=[{"key": "adc.full_scale_uA", "values": [94, 1e6]}],
                          set={"adc.curves": "parametric"})
        run = self.sim("sweep", name, "--out", "o", "--workers", "1")
        self.assertEqual(run.returncode, sim.BAD_CONFIG, run.stderr)
        self.assertIn("point 1 (adc.full_scale_uA 1000000): ", run.stderr)
        self.assertEqual(sorted(sim.files_in(self.folder / "o")), ["points.jsonl", "sweep.json"])


class Shipped(Sweep):
    def test_shipped_sweeps(self):
        """Every point of every shipped sweep is a configuration, or refused by a rule that says why."""
        for path in sorted((sim.SOURCE / "configs/sweeps").glob("*.json")):
            with self.subTest(path.name):
                run = self.start(path, "--out", "o_" + path.stem, "--workers", "2")
                self.wait_for_lines(run, 2, "o_" + path.stem)
                run.send_signal(signal.SIGINT)
                out, err = run.communicate(timeout=60)
                self.assertIn(run.returncode, (sim.DONE, sim.INTERRUPTED), err)
                self.assertTrue(path.read_text(encoding="utf-8").startswith("// "), "says what it asks")
                print(out.splitlines()[1])


if __name__ == "__main__":
    unittest.main()
