#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Checks what the simulator saved for the ideal tile against plain matrix products.

    check_ideal.py --weights W.npy --inputs X.npy --counts C.npy --partial P.npy --y Y.npy
    check_ideal.py --self-test

W is [rows x cols], X [n x rows], C [n x 2 x cols] (c+ then c-), P [n x cols], Y [n x cols], all of integers.
Expected, bit for bit: c+ - c- = X W, no count below 0, partial = 4 X W, y = X W clipped to -127 .. 127.
Prints the number of vectors and which share of |X W| is at most 127 in the first and in the second half of
the vectors. Exits with 0 if all is equal, 1 at the first difference or wrong shape, 3 if a file is unreadable.
"""
import argparse
import sys

import numpy

NAMES = ("weights", "inputs", "counts", "partial", "y")


def first_difference(what, got, expected):
    """None, or a sentence about the first unequal element."""
    if got.shape != expected.shape:
        return "%s has the shape %s, expected %s" % (what, got.shape, expected.shape)
    places = numpy.argwhere(got != expected)
    if not len(places):
        return None
    k, column = places[0]
    return "%s differs in %d places, first at mvm %d column %d: got %d, expected %d" % (
        what, len(places), k, column, got[k, column], expected[k, column])


def share(products):
    """How much of it an 8-bit output can hold, in percent."""
    return 100.0 * float(numpy.mean(numpy.abs(products) <= 127)) if products.size else 0.0


def check(arrays):
    """(message, exit code) for the five arrays by name."""
    for name in NAMES:
        if arrays[name].dtype.kind not in "iu":
            return "%s does not hold integers but %s" % (name, arrays[name].dtype), 1
    w, x, counts, partial, y = (arrays[name].astype(numpy.int64) for name in NAMES)
    if w.ndim != 2 or x.ndim != 2 or x.shape[1] != w.shape[0] or not len(x):
        return "weights %s and inputs %s do not fit" % (w.shape, x.shape), 1
    if numpy.abs(w).max() > 127 or numpy.abs(x).max() > 127:
        return "weights or inputs outside -127 .. 127", 1
    products = x @ w  # int64: at most 127 * 127 * rows
    if counts.shape != (len(x), 2, w.shape[1]):
        return "counts has the shape %s, expected %s" % (counts.shape, (len(x), 2, w.shape[1])), 1
    if (counts < 0).any():
        return "a count is negative", 1
    for what, got, expected in (("c+ - c-", counts[:, 0] - counts[:, 1], products), ("partial", partial, 4 * products),
                                ("y", y, numpy.clip(products, -127, 127))):
        message = first_difference(what, got, expected)
        if message:
            return message, 1
    half = (len(x) + 1) // 2
    return ("%d vectors, %d columns: counts, partial sums and outputs are exact; |Wx| <= 127 in %.2f %% of the "
            "first half, %.2f %% of the second half"
            % (len(x), w.shape[1], share(products[:half]), share(products[half:]))), 0


def self_test():
    rng = numpy.random.default_rng(5)
    w = rng.integers(-127, 128, (256, 16)).astype(numpy.int8)
    x = numpy.concatenate([rng.integers(-1, 2, (4, 256)) * (rng.random((4, 256)) < 0.02),
                           rng.integers(-127, 128, (4, 256))]).astype(numpy.int8)
    x[7], w[:, 3] = 127, 127
    plus, products = numpy.zeros((8, 16), numpy.int32), numpy.zeros((8, 16), numpy.int32)
    for k in range(8):  # by hand, one product at a time
        for column in range(16):
            terms = [int(a) * int(b) for a, b in zip(x[k], w[:, column])]
            plus[k, column], products[k, column] = sum(t for t in terms if t > 0), sum(terms)
    good = {"weights": w, "inputs": x, "counts": numpy.stack([plus, plus - products], axis=1),
            "partial": 4 * products, "y": numpy.clip(products, -127, 127).astype(numpy.int8)}
    assert products[7, 3] == 256 * 127 * 127 and check(good)[1] == 0, check(good)
    for name in ("counts", "partial", "y"):
        bad = dict(good, **{name: good[name].copy()})
        bad[name][(5,) + (0,) * (bad[name].ndim - 1)] += 1
        assert check(bad)[1] == 1 and "mvm 5 column 0" in check(bad)[0], check(bad)
        assert check(dict(good, **{name: good[name][:-1]}))[1] == 1
    assert check(dict(good, y=good["y"].astype(float)))[1] == 1
    print("check_ideal: self test passed")
    return 0


def main():
    if sys.argv[1:] == ["--self-test"]:
        return self_test()
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in NAMES:
        parser.add_argument("--" + name, required=True)
    options = vars(parser.parse_args())
    try:
        message, code = check({name: numpy.load(options[name], allow_pickle=False) for name in NAMES})
    except (OSError, ValueError, EOFError) as error:
        message, code = "cannot read the arrays: %s" % error, 3
    print(message)
    return code


if __name__ == "__main__":
    sys.exit(main())
