#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The three conversion schemes of a pim tile in exact rational numbers, to compare with the C++.

    schemes.py --cases N --seed S        schemes.py --self-test

No noise, gain 1, offset 0: what is checked is what is converted, how it is rounded and clipped, and how
the codes are put together. The definitions are the textbook ones of the facts, section 1.2 (reconstructed
there; the equations of PIM-QAT, arXiv 2209.08617, were not read). One case a line:
    scheme= bw= bi= m= N= bits= share= branch=polarity|difference|single tile_rows= tile_cols= row0= rows=
    col0= cols= w=<list> n= x=<list> p=<list> nn=<list> steps=<list> conversions= over_range= ties=
bw, bi, m: bits of a weight, of an input's magnitude, of a DAC slice. N: rows of a group. bits, share: the
converter's resolution and the share of the largest partial sum that it spans (read it as a double). Window
of `rows` x `cols` at (row0, col0) of the tile; w: its weights, row by row; x: n vectors of its rows; p, nn:
n x cols recombined sums; steps: evaluations of each read. Over the whole case: conversions, sums that lay
more than half a step beyond the end codes, and sums that lay exactly between two codes.
"""
from fractions import Fraction

import case_command

SCHEMES = ("native", "differential", "bit_serial")
BRANCHES = ("polarity", "difference", "single")
TOO_CLOSE = Fraction(1, 10 ** 9)  # a double may round to the other side


class TooClose(Exception):
    """A sum that is nearly, but not exactly, between two codes."""


class Converter:
    """code = clamp(round(s / step)), ties to the even code."""

    def __init__(self, scheme, largest_sum, bits, share):
        self.top = 2 ** (bits - 1) - 1 if scheme == "native" else 2 ** bits - 1
        self.bottom = -self.top if scheme == "native" else 0
        self.step = max(Fraction(1), Fraction(share) * largest_sum / self.top)
        self.conversions = self.over_range = self.ties = 0

    def code(self, s):
        exact = s / self.step
        below = exact.numerator // exact.denominator
        beyond_tie = exact - below - Fraction(1, 2)
        if beyond_tie == 0:
            self.ties += 1
            nearest = below + below % 2
        elif abs(beyond_tie) < TOO_CLOSE:
            raise TooClose
        else:
            nearest = below + (beyond_tie > 0)
        self.conversions += 1
        self.over_range += max(exact - self.top, self.bottom - exact) > Fraction(1, 2)
        return min(max(nearest, self.bottom), self.top)


def largest_sum(scheme, bw, m, group):
    """F: the end of the range of one partial sum."""
    return group * (2 ** m - 1) * (1 if scheme == "bit_serial" else 2 ** (bw - 1) - 1)


def column_cells(scheme, weights, bw):
    """[(word, worth, what each cell holds)] of the physical columns of one output."""
    if scheme == "native":
        return [("p", 1, weights)]
    if scheme == "differential":
        return [("p", 1, [w if w > 0 else 0 for w in weights]),
                ("n", 1, [-w if w < 0 else 0 for w in weights])]
    stored = [w % 2 ** bw for w in weights]  # two's complement
    return [("n" if k == bw - 1 else "p", 2 ** k, [v // 2 ** k % 2 for v in stored]) for k in range(bw)]


def slices_of(magnitude, bi, m):
    """[x_l], least significant first."""
    found = []
    for _ in range(0, bi, m):
        found.append(magnitude % 2 ** m)
        magnitude //= 2 ** m
    assert magnitude == 0
    return found


def passes_of(x):
    """[(sign, magnitudes)]: the positive rows, then the negative ones, if there are any."""
    positive, negative = [max(v, 0) for v in x], [max(-v, 0) for v in x]
    passes = []
    if any(positive) or not any(negative):
        passes.append((1, positive))
    if any(negative):
        passes.append((-1, negative))
    return passes


def read(scheme, bw, bi, m, group, converter, columns, x):
    """(words {p, n} of every column, steps): `columns` as lists of weights."""
    words, steps = [{"p": 0, "n": 0} for _ in columns], 0
    cells = [column_cells(scheme, weights, bw) for weights in columns]
    for sign, magnitudes in passes_of(x):
        digits = [slices_of(v, bi, m) for v in magnitudes]
        for first in range(0, len(x), group):
            rows = range(first, min(first + group, len(x)))
            for place in range(len(digits[0])):
                steps += 1
                for word, physical in zip(words, cells):
                    for name, worth, held in physical:
                        s = sum(held[i] * digits[i][place] for i in rows)
                        amount = worth * 2 ** (m * place) * converter.code(Fraction(s))
                        if scheme == "native":
                            word["p"] += sign * amount  # one signed sum, split at the end
                        else:
                            word[name if sign > 0 else "pn"[name == "p"]] += amount
    return words, steps


def recombined(scheme, branch, word):
    """(c_p, c_n) as the post unit gets them."""
    difference = word["p"] - word["n"]
    if branch == "single":
        return difference, 0
    if scheme == "native":
        return max(difference, 0), max(-difference, 0)
    return word["p"], word["n"]


def random_weights(rng, bw, count):
    end = 2 ** (bw - 1) - 1
    kind = rng.choice(("any", "any", "any", "ends", "positive", "negative", "sparse"))
    draw = {"any": lambda: rng.randint(-end, end), "ends": lambda: rng.choice((-end, end)),
            "positive": lambda: rng.randint(0, end), "negative": lambda: -rng.randint(0, end),
            "sparse": lambda: rng.choice((0, 0, 0, rng.randint(-end, end)))}[kind]
    return [draw() for _ in range(count)]


def random_input(rng, bi, count):
    end = 2 ** bi - 1
    kind = rng.choice(("any", "any", "any", "unsigned", "negative", "full", "full_signed", "small", "zero"))
    draw = {"any": lambda: rng.randint(-end, end), "unsigned": lambda: rng.randint(0, end),
            "negative": lambda: -rng.randint(0, end), "full": lambda: end,
            "full_signed": lambda: rng.choice((-end, end)), "small": lambda: rng.randint(-1, 1),
            "zero": lambda: 0}[kind]
    return [draw() for _ in range(count)]


def random_case(rng):
    scheme, bw, bi = rng.choice(SCHEMES), rng.randint(2, 9), rng.randint(1, 7)
    rows = rng.choice((rng.randint(1, 12), rng.randint(1, 40), rng.choice((18, 72, 144, 150))))
    group = rng.choice((9, 144, rng.randint(1, rows), rows, rng.randint(1, 2 * rows)))
    row0, col0 = (rng.randint(0, 9), rng.randint(0, 3)) if rng.random() < 0.3 else (0, 0)
    cols = rng.randint(1, 4 if rows <= 40 else 2)
    case = {"scheme": scheme, "bw": bw, "bi": bi, "m": rng.randint(1, bi), "N": group,
            "bits": rng.choice((7, rng.randint(2, 16))),
            "share": rng.choice((1.0, 1.0, 1.0, 0.5, 0.125, 0.1, rng.randint(1, 63) / 64, rng.uniform(0.001, 1))),
            "branch": rng.choice(BRANCHES), "tile_rows": row0 + rows + rng.choice((0, 0, row0)),
            "tile_cols": col0 + cols + rng.choice((0, 0, col0)), "row0": row0, "rows": rows, "col0": col0,
            "cols": cols, "n": rng.randint(1, 3)}
    if rng.random() < 0.3:  # many sums fall exactly between two codes
        case.update(bits=rng.randint(2, 4), N=2 * rng.randint(1, rows), share=rng.choice((1.0, 1.0, 0.5)))
    case["w"] = random_weights(rng, bw, rows * cols)
    case["x"] = [v for _ in range(case["n"]) for v in random_input(rng, bi, rows)]
    return case


def solve(case):
    """Adds the results to a case. @raises TooClose"""
    shape = [case[name] for name in ("scheme", "bw", "bi", "m", "N")]
    end = largest_sum(case["scheme"], case["bw"], case["m"], case["N"])
    converter = Converter(case["scheme"], end, case["bits"], case["share"])
    columns = [case["w"][c::case["cols"]] for c in range(case["cols"])]
    case.update(p=[], nn=[], steps=[])
    for k in range(case["n"]):
        x = case["x"][k * case["rows"]:(k + 1) * case["rows"]]
        words, steps = read(*shape, converter, columns, x)
        pairs = [recombined(case["scheme"], case["branch"], word) for word in words]
        if converter.step == 1 and case["share"] == 1.0:  # lossless: all three are the integer product
            assert [p - n for p, n in pairs] == [sum(w * v for w, v in zip(ws, x)) for ws in columns]
        case["p"] += [p for p, _ in pairs]
        case["nn"] += [n for _, n in pairs]
        case["steps"].append(steps)
    case.update(conversions=converter.conversions, over_range=converter.over_range, ties=converter.ties)
    return case


def case_line(case):
    return " ".join("%s=%s" % (name, ",".join(map(str, v)) if isinstance(v, list) else
                               repr(v) if isinstance(v, float) else v) for name, v in case.items())


def conversions_per_output(scheme, rows, bw, bi, m, group):
    found = solve({"scheme": scheme, "bw": bw, "bi": bi, "m": m, "N": group, "bits": 16, "share": 1.0,
                   "branch": "polarity", "rows": rows, "cols": 1, "n": 1, "w": [1] * rows, "x": [1] * rows})
    assert (found["p"], found["nn"]) == ([rows], [0])
    return found["conversions"]


def lossless_bits(scheme, bw, m, group):
    bits = 2
    while Converter(scheme, largest_sum(scheme, bw, m, group), bits, 1.0).step > 1:
        bits += 1
    return bits


def self_test():
    for rows, m, expected in ((144, 4, (16, 2, 4)), (144, 1, (64, 8, 16))):  # facts 1.2, its table
        found = tuple(conversions_per_output(s, rows, 4, 4, m, 9 if s == "native" else 144) for s in SCHEMES)
        assert found == expected, found
    for group, m, expected in ((9, 1, (7, 6, 4)), (9, 4, (11, 10, 8)), (72, 1, (10, 9, 7)),
                               (144, 1, (11, 10, 8)), (144, 4, (15, 14, 12))):
        assert tuple(lossless_bits(s, 4, m, group) for s in SCHEMES) == expected
    ties = Converter("native", 2 * 63, 7, 1.0)  # steps of 2
    assert [ties.code(Fraction(s)) for s in (1, 3, 5, -1, -3, 4, 126, 127, 128, -200)] == [
        0, 2, 2, 0, -2, 2, 63, 63, 63, -63]
    assert (ties.ties, ties.over_range) == (6, 2)
    # 4-bit weights 3, -5 and one-bit slices of 2, -1 (magnitude bits 10 and 01): lossless
    for scheme, words in (("native", (11, 0)), ("differential", (3 * 2 + 5, 0)),
                          ("bit_serial", (3 * 2 + 8, 3))):
        found = solve({"scheme": scheme, "bw": 4, "bi": 2, "m": 1, "N": 2, "bits": 8, "share": 1.0,
                       "branch": "polarity", "rows": 2, "cols": 1, "n": 1, "w": [3, -5], "x": [2, -1]})
        assert (found["p"][0], found["nn"][0]) == words and found["steps"] == [4], (scheme, found)
    assert passes_of([0, 0]) == [(1, [0, 0])] and passes_of([0, -2]) == [(-1, [0, 2])]
    print("schemes: self test passed")


def random_line(rng):
    """One case; those too close to call are drawn again."""
    while True:
        try:
            return case_line(solve(random_case(rng)))
        except TooClose:
            pass


if __name__ == "__main__":
    case_command.run(__doc__, self_test, random_line)
