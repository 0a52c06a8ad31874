# SPDX-License-Identifier: Apache-2.0
"""Workloads and .npy arrays that are wrong: exit code 3."""
import io
import json

import numpy

from .case import Case
from .sim import BAD_INPUT, tile

LAYER = {"weights": "w.npy", "rows": [0, 4], "cols": [0, 4]}
GOOD = {"format": "aimc-workload/1", "inputs": "x.npy", "layers": [LAYER]}
INPUTS = numpy.arange(12, dtype=numpy.int8).reshape(3, 4)


def npy(array):
    """The bytes of a .npy file."""
    out = io.BytesIO()
    numpy.save(out, array)
    return out.getvalue()


def header(shape, order="False", descr="|i1"):
    """A .npy file of version 1.0 that stops after its header."""
    text = "{'descr': '%s', 'fortran_order': %s, 'shape': %s, }" % (descr, order, shape)
    text += " " * (117 - len(text)) + "\n"
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text.encode()


def layer(**more):
    return dict(GOOD, layers=[dict(LAYER, **more)])


#: name, document, words on stderr
DOCUMENTS = [
    ("not JSON", "{", ["wl.json: line 1"]),
    ("another format", dict(GOOD, format="aimc-workload/9"), ["wl.json: /format is", '"aimc-workload/1"']),
    ("unknown key", dict(GOOD, input="x.npy"), ["wl.json: /input is not a known key", "inputs"]),
    ("no layer", dict(GOOD, layers=[]), ["wl.json: /layers is", "at least one layer"]),
    ("array is missing", dict(GOOD, inputs="no.npy"), ["wl.json: /inputs names", "no.npy", "No such file"]),
    ("beyond the tile", layer(rows=[0, 5]), ["wl.json: /layers/0/rows is [0,5]", "to <= 4"]),
    ("range backwards", layer(cols=[3, 2]), ["wl.json: /layers/0/cols is [3,2]", "from < to"]),
    ("shape and range differ", layer(rows=[0, 3]), ["/layers/0/weights has shape 4 x 4, but", "span 3 x 4"]),
    ("layers overlap", dict(GOOD, layers=[LAYER, LAYER]), ["wl.json: /layers/1 overlaps /layers/0"]),
    ("unknown activation", layer(activation="gelu"), ['/layers/0/activation is "gelu"', '"identity", "relu" or "clipped_relu"']),
    ("clip is not given", layer(activation="clipped_relu"), ["/nmpu/relu_clip is missing", "clipped_relu"]),
    ("unknown arrival", dict(GOOD, arrival={"kind": "late"}), ['/arrival/kind is "late"', '"back_to_back", "interval" or "gaps"']),
    ("negative gap", dict(GOOD, arrival={"kind": "gaps", "cycles": [1, -1]}), ["/arrival/cycles/1 is -1", "0 to"]),
    ("sink never ready", dict(GOOD, sink={"ready": "000"}), ["/sink/ready has no 1"]),
    ("labels do not fit", dict(GOOD, labels="l.npy"), ["/labels has 2 labels for 3 vectors"]),
]

#: name, bytes of x.npy, words on stderr
ARRAYS = [
    ("empty array file", b"", ["x.npy", "is empty"]),
    ("text as an array", b"1,2,3,4\n", ["x.npy", "is not a .npy file", "NUMPY"]),
    ("cut in the header", npy(INPUTS)[:50], ["x.npy", "truncated"]),
    ("cut in the numbers", npy(INPUTS)[:-1], ["x.npy", "truncated", "12 + 128"]),
    ("trailing bytes", npy(INPUTS) + b"\0", ["x.npy", "trailing bytes", "141 bytes"]),
    ("8e9 elements", header("(2000000000, 4)"), ["x.npy", "[2000000000, 4]", "more than 1000000000 elements"]),
    ("shape that overflows", header("(9223372036854775808, 4)"), ["x.npy", "more than 1000000000 elements"]),
    ("Fortran order", npy(numpy.asfortranarray(INPUTS)), ["x.npy", "Fortran order", "ascontiguousarray"]),
    ("numbers with a fraction", npy(INPUTS.astype(numpy.float32)), ["x.npy", "float32", "int8"]),
    ("complex numbers", npy(INPUTS.astype(complex)), ["x.npy", "<c16", "int8, uint8, int16"]),
    ("big endian", npy(INPUTS.astype(">i2")), ["x.npy", "big endian (dtype >i2)", "<i2"]),
    ("Python objects", npy(numpy.array([None, 1], dtype=object)), ["x.npy", "dtype"]),
    ("three axes", npy(INPUTS.reshape(3, 2, 2)), ["x.npy", "3 axes"]),
    ("vectors too long", npy(numpy.zeros((3, 5), numpy.int8)), ["/inputs has vectors of 5", "4 rows"]),
    ("a code of -128", npy(numpy.full((3, 4), -128, numpy.int8)), ["x.npy", "-128", "-127"]),
    ("version 3.0", npy(INPUTS)[:6] + b"\x03\x00" + npy(INPUTS)[8:], ["x.npy", "version 3.0", "1.0 or 2.0"]),
]


def maker(document, inputs):
    def make(folder):
        text = document if isinstance(document, str) else json.dumps(document)
        (folder / "wl.json").write_text(text)
        (folder / "x.npy").write_bytes(inputs)
        (folder / "w.npy").write_bytes(npy(numpy.ones((4, 4), numpy.int8)))
        (folder / "l.npy").write_bytes(npy(numpy.zeros(2, numpy.int32)))
    return make


def cases():
    run = [tile("tiny_4x4"), "--workload", "wl.json", "--out", "o", "--trace", "t.trace"]
    found = [Case(name, maker(document, npy(INPUTS)), run, 2 if "relu_clip" in says[0] else BAD_INPUT, says)
             for name, document, says in DOCUMENTS]
    return found + [Case(name, maker(GOOD, raw), run, BAD_INPUT, ["wl.json: /inputs"] + says)
                    for name, raw, says in ARRAYS]
