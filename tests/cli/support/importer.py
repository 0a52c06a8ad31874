# SPDX-License-Identifier: Apache-2.0
"""Runs the importers of networks, and computes networks once more with plain loops."""
import json
import pathlib
import subprocess
import sys

import numpy

from . import sim

SCRIPTS = sim.SOURCE / "scripts"
sys.path.insert(0, str(SCRIPTS))

import network_file  # noqa: E402


def files_of(folder):
    """All files below a folder."""
    return sorted(str(path.relative_to(folder)) for path in pathlib.Path(folder).rglob("*") if path.is_file())


class ImporterTest(sim.SimTest):
    """Each test in a folder of its own; `script` is the importer's name."""
    script = "import_npz.py"

    def run_script(self, *arguments, script=None, timeout=120):
        return subprocess.run([sys.executable, "-B", str(SCRIPTS / (script or self.script)), *map(str, arguments)],
                              cwd=self.folder, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              timeout=timeout)

    def imported(self, *arguments, out="net.json"):
        """The network that the importer wrote, read back."""
        run = self.run_script(*arguments, "--out", out)
        self.assertEqual((run.returncode, run.stderr), (0, ""), arguments)
        return network_file.read_network(self.folder / out)

    def refused(self, words, *arguments, code=3, out="new/net.json"):
        """One line on stderr that holds the words; nothing is written."""
        before = files_of(self.folder)
        run = self.run_script(*arguments, "--out", out)
        self.assertEqual(run.returncode, code, (words, run.stderr, run.stdout))
        self.assertEqual(run.stdout, "")
        if code != 2:
            self.assertEqual(run.stderr.count("\n"), 1, run.stderr)
        for word in words if isinstance(words, (list, tuple)) else [words]:
            self.assertIn(word, run.stderr)
        self.assertEqual(files_of(self.folder), before, words)

    def write_json(self, name, document):
        (self.folder / name).write_text(json.dumps(document), encoding="utf-8")
        return name


# ---- the format's operations on one image [channels][height][width], with loops -----------------------------
def conv(x, weight, bias, batch_norm, stride, padding):
    """weight [out, in, ky, kx] as torch keeps it."""
    n_out, n_in, ky, kx = weight.shape
    h, w = [(n + 2 * p - k) // s + 1 for n, p, k, s in zip(x.shape[1:], padding, (ky, kx), stride)]
    out = numpy.zeros((n_out, h, w))
    for o, i, j, c, dy, dx in numpy.ndindex(n_out, h, w, n_in, ky, kx):
        at_y, at_x = i * stride[0] + dy - padding[0], j * stride[1] + dx - padding[1]
        if 0 <= at_y < x.shape[1] and 0 <= at_x < x.shape[2]:
            out[o, i, j] += weight[o, c, dy, dx] * x[c, at_y, at_x]
    out += bias[:, None, None]
    return out if batch_norm is None else batch_norm[0][:, None, None] * out + batch_norm[1][:, None, None]


def pool(x, kernel, stride, reduce):
    size = [(n - k) // s + 1 for n, k, s in zip(x.shape[1:], kernel, stride)]
    out = numpy.zeros((len(x), *size))
    for c, i, j in numpy.ndindex(out.shape):
        out[c, i, j] = reduce(x[c, i * stride[0]:i * stride[0] + kernel[0], j * stride[1]:j * stride[1] + kernel[1]])
    return out


def shortcut(x, stride, channels):
    out = numpy.zeros((channels, -(-x.shape[1] // stride[0]), -(-x.shape[2] // stride[1])))
    first = (channels - len(x)) // 2
    for c, i, j in numpy.ndindex(len(x), *out.shape[1:]):
        out[first + c, i, j] = x[c, i * stride[0], j * stride[1]]
    return out
