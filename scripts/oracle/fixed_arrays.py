# SPDX-License-Identifier: Apache-2.0
"""The rounding and overflow modes of fixed_point.py on whole arrays, and one lane on whole layers.

Arrays are int64, or of Python ints (dtype object) where `word_type` says that 64 bits might not
do; every function here gives the same numbers on both. Shifts of negative numbers floor.
"""
import numpy

from fixed_point import OVERFLOW_MODES, ROUND_MODES

SAFE_BITS = 62  # magnitudes below 2^62: a sum of two still fits 64 bits


def drop_bits(value, n, mode):
    """value / 2^n as integers, by a quantisation mode."""
    if n < 0 or mode not in ROUND_MODES:
        raise ValueError(f"cannot drop {n} bits by {mode}")
    if n == 0:
        return value
    kept = value >> n
    if mode == "SC_TRN":
        return kept
    twice = (value - (kept << n)) * 2  # 2^n is half a unit of the result
    tie = {"SC_RND": lambda: True, "SC_RND_MIN_INF": lambda: False,
           "SC_RND_ZERO": lambda: value < 0, "SC_RND_INF": lambda: value > 0,
           "SC_RND_CONV": lambda: (kept & 1) == 1}[mode]()
    return kept + ((twice > 1 << n) | ((twice == 1 << n) & tie))


def align(value, fraction, wanted, mode):
    """The same numbers with another count of fraction bits."""
    if wanted >= fraction:
        return value << (wanted - fraction)
    return drop_bits(value, fraction - wanted, mode)


def clamp(value, low, high):
    return numpy.minimum(numpy.maximum(value, low), high)


def overflow(value, bits, mode):
    """value as signed words of `bits` bits."""
    if mode not in OVERFLOW_MODES:
        raise ValueError("unknown overflow mode " + mode)
    top = (1 << (bits - 1)) - 1
    if mode == "SC_WRAP":
        return ((value + (top + 1)) & (2 * top + 1)) - (top + 1)
    return clamp(value, -top - (mode == "SC_SAT"), top)


def divide_even(value, by):
    """value / by (by > 0), a tie to the even neighbour."""
    kept = value // by
    twice = (value - kept * by) * 2
    return kept + ((twice > by) | ((twice == by) & ((kept & 1) == 1)))


def kept_fraction(f):
    """k, the fraction bits of the sum A; f is the `nmpu` object of words.json."""
    return f["scale_fraction"] - f["cut"] - f["round_bits"]


def word_type(f, exponent, count, scale, offset):
    """int64 when no value of the lane can reach 2^62 and no shift is that wide, else object.

    count, scale, offset: the largest magnitudes. Twice the largest product, twice the largest
    offset and the residual bound A; aligning shifts it up by partial_fraction, and the partial word
    by residual_fraction in all, at most.
    """
    k = kept_fraction(f)
    bound = 2 * ((scale * count) << exponent) + 2 * (offset << k) + (1 << (15 + k)) + 4
    widths = (f["cut"], f["round_bits"], k, f["offset_fraction"], f["residual_fraction"],
              f["partial_fraction"], f["out_bits"], f["partial_bits"])
    bound <<= max(f["partial_fraction"], f["residual_fraction"])
    fits = bound < (1 << SAFE_BITS) and max(widths) < SAFE_BITS
    return numpy.int64 if fits else object


def accumulate(f, exponent, c_p, c_n, words, residual):
    """A with k fraction bits. c_p, c_n, residual [positions x cols]; words: s_p .. o_n [cols]."""
    k, mode = kept_fraction(f), f["round_mode"]

    def scaled(scale, count):
        product = (scale * count) << exponent
        return drop_bits(product >> f["cut"], f["round_bits"], mode)

    def offset(word):
        return align(word, f["offset_fraction"], k, mode)

    if f["branch"] == "polarity":
        total = scaled(words["s_p"], c_p) + offset(words["o_p"]) \
            - scaled(words["s_n"], c_n) - offset(words["o_n"])
    else:  # `single` has one signed count; on an ideal tile that is the same difference
        total = scaled(words["s_p"], c_p - c_n) + offset(words["o_p"])
    if residual is not None:
        total = total + align(residual, f["residual_fraction"], k, mode)
    return total


def output_words(f, total, activation):
    """y of the sum A."""
    y = overflow(drop_bits(total, kept_fraction(f), f["final_round_mode"]), f["out_bits"],
                 f["overflow"])
    return numpy.maximum(y, 0) if activation == "relu" else y


def partial_words(f, total):
    """The sum A as it leaves a tile unfinished."""
    aligned = align(total, kept_fraction(f), f["partial_fraction"], f["round_mode"])
    return overflow(aligned, f["partial_bits"], "SC_SAT")
