#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Formats and words for testing an NMPU lane: random ones, and every rounding tie of a few formats.

Used by nmpu.py, which adds the expected results and prints them. A case is a tuple
(format, c_p, c_n, s_p, s_n, o_p, o_n, residual or None).
"""
from fixed_point import OVERFLOW_MODES, ROUND_MODES
from nmpu import DEFAULT, accumulate, kept_fraction


def random_case(rng):
    """A random format and random words: a third ordinary, a third small, the rest extremes or ties."""
    cut, round_bits, out_bits = rng.randint(0, 8), rng.randint(0, 4), rng.randint(4, 12)
    f = dict(branch=rng.choice(("polarity", "polarity", "difference", "single")), cut=cut,
             scale_fraction=cut + round_bits + rng.choice((0, 1, 2, 2, 3, 5)), round_bits=round_bits,
             scale_exponent=rng.randint(0, 4), offset_fraction=rng.randint(0, 6),
             round_mode=rng.choice(ROUND_MODES), final_round_mode=rng.choice(ROUND_MODES),
             out_bits=out_bits, overflow=rng.choice(OVERFLOW_MODES), relu_clip=0,
             activation=rng.choice(("identity", "identity", "relu", "clipped_relu")),
             residual_fraction=rng.randint(0, 8), partial_bits=rng.choice((8, 12, 16, 16, 24, 32)),
             partial_fraction=rng.randint(0, 2))
    if f["activation"] == "clipped_relu":
        f["relu_clip"] = rng.randint(0, (1 << (out_bits - 1)) - 1)
    count_bits, scale_bits, offset_bits = rng.randint(8, 24), rng.randint(4, 12), rng.randint(5, 10)
    kind = rng.choice(("plain", "plain", "small", "small", "extreme", "tie"))

    def unsigned(bits):
        top = (1 << bits) - 1
        small = rng.randint(0, min(top, 40))
        return {"plain": rng.randint(0, top), "extreme": rng.choice((0, 1, top - 1, top))}.get(kind, small)

    def signed(bits):
        half = 1 << (bits - 1)
        small = rng.randint(-min(half, 40), min(half - 1, 40))
        return {"plain": rng.randint(-half, half - 1),
                "extreme": rng.choice((-half, 1 - half, -1, 0, half - 1))}.get(kind, small)

    polarity, single = f["branch"] == "polarity", f["branch"] == "single"
    words = [signed(count_bits) if single else unsigned(count_bits), 0 if single else unsigned(count_bits),
             unsigned(scale_bits), unsigned(scale_bits) if polarity else 0, signed(offset_bits),
             signed(offset_bits) if polarity and rng.random() < 0.3 else 0]
    residual = signed(16) if rng.random() < 0.5 else None
    k = kept_fraction(f)
    if kind == "tie" and k > 0:  # a residual that puts the sum half way between two outputs
        f["residual_fraction"] = k
        goal = rng.randint(-6, 6) * (1 << k) + (1 << (k - 1))
        wanted = goal - accumulate(f, *words)
        residual = wanted if abs(wanted) < 1 << 15 else residual
    return (f, *words, residual)


def tie_cases():
    """Every residue of the dropped bits, on both sides of zero, for every pair of modes."""
    for mode in ROUND_MODES:
        for final in ROUND_MODES:
            for cut, round_bits, k in ((0, 0, 1), (0, 0, 3), (1, 1, 1), (0, 2, 0), (0, 2, 2), (2, 3, 1)):
                f = dict(DEFAULT, branch="single", cut=cut, round_bits=round_bits, round_mode=mode,
                         final_round_mode=final, scale_fraction=cut + round_bits + k, offset_fraction=k + 2)
                reach = 3 << f["scale_fraction"]
                for count in range(-reach, reach + 1):
                    yield f, count, 0, 1, 0, 0, 0, None
                    yield ((dict(f, branch="polarity"), max(count, 0), max(-count, 0), 1, 1, 0, 0, None)
                           if count % 2 else (dict(f, branch="difference"), 7, 7 - min(count, 7), 1, 0, 0, 0, None))
                for word in range(-12, 13):  # ties of the offset and of the residual when they are loaded
                    yield f, 0, 0, 1, 0, word, 0, None
                    yield dict(f, residual_fraction=k + 1), 0, 0, 1, 0, 0, 0, word
