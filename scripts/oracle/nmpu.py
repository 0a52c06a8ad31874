#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""One lane of the near-memory processing unit, in exact integers, and a generator of test cases.

lane() follows the data path: scale, exponent, cut, round, offset, residual, final round, overflow,
activation. No intermediate value has a width limit; a negative fraction width k is refused.

    nmpu.py --cases N --seed S [--jobs J] [--exhaustive-ties]      prints test cases on standard output
    nmpu.py --self-test

A line that starts with `format` holds for the cases after it: key=value pairs separated by one space,
always all keys, always in this order:
    branch scale_bits scale_fraction scale_exponent offset_bits offset_fraction count_bits cut round_bits
    round_mode final_round_mode out_bits overflow activation relu_clip residual_fraction partial_bits
    partial_fraction
branch: polarity, difference or single. Modes carry their SystemC names. activation: identity, relu
or clipped_relu. All other values are decimal integers. relu_clip (in output LSB) is 0 and to be
ignored unless activation=clipped_relu.
Any other line is a case, nine decimal integers separated by one space:
    c_p c_n s_p s_n o_p o_n residual y partial
residual is - if there is none; c_n, s_n and o_n are 0 where the branch has no use for them
(difference uses c_n, not s_n and o_n). c_p is signed in the branch `single`, else counts are
unsigned. y and partial are the expected results: y the activated output word, partial the sum before
the final rounding, with partial_fraction bits, saturated (SC_SAT) to partial_bits. The N random cases
are the same for every J. --exhaustive-ties adds every residue of the dropped bits on both sides of zero
for every small format and every pair of rounding modes.
"""
import argparse
import functools
import multiprocessing
import sys

from fixed_point import align, drop_bits, overflow

FORMAT_KEYS = ("branch scale_bits scale_fraction scale_exponent offset_bits offset_fraction count_bits cut "
               "round_bits round_mode final_round_mode out_bits overflow activation relu_clip "
               "residual_fraction partial_bits partial_fraction").split()
DEFAULT = dict(branch="polarity", scale_bits=8, scale_fraction=7, scale_exponent=0, offset_bits=8,
               offset_fraction=1, count_bits=12, cut=5, round_bits=0, round_mode="SC_RND_CONV",
               final_round_mode="SC_RND_CONV", out_bits=8, overflow="SC_SAT_SYM", activation="identity",
               relu_clip=0, residual_fraction=0, partial_bits=16, partial_fraction=2)


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


def group_text(group):
    """The lines of one format and its cases, with the expected results."""
    f, cases = group
    lines = ["format " + " ".join("%s=%s" % (key, f[key]) for key in FORMAT_KEYS)]
    for *words, residual in cases:
        lines.append("%d %d %d %d %d %d %s %d %d" % (*words, "-" if residual is None else residual,
                                                     *lane(f, *words, residual)))
    return "\n".join(lines) + "\n"


def random_text(seed, job):
    """The random cases number `first` to `first + count - 1`; each share has a generator of its own."""
    import nmpu_cases  # here, because it imports this file
    return "".join(map(group_text, nmpu_cases.random_groups(seed, *job)))


def print_cases(n_cases, seed, n_jobs):
    share = 20000  # cases; fixed, so that the number of processes does not change them
    shares = [(first, min(share, n_cases - first)) for first in range(0, n_cases, share)]
    with multiprocessing.Pool(n_jobs) as pool:
        for text in pool.imap(functools.partial(random_text, seed), shares):
            sys.stdout.write(text)


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
    parser.add_argument("--jobs", type=int, default=2, help="processes")
    parser.add_argument("--exhaustive-ties", action="store_true")
    parser.add_argument("--self-test", action="store_true")
    options = parser.parse_args()
    if options.self_test:
        return self_test()
    if options.cases < 0 or options.jobs < 1:
        parser.error("--cases must be at least 0 and --jobs at least 1")
    print_cases(options.cases, options.seed, options.jobs)
    if options.exhaustive_ties:
        import nmpu_cases
        sys.stdout.writelines(map(group_text, nmpu_cases.tie_groups()))


if __name__ == "__main__":
    main()
