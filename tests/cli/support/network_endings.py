# SPDX-License-Identifier: Apache-2.0
"""Ctrl-C in `sim network`, and outputs that cannot be written."""
import os
import pathlib
import pty
import resource
import select
import signal
import subprocess
import time

import numpy

from . import sim
from .network_zoo import Builder, NetworkRun, every_op, many_tiles

WRITTEN = {"plan.json", "confusion.json", "effective_config.json", "report.txt", "report.json"}


class Interrupts(NetworkRun):
    """What was done counts; before that, nothing is written."""

    def start(self, *more, stderr=subprocess.PIPE, loud=False):
        words = [word for word in self.command(*more) if word != "--quiet" or not loud]
        run = subprocess.Popen([sim.SIM, *words], cwd=self.folder, stdout=subprocess.PIPE, stderr=stderr, text=True)
        self.addCleanup(lambda: run.poll() is None and (run.kill(), run.communicate()))
        return run

    def interrupt_after(self, stage, *more):
        """Ctrl-C when a terminal would have shown images of this stage."""
        ours, theirs = pty.openpty()
        self.addCleanup(os.close, ours)
        run = self.start(*more, stderr=theirs, loud=True)
        os.close(theirs)
        shown, give_up = b"", time.monotonic() + 60
        while stage not in shown:
            self.assertLess(time.monotonic(), give_up, "no image of this stage")
            if select.select([ours], [], [], 1)[0]:
                shown += os.read(ours, 4096)
        run.send_signal(signal.SIGINT)
        out, _ = run.communicate(timeout=60)
        self.assertEqual(run.returncode, sim.INTERRUPTED)
        self.assertIn("INTERRUPTED", out)
        report = sim.load_json(self.folder / "o/report.json")
        self.assertIs(report["complete"], False)
        self.assertEqual([path for path in sim.files_in(self.folder / "o") if ".part" in path], [])
        return report

    def test_during_the_images_of_a_variant(self):
        self.make(every_op(), images=20000)
        labels = numpy.load(self.folder / "data/labels.npy")
        report = self.interrupt_after(b"nmpu: ", "--variants", "nmpu", "--save", "scores,words", "--set",
                                      "calibration.count=256", "--threads", "1")
        (result,) = report["results"]
        done = result["images"]
        self.assertTrue(0 < done < 20000, done)
        scores = numpy.load(self.folder / "o/scores_nmpu.npy")
        self.assertEqual(scores.shape, (done, 10))
        right = int((scores.argmax(axis=1) == labels[:done]).sum())
        self.assertAlmostEqual(result["top1"], 100.0 * right / done, places=9)
        confusion = numpy.array(sim.load_json(self.folder / "o/confusion.json")["nmpu"])
        self.assertEqual((confusion.sum(), confusion.trace()), (done, right))
        self.assertEqual(result["layers"][0]["mvms_per_image"], 72)
        self.assertGreater(result["layers"][0]["cycles_per_image"], 0)
        self.assertEqual(set(sim.files_in(self.folder / "o")), WRITTEN | {"scores_nmpu.npy", "words_nmpu.json"})
        # those that were done are what they would have been
        self.run_network("--variants", "nmpu", "--images", "20", "--save", "scores", "--set", "calibration.count=256",
                         out="again")
        numpy.testing.assert_array_equal(numpy.load(self.folder / "again/scores_nmpu.npy"), scores[:20])

    def test_during_the_second_variant(self):
        """The first is whole; a part of the second is no match for it and is left out."""
        self.make(every_op(), images=15000)
        report = self.interrupt_after(b"nmpu: ", "--variants", "ldpu,nmpu", "--set", "calibration.count=256",
                                      "--set", "adc.count_bits=16", "--threads", "1")
        self.assertEqual([(r["variant"], r["images"]) for r in report["results"]], [("ldpu", 15000)])
        self.assertEqual(report["paired"], [])

    def test_in_a_series_of_chips(self):
        """Finished chips stay, wherever the signal comes: between images or in a calibration."""
        self.make(every_op(), images=40)
        for stage in (b"chip 3 nmpu: ", b"chip 5 nmpu: "):
            report = self.interrupt_after(stage, "--variants", "nmpu", "--chips", "5000", "--threads", "1",
                                          "--set", "calibration.count=2048")
            self.assertGreaterEqual(len(report["results"]), 3)
            self.assertEqual({r["images"] for r in report["results"]}, {40})

    def test_during_the_float_network(self):
        self.make(every_op(), images=15000)
        report = self.interrupt_after(b"float: ", "--variants", "float,nmpu", "--threads", "1")
        self.assertEqual(report["results"], [])
        answers = numpy.array(sim.load_json(self.folder / "o/confusion.json")["float"]).sum()
        self.assertTrue(0 < answers < 60000, answers)

    def test_before_the_first_image(self):
        """The only layer is being calibrated: there are no figures of no images."""
        net = Builder(3, [216])
        net.layer("scores", "input", 216, 10)
        self.make(net)
        run = self.start("--variants", "nmpu", "--save", "scores", "--set", "calibration.vectors=random_signed",
                         "--set", "calibration.count=1000000", loud=True)
        self.wait_for_handler(run)
        time.sleep(0.2)
        run.send_signal(signal.SIGINT)
        out, err = run.communicate(timeout=60)
        self.assertEqual((run.returncode, err),
                         (sim.INTERRUPTED, "interrupted: before the first image; nothing was written\n"))
        self.assertNotIn("aimc network", out, "no report of nothing")
        self.assertEqual(list(sim.files_in(self.folder / "o")), [])

    def test_during_the_calibration(self):
        self.make(many_tiles(), calibration=256)
        run = self.start("--variants", "nmpu", "--set", "calibration.count=4096")
        self.wait_for_handler(run)
        run.send_signal(signal.SIGINT)
        out, err = run.communicate(timeout=60)
        self.assertEqual((run.returncode, out, err),
                         (sim.INTERRUPTED, "", "interrupted: during the calibration; nothing was written\n"))
        self.assertEqual(list(sim.files_in(self.folder / "o")), [])

    def wait_for_handler(self, run):
        status = pathlib.Path("/proc/%d/status" % run.pid)
        give_up = time.monotonic() + 15
        while not self.catches_interrupts(status):
            self.assertLess(time.monotonic(), give_up, "no signal handler after 15 s")
            time.sleep(0.002)

    @staticmethod
    def catches_interrupts(status):
        mask = next(line for line in status.read_text().splitlines() if line.startswith("SigCgt:")).split()[1]
        return int(mask, 16) >> (signal.SIGINT - 1) & 1


