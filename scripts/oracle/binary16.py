#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""IEEE 754 binary16 in exact fractions: the reference for the FP16 post-processing unit.

A half is its 16-bit pattern, a Python int. Results are rounded once, to nearest even, with subnormals
and infinities; a NaN result is always 0x7e00. An exact zero sum is +0 unless both addends are -0.

Usage: binary16.py --self-test   (compares with numpy.float16 where numpy rounds once)
       binary16.py --fma-cases N --seed S
              one line a case, `a b c fma int8`: patterns of 4 hex digits, fma(a,b,c), and
              to_int8 of that result in decimal
"""
import argparse
import random
from fractions import Fraction

NAN, INF, SIGN = 0x7E00, 0x7C00, 0x8000


def is_nan(h):
    return (h & 0x7FFF) > INF


def is_inf(h):
    return (h & 0x7FFF) == INF


def decode(h):
    """The value of a finite half (the sign of a zero is lost)."""
    exponent, fraction = (h >> 10) & 31, h & 0x3FF
    if exponent == 31:
        raise ValueError("not finite: %04x" % h)
    significand = fraction + (0x400 if exponent else 0)
    value = significand * Fraction(2) ** (max(exponent, 1) - 25)
    return -value if h & SIGN else value


def encode(value, zero_sign=0):
    """A Fraction (or int) rounded to nearest even; zero_sign (0 or SIGN) is used for an exact zero."""
    value = Fraction(value)
    if value == 0:
        return zero_sign
    sign, size = (SIGN if value < 0 else 0), abs(value)
    # exponent with 2^exponent <= size < 2^(exponent+1), but at least that of the subnormals
    exponent = size.numerator.bit_length() - size.denominator.bit_length()
    if size < Fraction(2) ** exponent:
        exponent -= 1
    exponent = max(exponent, -14)
    significand = round(size / Fraction(2) ** (exponent - 10))  # Fraction rounds half to even
    # a carry into 2048 moves to the next exponent by itself, and so does 1023 -> 1024 from the subnormals
    pattern = ((exponent + 14) << 10) + significand
    return sign | min(pattern, INF)


def from_int(n):
    return encode(n)


def negate(h):
    return h ^ SIGN


def fma(a, b, c):
    """a * b + c, rounded once."""
    product_sign = (a ^ b) & SIGN
    if is_nan(a) or is_nan(b) or is_nan(c):
        return NAN
    if is_inf(a) or is_inf(b):
        if (a & 0x7FFF) == 0 or (b & 0x7FFF) == 0:
            return NAN
        return NAN if is_inf(c) and (c & SIGN) != product_sign else product_sign | INF
    if is_inf(c):
        return c
    product = decode(a) * decode(b)
    both_minus_zero = product == 0 and product_sign and c == SIGN
    return encode(product + decode(c), SIGN if both_minus_zero else 0)


def add(a, b):
    """a + b, rounded once."""
    if is_nan(a) or is_nan(b):
        return NAN
    if is_inf(a) or is_inf(b):
        return NAN if is_inf(a) and is_inf(b) and a != b else (a if is_inf(a) else b)
    return encode(decode(a) + decode(b), SIGN if a == b == SIGN else 0)


def relu(h):
    """Negative values and -0 become +0; a NaN stays."""
    return NAN if is_nan(h) else (0 if h & SIGN else h)


def to_int(h, bits):
    """Round half to even, saturate symmetrically; NaN gives 0."""
    top = (1 << (bits - 1)) - 1
    if is_nan(h):
        return 0
    if is_inf(h):
        return -top if h & SIGN else top
    return max(-top, min(top, round(decode(h))))


def at_most(h, limit):
    """The smaller of h and a finite limit; a NaN stays."""
    if is_nan(h):
        return NAN
    if is_inf(h):
        return h if h & SIGN else limit
    return limit if decode(h) > decode(limit) else h


def to_word(h, bits, fraction):
    """h * 2^fraction to a two's complement word: half to even, clamped to its range; NaN gives 0."""
    low, high = -(1 << (bits - 1)), (1 << (bits - 1)) - 1
    if is_nan(h):
        return 0
    if is_inf(h):
        return low if h & SIGN else high
    return max(low, min(high, round(decode(h) * (1 << fraction))))


