#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Brute-force reference of the path from input codes to ADC counts, to compare with crossbar and converters.

    time_resolved.py --cases N --seed S        time_resolved.py --self-test

It steps through the window one cycle at a time, adds up the cells that conduct, looks the current up in
the curve and sums; nothing is bucketed and nothing is in floating point. One case a line (lists with commas,
arrays row by row):
    kind=random|straight|whole rows= cols= window= mode= integration= rounding= bits= ratio= deadband=<uA>
    gp=<rows x cols> gn=<rows x cols> [grid steps]     x=<vectors x rows>     p=<vectors x cols> n=<vectors x cols>
    pos=<column>;...  neg=<column>;...  a column is uA:rate,uA:rate,...     offsets=<pos,neg,uA per column>
    line_p= line_n=   the counts of the curve that was asked for, before it went to the grid
    deviation= bound=  largest distance between the two sums [counts], and what curves.h promises for it
    edges=  sums exactly on a whole count less 2^-10 (less 1/2 for nearest), where it begins to count
Currents are in steps of 4 nS x 0.2 V. Numbers with a point are to be read as the nearest double.
"""
import random
from bisect import bisect_right
from fractions import Fraction
from math import floor, lcm

import case_command
from time_resolved_cases import STEP_UA, draw

EARLY = Fraction(1, 1024)  # a count that lacks no more than this is counted
NEAR_TIE = Fraction(1, 10**6)


class Unspecified(Exception):
    """The headers do not say: a value half-way between two grid values, two corners on one grid current,
    a current exactly at the edge of the dead band."""


def nearest(value):
    down = floor(value)
    if abs(value - down - Fraction(1, 2)) < NEAR_TIE:
        raise Unspecified
    return down + (value - down > Fraction(1, 2))


class Line:
    """Corners (start, value) joined by straight lines, held on both sides. Exact whatever the numbers are."""

    def __init__(self, start, value, slope):
        self.start, self.value, self.slope = start, value, slope
        self.unit = lcm(*(Fraction(v).denominator for s, v, a in zip(start, value, slope) for v in (v, a, a * s)))

    def rate(self, current):
        j = bisect_right(self.start, current) - 1
        return self.value[0] if j < 0 else self.value[j] + self.slope[j] * (current - self.start[j])

    def units(self, current):
        """The rate at a whole current in units in which all of them are whole, because fractions are slow."""
        exact = self.rate(current) * self.unit
        assert exact == int(exact)
        return int(exact)


def corners(knots, ratio):
    """The knots with their current as the bit line sees it, in grid steps."""
    return [Fraction(i) / Fraction(ratio) / STEP_UA for i, _ in knots], [Fraction(r) for _, r in knots]


def slopes(start, value):
    ends = zip(start, start[1:], value, value[1:])
    return [Fraction(v1 - v0) / (s1 - s0) for s0, s1, v0, v1 in ends] + [Fraction(0)]


def asked_line(knots, ratio):
    start, value = corners(knots, ratio)
    return Line(start, value, slopes(start, value))


def grid_line(knots, ratio, fraction):
    """What converters/curves.h says: corners to the current grid, values and slopes in 2^-fraction count."""
    start, value = corners(knots, ratio)
    start, value = [nearest(s) for s in start], [nearest(v * 2**fraction) for v in value]
    if len(set(start)) < len(start):
        raise Unspecified
    return Line(start, value, [nearest(a) for a in slopes(start, value)])


def largest_fraction(columns):
    """The largest that keeps every rate below 2^31, but no more than the 29 of a HERMES-like curve."""
    top = max(Fraction(r) for c in columns for curve in (c["pos"], c["neg"]) for _, r in curve)
    fraction = 29
    while top * 2**fraction >= 2**31:
        fraction -= 1
    if top * 2**fraction > 2**31 * Fraction(99, 100):
        raise Unspecified  # slopes are rounded: how much room is left above the end is not said
    return fraction


class Column:
    """One bit line's ADC; `fraction` None: the curves as asked for, else on the grid. Sums are in `unit` counts."""

    def __init__(self, spec, case, fraction):
        self.case, self.unit = case, 1 if fraction is None else Fraction(1, 2**fraction)
        make = asked_line if fraction is None else lambda k, r: grid_line(k, r, fraction)
        self.lines = [make(spec[name], case["ratio"]) for name in ("pos", "neg")]
        offsets = [Fraction(o) / self.unit for o in spec["offset"]]
        self.offsets = offsets if fraction is None else [nearest(o) for o in offsets]
        self.input_offset = nearest(Fraction(spec["input_offset"]) / STEP_UA)  # whatever the curves are
        self.deadband = nearest(Fraction(case["deadband"]) / STEP_UA)

    def steered(self, current):
        """(counter, magnitude) of a one-phase read."""
        if current == -self.deadband < 0:
            raise Unspecified
        return (1 if current < 0 and -current >= self.deadband else 0), abs(current)

    def sums(self, currents, counter_of):
        """What the two counters gather in one phase, without offset; a charge is a steady mean current."""
        currents, total = [i + self.input_offset for i in currents], [Fraction(0), Fraction(0)]
        if self.case["integration"] == "charge":
            mean = Fraction(sum(currents), len(currents))
            polarity, magnitude = counter_of(mean)
            total[polarity] += self.lines[polarity].rate(magnitude) * len(currents)
            return total
        gathered, looked_up = [0, 0], {}
        for current in currents:
            if current not in looked_up:
                polarity, magnitude = counter_of(current)
                looked_up[current] = polarity, self.lines[polarity].units(magnitude)
            polarity, units = looked_up[current]
            gathered[polarity] += units
        return [Fraction(g, line.unit) for g, line in zip(gathered, self.lines)]

    def convert(self, polarity, total):
        """Counts of one conversion of one counter."""
        end = self.lines[polarity].value[-1] * self.case["window"]
        exact = min(max(total + self.offsets[polarity], 0), end) * self.unit
        early = EARLY if self.case["rounding"] == "floor" else Fraction(1, 2)
        return floor(exact + early), exact, exact + early == floor(exact + early)

    def read(self, phases):
        """(count+, count-, sums, sums on an edge) of one read; phases: {name: current at each cycle}."""
        words, exact, edges = [0, 0], [], 0
        for name, currents in phases.items():
            if name == "all":
                done = [(q, *self.convert(q, total)) for q, total in enumerate(self.sums(currents, self.steered))]
            else:  # the phase names the counter; every phase uses the first curve
                total = self.sums(currents, lambda current: (0, current))[0]
                done = [(0 if name in ("pp", "nn") else 1, *self.convert(0, total))]
            for polarity, count, value, edge in done:
                words[polarity] += count
                exact.append(value)
                edges += edge
        top = 2 ** self.case["bits"] - 1
        return min(words[0], top), min(words[1], top), exact, edges


