#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Formats and words for testing an NMPU lane: random ones over every width that a configuration may
give, and every rounding tie of the small formats.

Used by nmpu.py, which adds the expected results and prints them. A group is a format and its cases;
a case is a tuple (c_p, c_n, s_p, s_n, o_p, o_n, residual or None).
"""
import itertools
import random

from fixed_point import OVERFLOW_MODES, ROUND_MODES
from nmpu import DEFAULT, accumulate, kept_fraction

CASES_PER_FORMAT = 8
BRANCHES = ("polarity", "difference", "single")


def random_groups(seed, first, count):
    """`count` random cases; `first` only chooses the random numbers."""
    rng = random.Random("%d from %d" % (seed, first))
    for start in range(0, count, CASES_PER_FORMAT):
        f = random_format(rng)
        yield f, [random_case(rng, f) for _ in range(min(CASES_PER_FORMAT, count - start))]


def random_format(rng):
    """Any format that configs/README.md allows."""
    scale_fraction, out_bits, offset_bits = rng.randint(0, 16), rng.randint(2, 16), rng.randint(2, 16)
    cut = rng.randint(0, scale_fraction)
    f = dict(branch=rng.choice(BRANCHES), scale_bits=rng.randint(max(1, scale_fraction), 16),
             scale_fraction=scale_fraction, scale_exponent=rng.randint(0, 4), offset_bits=offset_bits,
             offset_fraction=rng.randint(0, offset_bits - 1), count_bits=rng.randint(1, 24), cut=cut,
             round_bits=rng.randint(0, scale_fraction - cut), round_mode=rng.choice(ROUND_MODES),
             final_round_mode=rng.choice(ROUND_MODES), out_bits=out_bits, overflow=rng.choice(OVERFLOW_MODES),
             activation=rng.choice(("identity", "relu", "clipped_relu")), relu_clip=0,
             residual_fraction=rng.randint(0, 15), partial_bits=rng.randint(4, 32),
             partial_fraction=rng.randint(0, 2))
    if f["activation"] == "clipped_relu":
        f["relu_clip"] = rng.randint(1, (1 << (out_bits - 1)) - 1)
    return f


def random_case(rng, f):
    """Of six cases one has words of any size, one extremes, two small words; two aim at a tie."""
    kind = rng.choice(("any", "extreme", "small", "small", "tie", "tie"))
    polarity, single = f["branch"] == "polarity", f["branch"] == "single"
    count = signed if single else unsigned
    case = [count(rng, kind, f["count_bits"]), 0 if single else unsigned(rng, kind, f["count_bits"]),
            unsigned(rng, kind, f["scale_bits"]), unsigned(rng, kind, f["scale_bits"]) if polarity else 0,
            signed(rng, kind, f["offset_bits"]),
            signed(rng, kind, f["offset_bits"]) if polarity and rng.random() < 0.3 else 0,
            signed(rng, kind, 16) if rng.random() < 0.5 else None]
    if kind == "tie":
        rng.choice((tie_of_product, tie_of_offset, tie_of_residual, tie_of_output, tie_of_partial))(rng, f, case)
    return tuple(case)


def unsigned(rng, kind, bits):
    top = (1 << bits) - 1
    if kind == "any":
        return rng.getrandbits(rng.randint(1, bits))  # short words as often as long ones
    return rng.choice((0, 1, top - 1, top)) if kind == "extreme" else rng.randint(0, min(top, 40))


def signed(rng, kind, bits):
    half = 1 << (bits - 1)
    if kind == "any":
        word = rng.getrandbits(rng.randint(1, bits) - 1)
        return word if rng.random() < 0.5 else -1 - word
    if kind == "extreme":
        return rng.choice((-half, 1 - half, -1, 0, half - 1))
    return rng.randint(-min(half, 40), min(half - 1, 40))


# ---- ties: each function moves one word of the case, or none where the format allows no such tie ---

def tie_of_product(rng, f, case):
    """The first product has one half in its round_bits, whatever the cut drops below them."""
    if f["round_bits"] > 0:
        dropped = f["cut"] + f["round_bits"]
        set_product(rng, f, case, (1 << (dropped - 1)) + rng.getrandbits(f["cut"]), dropped)


def tie_of_offset(rng, f, case):
    case[4] = half_word(rng, f["offset_fraction"] - kept_fraction(f), f["offset_bits"], case[4])


def tie_of_residual(rng, f, case):
    case[6] = half_word(rng, f["residual_fraction"] - kept_fraction(f), 16, case[6])


def tie_of_output(rng, f, case):
    tie_of_sum(rng, f, case, kept_fraction(f))


def tie_of_partial(rng, f, case):
    tie_of_sum(rng, f, case, kept_fraction(f) - f["partial_fraction"])


def half_word(rng, dropped, bits, word):
    """A signed word whose `dropped` low bits are one half."""
    if not 0 < dropped < bits:
        return word
    return (signed(rng, "any", bits - dropped) << dropped) + (1 << (dropped - 1))


def tie_of_sum(rng, f, case, dropped):
    """The sum A has one half in its `dropped` low bits: the first product makes up what the rest lacks."""
    if dropped > 0:
        rest = accumulate(f, case[1] if f["branch"] == "difference" else 0, *case[1:])
        below = f["cut"] + f["round_bits"]
        set_product(rng, f, case, ((1 << (dropped - 1)) - rest) << below, below + dropped)


def set_product(rng, f, case, wanted, bits):
    """Sets c_p and s_p so that the product is `wanted` modulo 2^bits, if words of the format can."""
    e, scale = f["scale_exponent"], case[2] | 1
    wanted >>= min(e, bits)  # bits that the exponent leaves 0 cannot be chosen
    free = max(0, bits - e)
    count = wanted * pow(scale, -1, 1 << free) % (1 << free)
    low, high = 0, 1 << f["count_bits"]
    if f["branch"] == "polarity":
        count += rng.choice((0, 0, 1)) << free
    else:  # the factor of the scale may be negative
        count -= rng.randint(0, 1) << free
    if f["branch"] == "difference":
        count += case[1]
    elif f["branch"] == "single":
        low, high = -high // 2, high // 2
    if low <= count < high:
        case[0], case[2] = count, scale


def tie_groups():
    """Every residue of the dropped bits, on both sides of zero, for every format with scale_fraction <= 4
    and every pair of modes; and every residue of offsets and residuals that are rounded when loaded."""
    shapes = [shape for shape in itertools.product(range(5), repeat=3) if sum(shape) <= 4]
    for mode, final, (cut, round_bits, k) in itertools.product(ROUND_MODES, ROUND_MODES, shapes):
        f = dict(DEFAULT, branch="single", cut=cut, round_bits=round_bits, round_mode=mode,
                 final_round_mode=final, scale_fraction=cut + round_bits + k, offset_fraction=k + 2,
                 residual_fraction=k + 1)
        counts = range(-2 << f["scale_fraction"], (2 << f["scale_fraction"]) + 1)
        loaded = [(0, 0, 1, 0, word, 0, None) for word in range(-12, 13)]
        loaded += [(0, 0, 1, 0, 0, 0, word) for word in range(-12, 13)]
        yield f, [(count, 0, 1, 0, 0, 0, None) for count in counts] + loaded
        yield dict(f, branch="polarity"), [(max(c, 0), max(-c, 0), 1, 1, 0, 0, None) for c in counts]
        yield dict(f, branch="difference"), [(max(c, 0) + 7, max(-c, 0) + 7, 1, 0, 0, 0, None) for c in counts]
