#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Rounding and overflow modes of SystemC fixed-point types (IEEE 1666), in exact integers.

A number is a Python int that counts units of 2^-f for some fraction width f known to the caller.
drop_bits(value, n, mode) removes the n lowest bits by a quantisation mode; overflow(value, bits,
mode) brings the result into a signed word. Both keep to the wording of the standard.

    SC_TRN          toward minus infinity (the bits are cut off)
    SC_RND          nearest, a tie goes toward plus infinity
    SC_RND_ZERO     nearest, a tie goes toward zero
    SC_RND_MIN_INF  nearest, a tie goes toward minus infinity
    SC_RND_INF      nearest, a tie goes away from zero
    SC_RND_CONV     nearest, a tie goes to the even neighbour
    SC_SAT          clamp to -2^(b-1) .. 2^(b-1)-1
    SC_SAT_SYM      clamp to -(2^(b-1)-1) .. 2^(b-1)-1
    SC_WRAP         keep the low b bits (n_bits = 0)

Usage: fixed_point.py --self-test
"""
import argparse
from fractions import Fraction

ROUND_MODES = ("SC_TRN", "SC_RND", "SC_RND_ZERO", "SC_RND_MIN_INF", "SC_RND_INF", "SC_RND_CONV")
OVERFLOW_MODES = ("SC_SAT", "SC_SAT_SYM", "SC_WRAP")


def drop_bits(value, n, mode):
    """value / 2^n as an integer, by a quantisation mode."""
    if n < 0:
        raise ValueError("cannot drop %d bits" % n)
    if mode not in ROUND_MODES:
        raise ValueError("unknown rounding mode " + mode)
    if n == 0:
        return value
    kept, dropped = divmod(value, 1 << n)  # floor, and 0 <= dropped < 2^n
    half = 1 << (n - 1)
    if mode == "SC_TRN" or dropped < half:
        return kept
    if dropped > half:
        return kept + 1
    up = {"SC_RND": True, "SC_RND_ZERO": value < 0, "SC_RND_MIN_INF": False,
          "SC_RND_INF": value > 0, "SC_RND_CONV": kept % 2 == 1}[mode]
    return kept + 1 if up else kept


def align(value, fraction, wanted, mode):
    """The same number with another count of fraction bits: shifted left, or rounded by mode."""
    if wanted >= fraction:
        return value << (wanted - fraction)
    return drop_bits(value, fraction - wanted, mode)


def overflow(value, bits, mode):
    """value as a signed word of `bits` bits, by an overflow mode."""
    top = (1 << (bits - 1)) - 1
    if mode == "SC_SAT":
        return max(-top - 1, min(top, value))
    if mode == "SC_SAT_SYM":
        return max(-top, min(top, value))
    if mode == "SC_WRAP":
        return (value + top + 1) % (1 << bits) - top - 1
    raise ValueError("unknown overflow mode " + mode)


def _by_definition(value, n, mode):
    """The same rounding from the words: pick the neighbour, a tie by its rule. For the test."""
    exact = Fraction(value, 1 << n)
    low = exact.numerator // exact.denominator
    if mode == "SC_TRN" or exact == low:
        return low
    near = {abs(exact - low): low, abs(exact - low - 1): low + 1}
    if len(near) == 2:
        return near[min(near)]
    pair = (low, low + 1)
    return {"SC_RND": max(pair), "SC_RND_MIN_INF": min(pair), "SC_RND_ZERO": min(pair, key=abs),
            "SC_RND_INF": max(pair, key=abs), "SC_RND_CONV": [p for p in pair if p % 2 == 0][0]}[mode]


def self_test():
    for mode in ROUND_MODES:
        for n in range(6):
            for value in range(-300, 301):
                assert drop_bits(value, n, mode) == _by_definition(value, n, mode), (mode, n, value)
    # 1.25 and -1.25 with two fraction bits, one of them dropped; results in halves
    expected = {"SC_RND": (3, -2), "SC_RND_ZERO": (2, -2), "SC_RND_MIN_INF": (2, -3),
                "SC_RND_INF": (3, -3), "SC_RND_CONV": (2, -2), "SC_TRN": (2, -3)}
    for mode, (plus, minus) in expected.items():
        assert drop_bits(5, 1, mode) == plus and drop_bits(-5, 1, mode) == minus, mode
    assert [overflow(v, 3, "SC_SAT") for v in (6, -5, -4)] == [3, -4, -4]
    assert [overflow(v, 3, "SC_SAT_SYM") for v in (6, -5, -4)] == [3, -3, -3]
    assert [overflow(v, 3, "SC_WRAP") for v in (4, -5, 6, 3, -4)] == [-4, 3, -2, 3, -4]
    for bits in range(1, 9):
        for value in range(-600, 600):
            wrapped = overflow(value, bits, "SC_WRAP")
            assert (wrapped - value) % (1 << bits) == 0 and -(1 << bits) <= 2 * wrapped < (1 << bits)
    assert align(3, 1, 3, "SC_TRN") == 12 and align(-3, 1, 0, "SC_RND_CONV") == -2
    print("fixed_point: self test passed")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--self-test", action="store_true", required=True)
    parser.parse_args()
    self_test()
