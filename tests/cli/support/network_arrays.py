# SPDX-License-Identifier: Apache-2.0
"""fixed_arrays.py against exact fractions and the scalar lane."""
import math
import random
import unittest
from fractions import Fraction

import numpy

from .tiny_networks import random_format  # first: it makes the oracles known

import fixed_arrays
import nmpu
from fixed_point import ROUND_MODES

MODES = dict(zip(ROUND_MODES, (  # which of two equally near neighbours (low, high)
    None, max, lambda pair: min(pair, key=abs), min, lambda pair: max(pair, key=abs),
    lambda pair: [n for n in pair if n % 2 == 0][0])))


def rounded(exact, mode):
    """A Fraction to an integer by the words of the standard."""
    low = math.floor(exact)
    if mode == "SC_TRN" or exact == low:
        return low
    if exact - low != Fraction(1, 2):
        return math.floor(exact + Fraction(1, 2))
    return MODES[mode]((low, low + 1))


class Arrays(unittest.TestCase):
    """fixed_arrays.py"""

    def test_rounding_against_fractions(self):
        values = list(range(-200, 201))
        for kind in (numpy.int64, object):
            for mode in ROUND_MODES:
                for n in range(6):
                    got = fixed_arrays.drop_bits(numpy.array(values, kind), n, mode)
                    wanted = [rounded(Fraction(v, 1 << n), mode) for v in values]
                    self.assertEqual(got.tolist(), wanted, (kind, mode, n))
        for by in range(1, 20):
            got = fixed_arrays.divide_even(numpy.array(values), by)
            self.assertEqual(got.tolist(), [round(Fraction(v, by)) for v in values], by)

    def test_overflow(self):
        """Words of 3 bits: 6 and -5 do not fit; -4 fits, but has no positive partner."""
        for kind in (numpy.int64, object):
            values = numpy.array([6, -5, -4, 3], kind)
            for mode, wanted in (("SC_SAT", [3, -4, -4, 3]), ("SC_SAT_SYM", [3, -3, -3, 3]),
                                 ("SC_WRAP", [-2, 3, -4, 3])):
                self.assertEqual(fixed_arrays.overflow(values, 3, mode).tolist(), wanted)

    def test_lane_against_the_scalar_one(self):
        rng, kinds = random.Random(5), set()
        for number in range(400):
            f, exponent = random_format(rng, number % 4 == 0), rng.randrange(5)
            top = 1 << rng.choice((8, 24, 60))
            cases = [[rng.randrange(top), rng.randrange(top), rng.randrange(256), rng.randrange(256),
                      rng.randrange(-128, 128), rng.randrange(-128, 128),
                      rng.randrange(-32768, 32768)] for _ in range(20)]
            kind = fixed_arrays.word_type(f, exponent, top, 256, 128)
            kinds.add(kind)
            c_p, c_n, *words, residual = numpy.array(cases, dtype=kind).T
            words = dict(zip(("s_p", "s_n", "o_p", "o_n"), words))
            total = fixed_arrays.accumulate(f, exponent, c_p, c_n, words, residual)
            got = list(zip(fixed_arrays.output_words(f, total, "relu").tolist(),
                           fixed_arrays.partial_words(f, total).tolist()))
            form = {**nmpu.DEFAULT, **f, "scale_exponent": exponent, "activation": "relu"}
            if f["branch"] == "single":
                cases = [[case[0] - case[1], 0] + case[2:] for case in cases]
            self.assertEqual(got, [nmpu.lane(form, *case) for case in cases], f)
        self.assertEqual(kinds, {numpy.int64, object})
