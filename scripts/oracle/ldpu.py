#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""One column of the FP16 post-processing unit (LDPU), on exact binary16.

Order `count,affine,batch_norm,residual,activation,quantise`, every step rounded once to binary16:
    cp = half(c+), cn = half(c-), t = fma(s_p, cp, o), t = fma(-s_n, cn, t), t = fma(gamma, t, beta),
    t = add(t, half(residual / 2^residual_fraction)) if there is a residual,
    partial = t * 2^partial_fraction to the nearest integer, half to even, clamped to a word of
    partial_bits bits in two's complement, NaN gives 0,
    relu and clipped_relu: negative and -0 become +0; clipped_relu: then at most half(relu_clip),
    y = t to the nearest integer, half to even, clamped to +-(2^(out_bits - 1) - 1), NaN gives 0.

    ldpu.py --cases N --seed S     one case a line, key=value pairs in this order:
        c_p c_n (decimal) s_p s_n o gamma beta (4 hex digits) activation (identity, relu or clipped_relu)
        relu_clip out_bits residual_fraction partial_bits partial_fraction residual has_residual y partial
        (decimal). relu_clip is 0 and to be ignored unless activation=clipped_relu; residual is 0 and to
        be ignored if has_residual=0.
    ldpu.py --self-test
"""
import random
from fractions import Fraction

import binary16
import case_command

ORDER = "count,affine,batch_norm,residual,activation,quantise"
FORMAT_KEYS = "activation relu_clip out_bits residual_fraction partial_bits partial_fraction".split()
DEFAULT = dict(activation="identity", relu_clip=0, out_bits=8, residual_fraction=0, partial_bits=16,
               partial_fraction=2)


def column(f, c_p, c_n, s_p, s_n, o, gamma, beta, residual=None):
    """(y, partial) for the format f; the five words are binary16 patterns."""
    t = binary16.fma(s_p, binary16.from_int(c_p), o)
    t = binary16.fma(binary16.negate(s_n), binary16.from_int(c_n), t)
    t = binary16.fma(gamma, t, beta)
    if residual is not None:
        t = binary16.add(t, binary16.encode(Fraction(residual, 1 << f["residual_fraction"])))
    partial = binary16.to_word(t, f["partial_bits"], f["partial_fraction"])
    if f["activation"] in ("relu", "clipped_relu"):
        t = binary16.relu(t)
        if f["activation"] == "clipped_relu":
            t = binary16.at_most(t, binary16.from_int(f["relu_clip"]))
    elif f["activation"] != "identity":
        raise ValueError("unknown activation " + f["activation"])
    return binary16.to_int(t, f["out_bits"]), partial


def random_format(rng):
    out_bits = rng.choice((8, 8, 8, rng.randint(2, 16)))
    f = dict(activation=rng.choice(("identity", "identity", "relu", "clipped_relu")), relu_clip=0,
             out_bits=out_bits, residual_fraction=rng.randint(0, 15),
             partial_bits=rng.choice((16, rng.randint(4, 32))), partial_fraction=rng.randint(0, 2))
    if f["activation"] == "clipped_relu":
        f["relu_clip"] = rng.randint(1, (1 << (out_bits - 1)) - 1)
    return f


def random_words(rng):
    """Mostly words of a sensible size, so that outputs are neither all zero nor all saturated."""
    if rng.random() < 0.1:  # any patterns at all
        return [rng.randrange(65536) for _ in range(5)]
    words = [binary16.encode(Fraction(rng.uniform(-size, size))) for size in (0.06, 0.06, 20.0, 1.5, 20.0)]
    words[:2] = [word & 0x7FFF for word in words[:2]]
    if rng.random() < 0.3:  # round figures, which make ties
        words[:4] = [0x3800, 0x3800, binary16.encode(Fraction(rng.randint(-320, 320), 32)), 0x3C00]
        words[4] = rng.choice((0, 0x8000, 0x3800, 0xB800))
    return words


def random_case(rng):
    f = random_format(rng)
    bits = rng.choice((6, 8, 10, 12, 12, 12, 17))
    residual = None
    if rng.random() < 0.5:  # of a size to move the output, or any word
        reach = min(32768, 60 << f["residual_fraction"]) if rng.random() < 0.7 else 32768
        residual = rng.randint(-reach, reach - 1)
    return f, rng.randrange(1 << bits), rng.randrange(1 << bits), *random_words(rng), residual


def case_line(f, c_p, c_n, s_p, s_n, o, gamma, beta, residual):
    words = " ".join("%s=%04x" % pair for pair in zip(("s_p", "s_n", "o", "gamma", "beta"), (s_p, s_n, o, gamma, beta)))
    settings = " ".join("%s=%s" % (key, f[key]) for key in FORMAT_KEYS)
    return "c_p=%d c_n=%d %s %s residual=%d has_residual=%d y=%d partial=%d" % (
        c_p, c_n, words, settings, residual or 0, residual is not None,
        *column(f, c_p, c_n, s_p, s_n, o, gamma, beta, residual))


def self_test():
    one, half, minus_one, d = 0x3C00, 0x3800, 0xBC00, DEFAULT
    relu, clipped = dict(d, activation="relu"), dict(d, activation="clipped_relu", relu_clip=6)
    assert column(d, 100, 30, one, half, 0, one, 0) == (85, 340)
    assert column(d, 100, 30, one, half, half, one, 0) == (86, 342)  # 85.5, a tie
    assert column(d, 99, 30, one, half, half, one, 0) == (84, 338)  # 84.5, a tie
    assert column(d, 100, 30, one, half, 0, minus_one, 0) == (-85, -340)
    assert column(relu, 100, 30, one, half, 0, minus_one, 0) == (0, -340)  # the partial sum leaves before
    assert column(d, 4095, 0, one, one, 0, one, 0)[0] == 127 and column(d, 0, 4095, one, one, 0, one, 0)[0] == -127
    assert column(d, 2049, 2048, one, one, 0, one, 0)[0] == 0  # 2049 is not a half: the tie goes to 2048
    assert column(d, 1 << 17, 1 << 17, one, one, 0, one, 0) == (0, 0)  # inf - inf
    assert column(d, 1 << 17, 0, one, one, 0, one, 0) == (127, 32767)
    assert column(d, 0, 1 << 17, one, one, 0, one, 0) == (-127, -32768)
    # residuals: whole; rounded once (2049 goes to 2048 before it is added); with a fraction
    assert column(d, 10, 0, one, one, 0, one, 0, 25) == (35, 140)
    assert column(dict(d, out_bits=16), 1, 0, one, one, 0, one, 0, 2049)[0] == 2048  # 2048 + 1, again a tie
    assert column(dict(d, residual_fraction=2), 10, 0, one, one, 0, one, 0, -6) == (8, 34)  # 8.5
    assert column(relu, 10, 0, one, one, 0, one, 0, -25) == (0, -60)
    # clipped ReLU: below, at, above
    assert [column(clipped, c, 0, one, one, half, one, 0)[0] for c in (5, 6, 7, 99)] == [6, 6, 6, 6]  # 5.5: tie to 6
    assert [column(clipped, c, 0, one, one, 0, one, 0)[0] for c in (0, 5, 6, 7)] == [0, 5, 6, 6]
    assert column(clipped, 1 << 17, 1 << 17, one, one, 0, one, 0)[0] == 0  # a NaN passes the ReLU
    # partial sums: ties to even, both ends of the word
    coarse = dict(d, partial_fraction=0, partial_bits=4)
    assert [column(coarse, c, 0, one, one, half, one, 0)[1] for c in (2, 3, 7, 8)] == [2, 4, 7, 7]
    assert [column(coarse, 0, c, one, one, 0, one, 0)[1] for c in (7, 8, 9)] == [-7, -8, -8]
    seen = {column(*random_case(random.Random(seed)))[0] for seed in range(2000)}
    assert {-127, 0, 127} <= seen and len(seen) > 80
    print("ldpu: self test passed")


if __name__ == "__main__":
    case_command.run(__doc__, self_test, lambda rng: case_line(*random_case(rng)))
