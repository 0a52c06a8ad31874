#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""scripts/sweep_dask.py and network_dask.py: the bytes of a run in one process, also when a worker is killed, when
Ctrl-C comes, when shards are damaged; and the shell scripts beside them. Skipped (77) without
python3-distributed."""
import sys

sys.dont_write_bytecode = True

import http.server
import json
import os
import pathlib
import signal
import socket
import subprocess
import threading
import time
import types
import unittest

try:
    import distributed  # noqa: F401  # the scripts need it
except ImportError:
    print("python3-distributed is not installed")
    sys.exit(77)

import numpy

from support import sim
from support.network_zoo import FOUR_PHASE, NetworkRun, every_op
from support.sweeps import Sweep

SCRIPTS = sim.SOURCE / "scripts"
sys.path.insert(0, str(SCRIPTS))

import dask_client

SWEEP_FILES = ("results.csv", "results.json", "sweep.json")


def programs_of(folder):
    """(process, its parent) of every `sim --shard` that was started for a script in this folder."""
    found = []
    for entry in pathlib.Path("/proc").iterdir():
        try:
            words = (entry / "cmdline").read_bytes().split(b"\0")
            if b"--shard" in words and os.readlink(entry / "cwd") == str(folder.resolve()):
                status = (entry / "status").read_text()
                found.append((int(entry.name), int(status.partition("PPid:")[2].split()[0])))
        except (OSError, ValueError):
            pass  # no process, or one that has just ended
    return found


class Scripts(sim.SimTest):
    """Two workers on ports that are free."""

    def words(self, kind, *words, behind=(), program=sim.SIM):
        return [sys.executable, "-B", str(SCRIPTS / f"{kind}_dask.py"), "--sim", program, "--dashboard", "127.0.0.1:0",
                "--workers", "2", *map(str, words), "--", *behind]

    def scale(self, kind, *words, code=sim.DONE, env=None, **more):
        """To its end. Returns (stdout, stderr)."""
        run = subprocess.run(self.words(kind, *words, **more), cwd=self.folder, text=True, timeout=120,
                             env={**os.environ, **(env or {})}, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.assertEqual(run.returncode, code, run.stdout + run.stderr)
        self.assertNotIn("Traceback", run.stderr)
        return run.stdout, run.stderr

    def begin(self, kind, *words, **more):
        run = subprocess.Popen(self.words(kind, *words, **more), cwd=self.folder, text=True,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True)
        self.addCleanup(lambda: run.poll() is None and (run.kill(), run.communicate()))
        return run

    def wait_for(self, run, what):
        """Until `what` gives something."""
        give_up = time.monotonic() + 60
        while not (found := what()):
            self.assertIsNone(run.poll(), "ended by itself")
            self.assertLess(time.monotonic(), give_up)
            time.sleep(0.002)
        return found

    def shards(self):
        return sorted(self.folder.glob("o/shards/*/*.shard"))


class Sweeps(Sweep, Scripts):
    def setUp(self):
        super().setUp()
        self.name = self.formats()
        self.sim_done("sweep", self.name, "--out", "whole", "-q")

    def assert_whole(self, out="o"):
        for file in SWEEP_FILES:
            self.assertEqual((self.folder / out / file).read_bytes(), (self.folder / "whole" / file).read_bytes(), file)

    def test_the_same_bytes(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            text, said = self.scale("sweep", self.name, "--out", "o", "--shard-size", "17", "--dashboard",
                                    f"127.0.0.1:{taken.getsockname()[1]}")
        self.assert_whole()
        self.assertIn("60 of 60 points", text)
        self.assertRegex(said, r"\A4 shards to run, 0 there, 2 workers(; dashboard: http://\S+)?\n\Z")
        self.assertEqual(len(self.shards()), 4)
        # everything is there: no worker is started
        text, said = self.scale("sweep", self.name, "--out", "o", "--shard-size", "3", "--quiet")
        self.assertEqual((text, said), ("", ""))
        self.assert_whole()

    def test_damaged_shards_are_made_anew(self):
        key = json.loads(self.sim_done("sweep", self.name, "--shards"))["key"]
        for one in ("0:20", "20:40", "40:60"):
            self.sim_done("sweep", self.name, "--shard", one, "--out", f"o/shards/{key[:16]}", "--quiet")
        first, second, _ = self.shards()
        data = first.read_bytes()
        first.write_bytes(data[:len(data) // 2])
        second.unlink()
        _, said = self.scale("sweep", self.name, "--out", "o", "--shard-size", "7")
        self.assertIn(f"{first.relative_to(self.folder)}: is damaged; it is made anew", said)
        self.assertIn("6 shards to run, 1 there", said)
        self.assert_whole()

    def test_a_worker_is_killed(self):
        """SIGKILL to the process that runs a shard: its program goes with it, the shard is run elsewhere."""
        run = self.begin("sweep", self.name, "--out", "o", "--shard-size", "6")
        self.wait_for(run, self.shards)
        (program, worker), *_ = self.wait_for(run, lambda: programs_of(self.folder))
        os.kill(worker, signal.SIGKILL)
        self.wait_for(run, lambda: program not in [one for one, _ in programs_of(self.folder)])
        _, said = run.communicate(timeout=60)
        self.assertEqual(run.returncode, sim.DONE, said)
        self.assertRegex(said, r"worker tcp://\S+ was lost; shard \d+:\d+ goes to another one")
        self.assert_whole()

    def test_interrupt_and_go_on(self):
        for send, number in ((os.killpg, signal.SIGINT), (os.kill, signal.SIGTERM)):  # as a terminal, as Slurm
            there = len(self.shards())
            run = self.begin("sweep", self.name, "--out", "o", "--shard-size", "3")
            self.wait_for(run, lambda: len(self.shards()) > there + 1)  # pylint: disable=cell-var-from-loop
            send(run.pid, number)
            _, said = run.communicate(timeout=60)
            self.assertEqual(run.returncode, sim.INTERRUPTED, said)
            kept = len(self.shards())
            self.assertRegex(said, rf"\A\d+ shards to run.*\n\ninterrupted: {kept} finished shards are kept.*\n\Z")
            self.assertEqual(programs_of(self.folder), [], "a program outlived its worker")
            self.assertFalse((self.folder / "o/results.json").exists())
        _, said = self.scale("sweep", self.name, "--out", "o", "--shard-size", "3")
        self.assertIn(f"{20 - kept} shards to run, {kept} there", said)
        self.assert_whole()

    def test_a_shard_that_fails_by_itself(self):
        weights = numpy.arange(16, dtype=numpy.int8).reshape(4, 4)
        values = [str(self.write_workload(f"w{i}", numpy.ones((3, 4), numpy.int8), weights)) for i in range(5)]
        values.append(str(self.folder / "none.json"))
        name = self.write("bad.json", axes=[{"key": "workload.file", "values": values}])
        _, said = self.scale("sweep", name, "--out", "o", "--shard-size", "1", code=sim.BAD_INPUT)
        self.assertIn("sweep_dask.py: shard 5:6 on ", said)
        self.assertIn("none.json: cannot be read", said)
        self.assertEqual(said.count("none.json"), 1)
        self.assertFalse((self.folder / "o/results.json").exists())

    def wrapped(self, what):
        """A program that does this with every shard, and the rest as it should."""
        path = self.folder / "odd_sim"
        path.write_text(f'#!/bin/sh\ncase " $* " in *" --shard "*) {what} ;; esac\nexec {sim.SIM} "$@"\n')
        path.chmod(0o755)
        return str(path)

    def test_a_shard_that_kills(self):
        """Not for ever: a program that is killed each time, and one that takes its worker with it."""
        for what, also, says in (("kill -9 $$", "was killed by signal 9; it is run again (1 of 1)\n",
                                  "was killed by signal 9, as in each of 2 tries (--retries 1); is there memory"),
                                 ("kill -9 $PPID; sleep 9", "was lost; shard 0:60 goes to another one\n",
                                  "2 workers were lost while they ran it (--retries 1); is there memory")):
            _, said = self.scale("sweep", self.name, "--out", "o", "--shard-size", "60", "--retries", "1",
                                 program=self.wrapped(what), code=4)
            self.assertIn("sweep_dask.py: shard 0:60", said)
            self.assertIn(also, said)
            self.assertIn(says + " enough? Finished shards are kept\n", said)

    def test_a_program_that_is_killed_once(self):
        once = self.wrapped("mkdir killed 2>/dev/null && kill -9 $$")
        _, said = self.scale("sweep", self.name, "--out", "o", "--shard-size", "30", program=once)
        self.assertEqual(said.count("was killed by signal 9; it is run again (1 of 3)\n"), 1)
        self.assert_whole()

    def test_a_worker_with_another_program(self):
        odd = self.wrapped(f"exec {sim.SIM} \"$@\" --set workload.mvms=9")
        _, said = self.scale("sweep", self.name, "--out", "o", program=odd, code=sim.BAD_INPUT)
        self.assertIn("was made of other files or by another program than those of this machine", said)
        self.assertEqual(self.shards(), [])

    def test_usage(self):
        for words, behind, says in (
                (["--scheduler", "tcp://127.0.0.1:1"], [], "tcp://127.0.0.1:1: no Dask scheduler answers there"),
                (["--scheduler", "nonsense://x"], [], "nonsense://x: no Dask scheduler answers there"),
                (["--workers", "0"], [], "--workers"), ([], ["--out", "x"], "--out behind --"),
                ([], ["--shard=0:3"], "--shard=0:3 behind --"), ([], ["--nonsense"], "--nonsense"),
                (["--retries", "-1"], [], "--retries"), (["--shard-size", "0"], [], "--shard-size"),
                (["--dashboard", "localhost:22x"], [], "--dashboard localhost:22x: must be HOST:PORT or PORT"),
                (["--dashboard", "localhost:65536"], [], "with a port of 0 to 65535"),
                (["--dashboard", "192.0.2.1:0"], [], "Cannot assign requested address")):
            _, said = self.scale("sweep", self.name, "--out", "o", *words, behind=behind, code=sim.BAD_CONFIG)
            self.assertIn(says, said)
        _, said = self.scale("sweep", self.name, "--scheduler-file", "none.json", code=sim.BAD_INPUT)
        self.assertIn("none.json: no such file", said)
        for text in ("{", "[]", '{"address": 5}'):
            (self.folder / "bad.json").write_text(text)
            _, said = self.scale("sweep", self.name, "--scheduler-file", "bad.json", code=sim.BAD_INPUT)
            self.assertRegex(said, r"\Asweep_dask.py: bad.json: is no file that a Dask scheduler wrote.*\n\Z")
        _, said = self.scale("sweep", self.name, "--out", "s.json/o", code=sim.BAD_OUTPUT)
        self.assertIn("s.json/o/shards/", said)
        self.assertIn("cannot be written: Not a directory", said)
        _, said = self.scale("sweep", "none.json", code=sim.BAD_CONFIG)
        self.assertIn("none.json: cannot be read", said)
        _, said = self.scale("sweep", self.name, program="nowhere/sim", code=sim.BAD_CONFIG)
        self.assertIn("nowhere/sim: No such file or directory; build it", said)
        (self.folder / "distributed.py").write_text("raise ImportError")
        _, said = self.scale("sweep", self.name, env={"PYTHONPATH": str(self.folder)}, code=sim.BAD_CONFIG)
        self.assertIn("apt-get install python3-distributed", said)
        self.assertFalse((self.folder / "o").exists())


class Networks(NetworkRun, Scripts):
    MORE = ("--tile", FOUR_PHASE, "--data", "npy:data", "--chips", "2", "--save", "scores,words", "--set",
            "calibration.count=256", "--set", "ageing.schedule_s=[3600]")

    def test_the_same_bytes_and_a_killed_worker(self):
        self.make(every_op(), images=120)
        self.sim_done("network", "net.json", *self.MORE, "--threads", "1", "--out", "whole", "-q")
        run = self.begin("network", "net.json", "--out", "o", "--shard-size", "20", behind=self.MORE)
        self.wait_for(run, self.shards)
        (_, worker), *_ = self.wait_for(run, lambda: programs_of(self.folder))
        os.kill(worker, signal.SIGKILL)
        text, said = run.communicate(timeout=100)
        self.assertEqual(run.returncode, sim.DONE, said)
        self.assertRegex(said, r"worker tcp://\S+ was lost; shard [01]:\d+:\d+ goes to another one")
        self.assertIn("12 shards to run, 0 there", said)
        self.assertIn("120 images of data/images.npy", text)
        merged = {name: data for name, data in self.results().items() if not name.startswith("shards/")}
        self.assertEqual(merged, self.results("whole"))
        self.assertEqual((self.folder / "o/report.txt").read_bytes(), (self.folder / "whole/report.txt").read_bytes())

    def test_a_chip_is_one_shard(self):
        """Unless there are more workers than chips: every shard calibrates its chip."""
        self.make(every_op(), images=20)
        _, said = self.scale("network", "net.json", "--out", "o", behind=[*self.MORE, "--variants", "nmpu"])
        self.assertIn("2 shards to run", said)
        _, said = self.scale("network", "net.json", "--out", "o",
                              behind=[*self.MORE[:4], *self.MORE[8:], "--variants", "nmpu"])
        self.assertIn("2 shards to run", said)
        self.assertEqual(len(self.shards()), 4)


class Pages(http.server.BaseHTTPRequestHandler):
    """What schedulers show: a dashboard, Dask's page where bokeh is missing, nothing (--no-dashboard)."""
    TEXTS = {"/status": b"<html>", "/missing": b"<p>Dask needs bokeh >= 2.4.2, < 3 for the dashboard.</p>"}
    log_message = lambda *_: None

    def do_GET(self):  # pylint: disable=invalid-name
        self.send_response(200 if self.path in self.TEXTS else 404)
        self.end_headers()
        self.wfile.write(self.TEXTS.get(self.path, b""))