def conducting(case, x):
    """The rows that conduct in each cycle, with their sign: a row does while its pulse lasts."""
    return [[(r, 1 if v > 0 else -1) for r, v in enumerate(x) if abs(v) > t] for t in range(case["window"])]


def phases_of(case, on, column):
    """Current of every cycle of every phase."""
    g_pos, g_neg = ([row[column] for row in case[g]] for g in ("gp", "gn"))
    if case["mode"] == "one_phase":
        return {"all": [sum(sign * (g_pos[r] - g_neg[r]) for r, sign in rows) for rows in on]}
    return {name: [sum(g[r] for r, s in rows if s == sign) for rows in on]
            for name, sign, g in (("pp", 1, g_pos), ("pn", 1, g_neg), ("np", -1, g_pos), ("nn", -1, g_neg))}


def run(case):
    fraction = largest_fraction(case["columns"])
    result = {name: [] for name in ("p", "n", "line_p", "line_n")}
    deviation, edges, bound = Fraction(0), 0, Fraction(0)
    chips = [[Column(spec, case, f) for spec in case["columns"]] for f in (fraction, None)]
    for grid in chips[0]:
        for line in grid.lines:  # half a unit a step; half a step of either corner; half a unit of value and offset
            ends = list(zip(line.start, line.start[1:]))
            bound = max([bound] + [Fraction(b - a, 2) + 1 + max(line.slope) for a, b in ends])
    bound = case["window"] * bound / 2**fraction
    for x in case["x"]:
        on = conducting(case, x)
        for c, (grid, asked) in enumerate(zip(*chips)):
            phases = phases_of(case, on, c)
            p, n, sums, on_edge = grid.read(phases)
            line_p, line_n, line_sums, _ = asked.read(phases)
            for name, value in zip(result, (p, n, line_p, line_n)):
                result[name].append(value)
            edges += on_edge
            deviation = max([deviation] + [abs(a - b) for a, b in zip(sums, line_sums)])
    return {**result, "deviation": float(deviation), "bound": float(bound), "edges": edges}


