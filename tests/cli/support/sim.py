# SPDX-License-Identifier: Apache-2.0
"""Runs `sim` (AIMC_SIM) on files of the source tree (AIMC_SOURCE), in a folder that vanishes afterwards."""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

import numpy

SOURCE = pathlib.Path(os.environ.get("AIMC_SOURCE", pathlib.Path(__file__).parents[3])).resolve()
# Errors thrown inside a SystemC process: the address sanitizer mistakes the kernel's stack switches for overflows
# (google/sanitizers#189), so that tests of such errors take the function engine under it.
SANITIZED = "AIMC_SANITIZED" in os.environ
SIM = str(pathlib.Path(os.environ.get("AIMC_SIM", SOURCE / "build/release/sim")).resolve())
TILES = SOURCE / "configs/tile"
ORACLE = SOURCE / "scripts/oracle"
RESULTS = ("effective_config.json", "manifest.json", "report.json", "report.txt", "y.npy")  # of every run
DONE, CHECK_FAILED, BAD_CONFIG, BAD_INPUT, BAD_OUTPUT, INTERRUPTED = 0, 1, 2, 3, 5, 130


def tile(name):
    """The path of a shipped config."""
    return str(TILES / (name + ".json"))


def load_json(path):
    return json.loads(pathlib.Path(path).read_text(encoding="utf-8"))


def events(path):
    """The event lines of a trace."""
    return [line for line in pathlib.Path(path).read_text(encoding="ascii").splitlines() if line[0] != "#"]


def files_in(folder):
    """Relative name -> bytes of every file below the folder."""
    folder = pathlib.Path(folder)
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*"))
            if path.is_file() and not path.is_symlink() and os.access(path, os.R_OK)}


def simd_levels():
    """The levels that this machine has, by asking for each of them."""
    levels = ["scalar", "sse4", "avx2", "avx512"]
    with tempfile.TemporaryDirectory() as folder:
        ask = [SIM, tile("tiny_4x4"), "--quiet", "--mvms", "1", "--out", folder + "/o", "--simd"]
        return [level for level in levels if subprocess.run(ask + [level], stderr=subprocess.DEVNULL).returncode == 0]


class SimTest(unittest.TestCase):
    """One scratch folder per test, which is also where `sim` runs."""

    def setUp(self):
        scratch = tempfile.TemporaryDirectory(prefix="aimc-cli-")
        self.addCleanup(scratch.cleanup)
        self.folder = pathlib.Path(scratch.name)

    def sim(self, *arguments, **options):
        """Runs `sim` to its end, whatever that is."""
        settings = dict(cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=60,
                        stdin=subprocess.DEVNULL, errors="replace")
        return subprocess.run([SIM] + [str(a) for a in arguments], **dict(settings, **options))

    def sim_done(self, *arguments, **options):
        """Runs `sim`, which must end with 0 and no word on stderr. Returns its stdout."""
        run = self.sim(*arguments, **options)
        self.assertEqual((run.returncode, run.stderr), (DONE, ""), arguments)
        return run.stdout

    def as_nobody(self):
        """(program, options) to run without root's rights: root gets a copy of sim that nobody may start. The
        config is tiny.json."""
        shutil.copy(tile("tiny_4x4"), self.folder / "tiny.json")
        if os.geteuid() != 0:
            return SIM, {}
        shutil.copy(SIM, self.folder / "sim")
        self.folder.chmod(0o755)
        return str(self.folder / "sim"), {"user": 65534, "group": 65534, "extra_groups": []}

    def oracle(self, script, *arguments):
        """Runs a script that shares no code with `sim`. Returns what it prints."""
        run = subprocess.run([sys.executable, str(ORACLE / script)] + [str(a) for a in arguments], text=True,
                             cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60)
        self.assertEqual(run.returncode, 0, run.stdout)
        return run.stdout.strip()

    def write_workload(self, name, inputs, weights, **more):
        """NAME.json with one layer over the whole of the weights, and its arrays."""
        numpy.save(self.folder / (name + "_x.npy"), inputs)
        numpy.save(self.folder / (name + "_w.npy"), weights)
        layer = {"weights": name + "_w.npy", "rows": [0, weights.shape[0]], "cols": [0, weights.shape[1]]}
        document = {"format": "aimc-workload/1", "inputs": name + "_x.npy", "layers": [layer]}
        path = self.folder / (name + ".json")
        path.write_text(json.dumps(dict(document, **more)), encoding="utf-8")
        return path
