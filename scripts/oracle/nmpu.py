#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""One lane of the near-memory processing unit, in exact integers, and a generator of test cases.

lane() follows the data path: scale, exponent, cut, round, offset, residual, final round, overflow,
activation. No intermediate value has a width limit; a negative fraction width k is refused.

    nmpu.py --cases N --seed S [--exhaustive-ties]      prints test cases on standard output
    nmpu.py --self-test

One case a line: key=value pairs separated by one space, always all keys, always in this order:
    branch scale_fraction scale_exponent offset_fraction cut round_bits round_mode final_round_mode
    out_bits overflow activation relu_clip residual_fraction partial_bits partial_fraction
    c_p c_n s_p s_n o_p o_n residual has_residual y partial
branch: polarity, difference or single. Modes carry their SystemC names. activation: identity, relu
or clipped_relu. All other values are decimal integers. relu_clip (in output LSB) is 0 and to be
ignored unless activation=clipped_relu; residual is 0 and to be ignored if has_residual=0; c_n, s_n
and o_n are 0 where the branch has no use for them (difference uses c_n, not s_n and o_n). c_p is
signed in the branch `single`, else counts are unsigned. y and partial are the expected results:
y the activated output word, partial the sum before the final rounding, with partial_fraction bits,
saturated (SC_SAT) to partial_bits. --exhaustive-ties adds, after the N random cases, every residue of
the dropped bits on both sides of zero for every pair of rounding modes.
"""
import argparse
import random
import sys

from fixed_point import align, drop_bits, overflow

FORMAT_KEYS = ("branch scale_fraction scale_exponent offset_fraction cut round_bits round_mode "
               "final_round_mode out_bits overflow activation relu_clip residual_fraction "
               "partial_bits partial_fraction").split()
DATA_KEYS = "c_p c_n s_p s_n o_p o_n residual has_residual".split()
DEFAULT = dict(branch="polarity", scale_fraction=7, scale_exponent=0, offset_fraction=1, cut=5,
               round_bits=0, round_mode="SC_RND_CONV", final_round_mode="SC_RND_CONV", out_bits=8,
               overflow="SC_SAT_SYM", activation="identity", relu_clip=0, residual_fraction=0,
               partial_bits=16, partial_fraction=2)


def kept_fraction(f):
    """k, the fraction bits of the sum A."""
    k = f["scale_fraction"] - f["cut"] - f["round_bits"]
    if k < 0:
        raise ValueError("cut and round_bits leave %d fraction bits" % k)
    return k


def accumulate(f, c_p, c_n, s_p, s_n, o_p, o_n, residual=None):
    """A, the sum with k fraction bits."""
    k, mode = kept_fraction(f), f["round_mode"]

    def scaled(scale, count):
        product = (scale * count) << f["scale_exponent"]
        return drop_bits(drop_bits(product, f["cut"], "SC_TRN"), f["round_bits"], mode)

    def offset(word):
        return align(word, f["offset_fraction"], k, mode)

    if f["branch"] == "polarity":
        total = (scaled(s_p, c_p) + offset(o_p)) - (scaled(s_n, c_n) + offset(o_n))
    elif f["branch"] in ("difference", "single"):
        total = scaled(s_p, c_p - c_n if f["branch"] == "difference" else c_p) + offset(o_p)
    else:
        raise ValueError("unknown branch " + f["branch"])
    if residual is not None:
        total += align(residual, f["residual_fraction"], k, mode)
    return total


def lane(f, c_p, c_n, s_p, s_n, o_p, o_n, residual=None):
    """(y, partial) for the format f and one column's words."""
    k = kept_fraction(f)
    total = accumulate(f, c_p, c_n, s_p, s_n, o_p, o_n, residual)
    partial = overflow(align(total, k, f["partial_fraction"], f["round_mode"]), f["partial_bits"], "SC_SAT")
    y = overflow(drop_bits(total, k, f["final_round_mode"]), f["out_bits"], f["overflow"])
    if f["activation"] in ("relu", "clipped_relu"):
        y = max(0, y)
        if f["activation"] == "clipped_relu":
            y = min(y, f["relu_clip"])
    elif f["activation"] != "identity":
        raise ValueError("unknown activation " + f["activation"])
    return y, partial


def case_line(f, c_p, c_n, s_p, s_n, o_p, o_n, residual):
    y, partial = lane(f, c_p, c_n, s_p, s_n, o_p, o_n, residual)
    data = (c_p, c_n, s_p, s_n, o_p, o_n, residual or 0, int(residual is not None))
    pairs = [(key, f[key]) for key in FORMAT_KEYS] + list(zip(DATA_KEYS, data))
    return " ".join("%s=%s" % pair for pair in pairs + [("y", y), ("partial", partial)])


def self_test():
    d = DEFAULT  # c+ = 100, scale 1.0, c- = 30, scale 0.5, offset 3.5: 100 - 15 + 3.5 = 88.5 -> 88
    assert lane(d, 100, 30, 128, 64, 7, 0) == (88, 354)
    assert lane(d, 4095, 0, 255, 0, 127, 0) == (127, 32767) and lane(d, 0, 4095, 0, 255, -128, 0)[0] == -127
    assert lane(d, 1, 0, 31, 0, 0, 0) == (0, 0) and lane(dict(d, branch="single"), -1, 0, 31, 0, 0, 0) == (0, -1)
    assert lane(dict(d, branch="difference"), 10, 13, 128, 0, 1, 0) == (-2, -10)  # -3 + 0.5 -> tie -> -2
    assert lane(dict(d, branch="difference", final_round_mode="SC_RND_INF"), 10, 13, 128, 0, 1, 0)[0] == -3
    assert lane(dict(d, scale_exponent=2), 10, 0, 128, 0, 0, 0) == (40, 160)
    assert lane(d, 10, 0, 128, 0, 0, 0, -50) == (-40, -160)
    assert lane(dict(d, activation="relu"), 10, 0, 128, 0, 0, 0, -50)[0] == 0
    assert lane(dict(d, activation="clipped_relu", relu_clip=6), 10, 0, 128, 0, 0, 0)[0] == 6
    assert lane(d, 0, 0, 0, 0, 4, 2) == (1, 4)
    assert lane(dict(d, partial_fraction=0), 1, 0, 192, 0, 0, 0)[1] == 2  # 1.5 -> 2
    for bad in (dict(d, cut=8), dict(d, round_bits=3)):
        try:
            lane(bad, 1, 1, 1, 1, 0, 0)
        except ValueError:
            continue
        raise AssertionError("a negative k must be refused")
    print("nmpu: self test passed")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--exhaustive-ties", action="store_true")
    parser.add_argument("--self-test", action="store_true")
    options = parser.parse_args()
    if options.self_test:
        return self_test()
    import nmpu_cases  # here, because it imports this file
    rng = random.Random(options.seed)
    for _ in range(options.cases):
        sys.stdout.write(case_line(*nmpu_cases.random_case(rng)) + "\n")
    for case in nmpu_cases.tie_cases() if options.exhaustive_ties else ():
        sys.stdout.write(case_line(*case) + "\n")


if __name__ == "__main__":
    main()