def nudge(rng, case):
    """Turns the first cell of each column until a sum of vector 0 is at, or a hair beside, a whole count."""
    case["x"][0][0] = 1
    fraction = largest_fraction(case["columns"])
    early = EARLY if case["rounding"] == "floor" else Fraction(1, 2)
    for c, spec in enumerate(case["columns"]):
        column, on = Column(spec, case, fraction), conducting(case, case["x"][0])
        case["gp"][0][c] = rng.randint(0, 16000)
        before = column.read(phases_of(case, on, c))[2]
        case["gp"][0][c] += 1
        after = column.read(phases_of(case, on, c))[2]
        moves = [(a - b, b) for a, b in zip(after, before) if a != b]
        if not moves:
            continue
        step, value = rng.choice(moves)
        beside = rng.choice((0, 0, 0, abs(step), -abs(step), early))
        steps = Fraction((floor(value) + 1 - early + beside) - value) / step % (1 / abs(step))
        if steps.denominator == 1 and steps < 16000:
            case["gp"][0][c] += int(steps) - 1


def random_case(rng):
    while True:
        case = draw(rng, rng.choice(3 * ("random", "whole") + 2 * ("random",) + ("straight",)))
        try:
            if case["kind"] == "whole":
                nudge(rng, case)
            return case, run(case)
        except Unspecified:
            continue


def flat(values):
    return ",".join(str(v) for v in values)


def case_line(case, result):
    plain = ("kind", "rows", "cols", "window", "mode", "integration", "rounding", "bits", "ratio", "deadband")
    fields = [(name, str(case[name])) for name in plain]
    fields += [(name, flat(v for row in case[name] for v in row)) for name in ("gp", "gn", "x")]
    for name in ("pos", "neg"):
        fields.append((name, ";".join(",".join("%r:%r" % k for k in c[name]) for c in case["columns"])))
    fields.append(("offsets", flat(v for c in case["columns"] for v in (*c["offset"], c["input_offset"]))))
    fields += [(name, flat(v) if isinstance(v, list) else str(v)) for name, v in result.items()]
    return " ".join("=".join(pair) for pair in fields)


def self_test():
    # one count a step and cycle
    plain = {"pos": [(0.0, 0.0), (0.8, 1000.0)], "offset": (0.0, 0.0), "input_offset": 0.0}
    plain["neg"] = plain["pos"]
    case = {"kind": "hand", "rows": 4, "cols": 1, "window": 128, "mode": "one_phase",
            "integration": "time_resolved", "rounding": "floor", "bits": 12, "ratio": 1.0, "deadband": 0.0,
            "gp": [[1], [3], [0], [0]], "gn": [[0], [0], [5], [0]], "x": [[1, 2, 3, 4]], "columns": [plain]}

    def counts(**changes):
        result = run({**case, **changes})
        return result["p"][0], result["n"][0]

    assert counts() == (0, 8)  # -1, -2, -5, 0
    assert counts(mode="four_phase") == (7, 15)
    assert counts(integration="charge") == (0, 8)
    assert counts(x=[[4, 2, 1, 0]]) == (6, 1)  # -1, 4, 1, 1: it flips, and the charge does not see it
    assert counts(x=[[4, 2, 1, 0]], integration="charge") == (5, 0)
    assert counts(x=[[-4, -2, -1, 0]]) == (1, 6)
    assert counts(deadband=0.0022) == (3, 5)  # |-1| and |-2| are less than 3 and count to c+
    assert counts(mode="four_phase", bits=3) == (7, 7)
    assert counts(ratio=0.5) == (0, 4) and counts(ratio=0.5, mode="four_phase") == (3, 7)
    clipped = {**plain, "pos": [(0.0, 0.0), (0.0016, 2.0)]}
    assert counts(columns=[clipped], mode="four_phase") == (4, 6)  # 4, 3 and 5 all give 2
    shifted = {**plain, "offset": (2.5, -9.0)}
    assert counts(columns=[shifted]) == (2, 0) and counts(columns=[shifted], mode="four_phase") == (11, 19)
    assert counts(columns=[shifted], rounding="nearest") == (3, 0)
    leaking = {**plain, "input_offset": 0.0008}  # one step in every cycle of the window
    assert counts(columns=[leaking]) == (125, 5)  # 0, -1, -4, then 1
    rng, kinds, edges = random.Random(5), {}, 0
    for _ in range(150):
        drawn, result = random_case(rng)
        kinds[drawn["kind"]] = max(kinds.get(drawn["kind"], 0.0), result["deviation"])
        edges += result["edges"] if drawn["kind"] == "whole" else 0
        assert result["deviation"] <= result["bound"], (drawn["kind"], result["deviation"], result["bound"])
        if drawn["integration"] == "time_resolved" and drawn["kind"] == "straight":
            assert result["deviation"] <= 0.0141, result["deviation"]
    assert len(kinds) == 3 and edges > 10, (kinds, edges)
    print("time_resolved: self test passed", kinds, edges)


if __name__ == "__main__":
    case_command.run(__doc__, self_test, lambda rng: case_line(*random_case(rng)))