def to_int8(h):
    return to_int(h, 8)


def self_test():
    import warnings
    import numpy
    warnings.simplefilter("ignore")

    def half(x):  # double to half: numpy rounds once
        pattern = int(numpy.float64(x).astype(numpy.float16).view(numpy.uint16))
        return NAN if is_nan(pattern) else pattern

    values = numpy.arange(65536, dtype=numpy.uint16).view(numpy.float16).astype(numpy.float64)
    finite = [h for h in range(65536) if not is_nan(h) and not is_inf(h)]
    for h in finite:
        assert decode(h) == Fraction(float(values[h])) and encode(decode(h), h & SIGN) == h, hex(h)
    for low, high in zip(range(0, 0x7BFF), range(1, 0x7C00)):  # every tie and both its sides
        middle = float(values[low] + values[high]) / 2
        for x in (middle, numpy.nextafter(middle, 0), numpy.nextafter(middle, 1e9)):
            assert encode(Fraction(float(x))) == half(x) and encode(-Fraction(float(x))) == half(-x)
    for n in list(range(-5000, 5001)) + [65503, 65504, 65519, 65520, 65536, 1 << 24, -65519, -65520]:
        assert from_int(n) == half(n), n
    assert encode(Fraction(1, 1 << 25)) == 0 and encode(-Fraction(1, 1 << 26)) == SIGN
    rng = random.Random(7)
    special = [0, SIGN, 1, 0x8001, 0x3FF, 0x400, 0x3C00, 0xBC00, 0x7BFF, 0xFBFF, INF, INF | SIGN, NAN, 0x7C01, 0xFE01]
    compared = 0
    triples = [(a, b, c) for a in special for b in special for c in special]
    triples += [(rng.randrange(65536), rng.randrange(65536), rng.randrange(65536)) for _ in range(40000)]
    triples += [(a, 0x3C00, c) for a, _, c in triples[-10000:]] + [(a, b, SIGN) for a, b, _ in triples[-10000:]]
    for a, b, c in triples:
        x = float(values[a]) * float(values[b])  # exact in double
        total = x + float(values[c])
        if numpy.isfinite(total) and Fraction(x) + Fraction(float(values[c])) != Fraction(total):
            continue  # the double was rounded, so numpy would round twice
        compared += 1
        assert fma(a, b, c) == half(total), (hex(a), hex(b), hex(c))
    for a, _, c in triples:  # the sum of two halves is exact in double
        with_numpy = half(float(values[a]) + float(values[c]))
        assert add(a, c) == add(c, a) == fma(a, 0x3C00, c) == with_numpy, (hex(a), hex(c))
    assert compared > 20000
    assert fma(0x3C01, 0x3C01, 0xBC02) == encode(Fraction(1, 1 << 20))  # lost by a rounded product
    for h in range(65536):
        x = values[h]
        wanted = 0 if numpy.isnan(x) else int(numpy.clip(numpy.rint(x), -127, 127))
        word = 0 if numpy.isnan(x) else int(numpy.clip(numpy.rint(4 * x), -2048, 2047))
        assert to_word(h, 12, 2) == word
        assert at_most(h, 0x4600) == (NAN if is_nan(h) else half(x if x < 6 else 6.0)), hex(h)
        assert to_int8(h) == wanted and relu(h) == (NAN if is_nan(h) else half(x if x > 0 else 0.0))
    print("binary16: self test passed, %d fused operations compared with numpy" % compared)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--self-test", action="store_true")
    parser.add_argument("--fma-cases", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    if options.self_test:
        return self_test()
    rng = random.Random(options.seed)
    for _ in range(options.fma_cases):
        a, b, c = (rng.randrange(65536) for _ in range(3))
        if rng.random() < 0.5 and not any(is_nan(h) or is_inf(h) for h in (a, b)):
            product = encode(decode(a) * decode(b))  # an addend near the product: cancellation and ties
            c = ((product ^ SIGN) + rng.randint(-3, 3)) & 0xFFFF if rng.random() < 0.6 else c
        result = fma(a, b, c)
        print("%04x %04x %04x %04x %d" % (a, b, c, result, to_int8(result)))


if __name__ == "__main__":
    main()
