# SPDX-License-Identifier: Apache-2.0
"""Files of a frozen chip and affine tables that are wrong: exit code 3."""
import json
import shutil
import subprocess

import numpy

from .case import Case
from .sim import BAD_INPUT, SIM, load_json, tile

TINY = tile("tiny_4x4")


def frozen(edit):
    """A good chip in good/, then edit(document, folder) of it as chip.json."""
    def make(folder):
        run = [SIM, TINY, "--save", "chip", "--out", str(folder / "good"), "--quiet"]
        subprocess.run(run, check=True)
        shutil.copy(TINY, folder / "c.json")
        document = load_json(folder / "good/chip.json")
        document.update(g_pos="good/chip_g_pos.npy", g_neg="good/chip_g_neg.npy")
        text = edit(document, folder) or json.dumps(document)
        (folder / "chip.json").write_text(text)
    return make


def table(edit):
    """A good affine table, then edit(document, folder) of it as affine.json."""
    def make(folder):
        path = folder / "affine.json"
        shutil.copy(TINY, folder / "c.json")
        subprocess.run([SIM, "calibrate", TINY, "--out", str(path), "--quiet"], check=True)
        document = load_json(path)
        path.write_text(edit(document, folder) or json.dumps(document))
    return make


def put(*path_and_value):
    """Sets document[path...] = value."""
    *path, last, value = path_and_value

    def edit(document, _folder):
        for key in path:
            document = document[key]
        document[last] = value
    return edit


def without(key):
    return lambda document, _folder: document.pop(key) and None


def grid(array):
    def edit(document, folder):
        numpy.save(folder / "g.npy", array)
        document["g_pos"] = "g.npy"
    return edit


#: name, edit, words on stderr
BOTH = [
    ("not JSON", lambda document, folder: "{", ["is not JSON"]),
    ("a list", lambda document, folder: "[]", ["must be a JSON object"]),
    ("another format", put("format", "aimc/9"), ["/format must be \"aimc-"]),
    ("no layers", without("layers"), ["/layers is missing"]),
    ("too many layers", lambda document, folder: document["layers"].append({}), ["/layers must have one entry", "is 1"]),
    ("current ratio of 0", put("current_ratio", 0), ["/current_ratio must be a number above 0"]),
    ("exponent of 5", put("layers", 0, "scale_exponent", 5), ["/layers/0/scale_exponent is 5", "from 0 to 4"]),
    ("a row is missing", lambda document, folder: document["layers"][0]["nmpu"].pop() and None,
     ["/layers/0/nmpu must have one row per column", "is 4"]),
    ("scale too large", put("layers", 0, "nmpu", 2, 0, 70000), ["/layers/0/nmpu/2 is 70000", "from 0 to 255"]),
    ("scale with a fraction", put("layers", 0, "nmpu", 2, 0, 1.5), ["/layers/0/nmpu/2 must be a whole number"]),
    ("not binary16", put("layers", 0, "ldpu", 1, 0, "3cxx"), ["/layers/0/ldpu/1 must be four hex digits"]),
]
CHIP = [
    ("conductances are missing", put("g_pos", "no.npy"), ["no.npy: cannot be read: No such file"]),
    ("name is not text", put("g_neg", 7), ["chip.json: /g_neg must be the name of a .npy file"]),
    ("another shape", grid(numpy.zeros((4, 5), numpy.int16)), ["g.npy: has shape 4 x 5, the tile is 4 x 4"]),
    ("negative conductance", grid(-numpy.ones((4, 4), numpy.int16)), ["g.npy: has a negative conductance at element 0"]),
    ("another dtype", grid(numpy.zeros((4, 4), numpy.int32)), ["g.npy: has dtype int32, must be int16"]),
]


def cases():
    """A file in --set is relative to CONFIG's folder; c.json, a copy of CONFIG, is in the scratch folder."""
    with_chip = ["c.json", "--set", "chip=chip.json", "--out", "o", "--trace", "t.trace"]
    with_table = ["c.json", "--set", "calibration.file=affine.json", "--out", "o", "--trace", "t.trace"]
    found = [Case("chip: " + name, frozen(edit), with_chip, BAD_INPUT, ["chip.json: "] + says)
             for name, edit, says in BOTH]
    found += [Case("affine: " + name, table(edit), with_table, BAD_INPUT, ["affine.json: "] + says)
              for name, edit, says in BOTH]
    return found + [Case("chip: " + name, frozen(edit), with_chip, BAD_INPUT, says) for name, edit, says in CHIP]
