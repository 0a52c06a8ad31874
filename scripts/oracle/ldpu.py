#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""One column of the FP16 post-processing unit (LDPU), on exact binary16.

Order `count,affine,batch_norm,activation,quantise`, every step rounded once to binary16:
    cp = half(c+), cn = half(c-), t = fma(s_p, cp, o), t = fma(-s_n, cn, t), t = fma(gamma, t, beta),
    ReLU if asked (negative and -0 become +0), y = int8(t): half to even, -127 .. 127, NaN gives 0.

    ldpu.py --cases N --seed S     one case a line, key=value pairs in this order:
        c_p c_n (decimal) s_p s_n o gamma beta (4 hex digits) activation (identity|relu) y (decimal)
    ldpu.py --self-test
"""
import argparse
import random

import binary16

ORDER = "count,affine,batch_norm,activation,quantise"


def column(c_p, c_n, s_p, s_n, o, gamma, beta, activation="identity", out_bits=8):
    """y of one column; the five words are binary16 patterns."""
    t = binary16.fma(s_p, binary16.from_int(c_p), o)
    t = binary16.fma(binary16.negate(s_n), binary16.from_int(c_n), t)
    t = binary16.fma(gamma, t, beta)
    if activation == "relu":
        t = binary16.relu(t)
    elif activation != "identity":
        raise ValueError("unknown activation " + activation)
    return binary16.to_int(t, out_bits)


def random_case(rng):
    """Mostly words of a sensible size, so that outputs are neither all zero nor all saturated."""
    if rng.random() < 0.1:  # any patterns at all
        words = [rng.randrange(65536) for _ in range(5)]
    else:
        sizes = (0.06, 0.06, 20.0, 1.5, 20.0)
        words = [binary16.encode(binary16.Fraction(rng.uniform(-size, size))) for size in sizes]
        words[:2] = [word & 0x7FFF for word in words[:2]]
        if rng.random() < 0.3:  # round figures, which make ties
            words[:4] = [0x3800, 0x3800, binary16.encode(binary16.Fraction(rng.randint(-40, 40), 4)), 0x3C00]
            words[4] = rng.choice((0, 0x8000, 0x3800, 0xB800))
    bits = rng.choice((6, 8, 10, 12, 12, 12, 17))
    return (rng.randrange(1 << bits), rng.randrange(1 << bits), *words, rng.choice(("identity", "relu")))


def case_line(case):
    c_p, c_n, *words, activation = case
    names = zip(("s_p", "s_n", "o", "gamma", "beta"), words)
    return "c_p=%d c_n=%d %s activation=%s y=%d" % (
        c_p, c_n, " ".join("%s=%04x" % pair for pair in names), activation, column(*case))


def self_test():
    one, half, minus_one = 0x3C00, 0x3800, 0xBC00
    assert column(100, 30, one, half, 0, one, 0) == 85
    assert column(100, 30, one, half, half, one, 0) == 86  # 85.5, a tie
    assert column(99, 30, one, half, half, one, 0) == 84  # 84.5, a tie
    assert column(100, 30, one, half, 0, minus_one, 0) == -85
    assert column(100, 30, one, half, 0, minus_one, 0, "relu") == 0
    assert column(4095, 0, one, one, 0, one, 0) == 127 and column(0, 4095, one, one, 0, one, 0) == -127
    assert column(2049, 2048, one, one, 0, one, 0) == 0  # 2049 is not a half: the tie goes to 2048
    assert column(1 << 17, 1 << 17, one, one, 0, one, 0) == 0  # inf - inf
    assert column(1 << 17, 0, one, one, 0, one, 0) == 127
    seen = {column(*random_case(random.Random(seed))) for seed in range(800)}
    assert {-127, 0, 127} <= seen and len(seen) > 80
    print("ldpu: self test passed")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--self-test", action="store_true")
    options = parser.parse_args()
    if options.self_test:
        return self_test()
    rng = random.Random(options.seed)
    for _ in range(options.cases):
        print(case_line(random_case(rng)))


if __name__ == "__main__":
    main()