class Dashboard(unittest.TestCase):
    def test_is_named_when_there_is_one(self):
        with http.server.HTTPServer(("127.0.0.1", 0), Pages) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            self.addCleanup(server.shutdown)
            base = f"http://127.0.0.1:{server.server_port}"
            for link, says in ((base + "/status", f"; dashboard: {base}/status"), (base + "/missing", ""),
                               (base + "/none", ""), ("http://127.0.0.1:1/status", ""), (None, "")):
                self.assertEqual(dask_client.dashboard(types.SimpleNamespace(dashboard_link=link)), says, link)


class ShellScripts(sim.SimTest):
    def test_a_job_whose_scheduler_ends(self):
        (self.folder / "dask").write_text("#!/bin/sh\nexit 7\n")
        (self.folder / "dask").chmod(0o755)
        run = subprocess.run(["bash", str(SCRIPTS / "dask.sbatch"), "true"], cwd=self.folder, text=True, timeout=60,
                             env={**os.environ, "SLURM_JOB_ID": "1", "PATH": f"{self.folder}:{os.environ['PATH']}"},
                             stderr=subprocess.PIPE)
        self.assertEqual(run.returncode, sim.BAD_CONFIG)
        self.assertIn("dask.sbatch: `dask scheduler` ended with 7 before there were workers", run.stderr)

    def test_help_of_measurements(self):
        for name in ("bench.sh", "bench_profile.sh", "bench_sweep.sh"):
            run = subprocess.run(["sh", str(SCRIPTS / name), "--help"], cwd=self.folder, text=True, timeout=60,
                                 stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            self.assertEqual((run.returncode, run.stderr), (sim.DONE, ""))
            self.assertIn(f"\n  scripts/{name} [", run.stdout)
            self.assertNotIn("#", run.stdout)


if __name__ == "__main__":
    unittest.main()
