#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""binary16 cases by numpy, as a second oracle beside MPFR. Needs numpy; no code of ours.

    scripts/oracle/half_numpy_cases.py --seed 1 --cases 200000 > half.cases
    AIMC_HALF_CASES=half.cases build/dev/.../numpy_cases_test

Each line is "op a b c result" in hex; unused operands are 0:
    from_int     a: int32, two's complement       result: binary16
    from_double  a: binary64 word                 result: binary16
    to_double    a: binary16                      result: binary64 word
    to_int       a: binary16, b: bits (decimal value in hex)  result: int32, two's complement
    add, mul     a, b: binary16                   result: binary16
NaN results are written as 7e00 (7ff8000000000000); numpy would keep payload and sign.

Why numpy is right here: + and * go through binary32, whose 24 bits are at least 2 x 11 + 2, so the
second rounding changes nothing; int32 goes through binary32 exactly up to 2^24, far above the
largest binary16; binary64 is rounded once, from its bits. fma is left to MPFR: no float type
of numpy's holds every exact sum.
"""
import argparse
import sys

import numpy as np

WIDTHS = (2, 4, 8, 12, 16, 32)


def half_words(x):
    """Words of float16 values, NaN made canonical."""
    return np.where(np.isnan(x), np.uint16(0x7E00), x.view(np.uint16))


def random_halves(rng, n):
    """Uniform words, of which a third is made subnormal or small."""
    words = rng.integers(0, 1 << 16, n, dtype=np.uint16)
    return np.where(rng.random(n) < 1 / 3, words & np.uint16(0x8FFF), words)


def show(out, op, a, b, result):
    for x, y, r in zip(a.tolist(), b.tolist(), result.tolist()):
        out.write(f"{op} {x:x} {y:x} 0 {r:x}\n")


def from_int(rng, n, out):
    bound = 1 << rng.integers(2, 31, n)
    x = (rng.integers(-(1 << 62), 1 << 62, n) % (2 * bound) - bound).astype(np.int32)
    show(out, "from_int", x.view(np.uint32), np.zeros(n, int), half_words(x.astype(np.float16)))


def from_double(rng, n, out):
    # A binary16 value, or half way to the next one, moved by nothing, a little, or a lot.
    words = rng.integers(0, 0x7C00, n, dtype=np.uint16)
    low = words.view(np.float16).astype(np.float64)
    high = (words + np.uint16(1)).view(np.float16).astype(np.float64)
    x = np.where(rng.random(n) < 0.5, (low + np.where(np.isinf(high), 65536.0, high)) / 2, low)
    x = x * (1 + rng.choice([0.0, 2.0**-52, -(2.0**-52), 2.0**-30, -(2.0**-26), 0.01], n))
    x = x * rng.choice([1.0, -1.0], n)
    words64 = rng.integers(0, 1 << 64, n, dtype=np.uint64)  # mostly far out of range, some NaN
    x = np.where(rng.random(n) < 0.9, x, words64.view(np.float64))
    show(out, "from_double", x.view(np.uint64), np.zeros(n, int), half_words(x.astype(np.float16)))


def to_double(rng, n, out):
    a = random_halves(rng, n)
    wide = a.view(np.float16).astype(np.float64)
    result = np.where(np.isnan(wide), np.uint64(0x7FF8 << 48), wide.view(np.uint64))
    show(out, "to_double", a, np.zeros(n, int), result)


def to_int(rng, n, out):
    a = random_halves(rng, n)
    bits = rng.choice(np.array(WIDTHS), n)
    limit = 2.0 ** (bits - 1) - 1
    rounded = np.clip(np.rint(a.view(np.float16).astype(np.float64)), -limit, limit)
    result = np.where(np.isnan(rounded), 0.0, rounded).astype(np.int32)
    show(out, "to_int", a, bits, result.view(np.uint32))


def two_operands(op):
    def cases(rng, n, out):
        a = random_halves(rng, n)
        b = random_halves(rng, n)
        # For add: a third nearly cancels.
        near = (a ^ np.uint16(0x8000)) + rng.integers(0, 4, n, dtype=np.uint16)
        b = np.where(rng.random(n) < 1 / 3, near, b)
        x, y = a.view(np.float16), b.view(np.float16)
        show(out, op, a, b, half_words(x + y if op == "add" else x * y))

    return cases


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--cases", type=int, default=10000, help="per operation")
    args = parser.parse_args()
    rng = np.random.default_rng(args.seed)
    with np.errstate(all="ignore"):
        for cases in (from_int, from_double, to_double, to_int, two_operands("add"),
                      two_operands("mul")):
            cases(rng, args.cases, sys.stdout)


if __name__ == "__main__":
    main()