class BadOutputs(NetworkRun):
    """Exit code 5, a message that names the output, no file that is cut and no report."""

    def check(self, name, *more, out="o", **options):
        before = sim.files_in(self.folder)
        run = self.sim(*self.command("--variants", "nmpu", "--set", "calibration.count=64", *more, out=out), **options)
        self.assertEqual((run.returncode, run.stdout), (sim.BAD_OUTPUT, ""), run.stderr)
        self.assertIn(name, run.stderr)
        left = {path: raw for path, raw in sim.files_in(self.folder).items() if path not in before}
        self.assertEqual([path for path in left if ".part" in path or path.endswith("report.json")], [])
        return left

    def test_places_that_are_none(self):
        self.make(every_op())
        (self.folder / "file").write_text("mine")
        for name, out in (("file", "file"), ("file/o", "file/o"), ("/proc/aimc", "/proc/aimc")):
            self.assertEqual(self.check(name, out=out), {})
        self.assertEqual((self.folder / "file").read_text(), "mine")

    def test_read_only_folder(self):
        program, options = self.as_nobody()
        self.make(every_op())
        (self.folder / "locked").mkdir(mode=0o555)
        for out in ("locked", "locked/o"):
            self.assertEqual(self.check("locked", out=out, executable=program, **options), {})

    def test_file_size_limit(self):
        """A disk that is full in the middle of the results."""
        self.make(every_op())
        limit = 4096

        def limited():
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
        left = self.check("o/layers_nmpu/", "--save", "layers,scores", "--images", "8", preexec_fn=limited,
                          restore_signals=False)
        self.assertIn("o/scores_nmpu.npy", left)
        for path, raw in left.items():
            self.assertLessEqual(len(raw), limit)
            self.assertGreater(len(numpy.load(self.folder / path)), 0)

    def test_a_report_of_another_run_does_not_stay(self):
        self.make(every_op())
        self.run_network("--variants", "nmpu", "--set", "calibration.count=64")

        def limited():
            resource.setrlimit(resource.RLIMIT_FSIZE, (64, 64))
        self.check("cannot be written", "--save", "scores", preexec_fn=limited, restore_signals=False)
        self.assertFalse((self.folder / "o/report.json").exists())

    def test_stdout_that_is_full(self):
        self.make(every_op())
        words = [word for word in self.command("--variants", "nmpu", "--set", "calibration.count=64") if word != "--quiet"]
        with open("/dev/full", "w", encoding="utf-8") as full:
            run = self.sim(*words, stdout=full)
        self.assertEqual(run.returncode, sim.BAD_OUTPUT, run.stderr)
        self.assertIn("stdout", run.stderr)
