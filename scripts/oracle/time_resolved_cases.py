# SPDX-License-Identifier: Apache-2.0
"""Small random arrays, inputs and ADC curves for time_resolved.py. Not a program.

Kinds: `random` curves of every form, `straight` ones of a HERMES-like ADC, and `whole` ones whose sums are
multiples of a power of two, so that time_resolved.py can turn one cell until a sum is on a whole count.
"""
from fractions import Fraction

STEP_UA = Fraction(8, 10000)  # one step of the current grid


def straight(rng, end_ua, gain):
    return [(0.0, 0.0), (end_ua, gain * end_ua)]


def s_shaped(rng, end_ua, gain):
    n = rng.randint(3, 8)
    depth = rng.uniform(-0.3, 0.3)
    return [(end_ua * k / n, gain * end_ua * (k / n + depth * (k / n) * (1 - k / n) * (2 * k / n - 1)))
            for k in range(n + 1)]


def kinked(rng, end_ua, gain):
    """Steep, flat and plain pieces; it may begin above zero in current and in rate, and ends flat or not."""
    n = rng.randint(2, 9)
    inner = sorted(rng.uniform(0.06, 0.98) for _ in range(n - 2))
    shares = [rng.choice((0.0, 0.0, rng.uniform(0.0, 0.05)))] + inner + [1.0]
    rate, knots = rng.choice((0.0, 0.0, 0.3 * gain)), []
    for k, share in enumerate(shares):
        if k > 0:
            rate += rng.choice((0.0, 1.0, 1.0, rng.uniform(0.2, 4.0))) * gain * end_ua * (share - shares[k - 1])
        knots.append((end_ua * share, rate))
    return knots


def binary(rng, reach):
    """Slopes that are powers of two on the grid, so that sums can hit a whole count exactly."""
    knots, at, rate = [(0.0, 0.0)], 0, Fraction(0)
    pieces = rng.choice((1, 1, 2, 3, 5, 8))
    for _ in range(pieces):
        length = rng.randint(reach // pieces // 2, reach // pieces)
        at, rate = at + length, rate + length * Fraction(1, 2 ** rng.randint(9, 13))
        knots.append((float(at * STEP_UA), float(rate)))
    return knots


def draw(rng, kind):
    rows, cols = rng.randint(1, rng.choice((3, 6, 16))), rng.randint(1, 4)
    case = {"kind": kind, "rows": rows, "cols": cols, "window": rng.choice((128,) * 6 + (127, 129, 200)),
            "mode": rng.choice(("one_phase", "four_phase")), "integration": rng.choice(("charge", "time_resolved")),
            "rounding": rng.choice(("floor", "floor", "nearest")), "bits": rng.choice((12, 12, 24, 10, 7, 4)),
            "ratio": rng.choice((1.0, 1.0, rng.randint(8, 63) / 64, rng.uniform(0.2, 3.0))), "deadband": 0.0}
    if kind == "straight":  # the HERMES line of curves.h: 35 MHz/uA to 94 uA, gain spread +-21 %
        case.update(ratio=1.0, window=128, integration="time_resolved", bits=12)
    if kind == "whole":
        case.update(ratio=1.0, bits=24)
    elif rng.random() < 0.3:
        case["deadband"] = float((rng.randint(1, 20000) + rng.uniform(-0.4, 0.4)) * STEP_UA)
    reach = rng.choice((3000, 20000, 32767))  # a single cell, in steps
    pairs = rng.choice((True, False))  # one cell of a pair at zero, or both programmed
    cells = [[(rng.randint(0, reach), rng.randint(0, reach)) for _ in range(cols)] for _ in range(rows)]
    if pairs:
        cells = [[(p, 0) if rng.random() < 0.5 else (0, n) for p, n in row] for row in cells]
    case["gp"], case["gn"] = ([[pair[k] for pair in row] for row in cells] for k in (0, 1))
    low = rng.choice((-127, -127, 0))
    case["x"] = [[rng.choice((rng.randint(low, 127), rng.randint(low, 127), rng.choice((0, 127, low, 1))))
                  for _ in range(rows)] for _ in range(rng.randint(8, 16))]
    array_ua = float(reach * rows * STEP_UA)
    case["columns"] = [draw_column(rng, kind, case, array_ua) for _ in range(cols)]
    return case


def draw_column(rng, kind, case, array_ua):
    def curve():
        if kind == "whole":
            return binary(rng, case["rows"] * 33000)
        gain = 0.035 * rng.uniform(0.79, 1.21)
        if kind == "straight":
            return straight(rng, 94.0, gain)
        end_ua = min(300.0, max(3.0, array_ua * case["ratio"] * rng.choice((1.1, 0.6, 0.3))))  # clips, or never
        return rng.choice((straight, s_shaped, kinked, kinked))(rng, end_ua, gain)

    column = {"pos": curve(), "neg": curve(), "offset": (0.0, 0.0), "input_offset": 0.0}
    if rng.random() < 0.5:
        column["offset"] = tuple(rng.choice((0.0, rng.gauss(0, 4))) for _ in range(2))
        if kind == "whole":
            column["offset"] = tuple(rng.randint(-4 * 4096, 4 * 4096) / 4096 for _ in range(2))
    if rng.random() < 0.3:
        column["input_offset"] = float((rng.randint(-3000, 3000) + rng.uniform(-0.4, 0.4)) * STEP_UA)
    return column
