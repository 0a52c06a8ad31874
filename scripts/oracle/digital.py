#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A digital compute-in-memory column bit by bit, to compare with the C++.

    digital.py --cases N --seed S        digital.py --self-test

Weights in two's complement in the cells; every cycle broadcasts `ibpc` bits of each input; one gate per
weight bit, a binary tree of adders of w + log2(rows) bits per broadcast bit, an accumulator of
w + b_i + log2(rows) bits, from which the top bit of a signed input subtracts. All registers wrap at their
width, so a sum that equals W x says that the widths suffice. One case a line:
    wb= ib= ibpc= signed=0|1 skip=0|1 branch=polarity|difference|single tile_rows= tile_cols= row0= rows=
    col0= cols= w=<list> n= x=<list> p=<list> nn=<list> steps=<list>
Window of `rows` x `cols` at (row0, col0) of the tile; w: its weights, row by row; x: n vectors of its rows;
p, nn: n x cols words for the post unit; steps: cycles of each read.
"""
import random

import case_command

BRANCHES = ("polarity", "difference", "single")


def log2_up(n):
    return (n - 1).bit_length()


def wrapped(value, bits):
    """What a register of so many bits holds, read as two's complement."""
    value &= (1 << bits) - 1
    return value - (1 << bits) if value >> (bits - 1) else value


def gated(weight, bit, wb):
    """A NOR gate per weight bit: the cell and the input line both hold the complement."""
    inverted = ~weight & ((1 << wb) - 1)
    line = 0 if bit else (1 << wb) - 1
    return wrapped(~(inverted | line), wb)


def tree_sum(products, width):
    while len(products) > 1:
        pairs = [products[i:i + 2] for i in range(0, len(products), 2)]
        products = [wrapped(sum(pair), width) for pair in pairs]
    return products[0]


def read(wb, ib, ibpc, signed, skip, columns, x):
    """(sum per column, cycles) of one vector."""
    tree, accumulator = wb + log2_up(len(x)), wb + ib + log2_up(len(x))
    planes = [[v >> b & 1 for v in x] for b in range(ib)]  # >> of a negative int is two's complement
    sums, cycles = [0] * len(columns), 0
    for low in range(0, ib, ibpc):
        group = range(low, min(low + ibpc, ib))
        if skip and not any(any(planes[b]) for b in group):
            continue
        cycles += 1
        for c, weights in enumerate(columns):
            for b in group:
                part = tree_sum([gated(w, bit, wb) for w, bit in zip(weights, planes[b])], tree)
                part = -part if signed and b == ib - 1 else part
                sums[c] = wrapped(sums[c] + (part << b), accumulator)
    return sums, max(cycles, 1)


def random_weights(rng, wb, count):
    end = 2 ** (wb - 1) - 1
    kind = rng.choice(("any", "any", "any", "ends", "positive", "negative", "sparse"))
    draw = {"any": lambda: rng.randint(-end, end), "ends": lambda: rng.choice((-end, end)),
            "positive": lambda: end, "negative": lambda: -end,
            "sparse": lambda: rng.choice((0, 0, 0, rng.randint(-end, end)))}[kind]
    return [draw() for _ in range(count)]


def random_input(rng, ib, signed, count):
    end = 2 ** (ib - 1) - 1 if signed else min(2 ** ib - 1, 127)
    start = -end if signed else 0
    mask = rng.randint(0, end)  # some bit planes are empty
    kind = rng.choice(("any", "any", "masked", "masked", "most", "least", "zero", "one"))
    draw = {"any": lambda: rng.randint(start, end), "masked": lambda: rng.randint(0, end) & mask,
            "most": lambda: end, "least": lambda: start, "zero": lambda: 0,
            "one": lambda: rng.choice((0, 0, rng.randint(start, end)))}[kind]
    return [draw() for _ in range(count)]


def random_case(rng):
    signed = rng.random() < 0.6
    rows, cols = rng.choice((rng.randint(1, 9), rng.randint(1, 33), rng.choice((64, 65)))), rng.randint(1, 3)
    row0, col0 = (rng.randint(0, 9), rng.randint(0, 3)) if rng.random() < 0.3 else (0, 0)
    case = {"wb": rng.randint(2, 9), "ib": rng.choice((8, rng.randint(2 if signed else 1, 8))),
            "ibpc": rng.choice((1, 2, 4)), "signed": int(signed), "skip": rng.randint(0, 1),
            "branch": rng.choice(BRANCHES), "tile_rows": row0 + rows + rng.choice((0, 0, row0)),
            "tile_cols": col0 + cols + rng.choice((0, 0, col0)), "row0": row0, "rows": rows, "col0": col0,
            "cols": cols, "n": rng.randint(1, 3)}
    case["w"] = random_weights(rng, case["wb"], rows * cols)
    case["x"] = [v for _ in range(case["n"]) for v in random_input(rng, case["ib"], signed, rows)]
    return case


def solve(case):
    """Adds the results to a case."""
    columns = [case["w"][c::case["cols"]] for c in range(case["cols"])]
    case.update(p=[], nn=[], steps=[])
    for k in range(case["n"]):
        x = case["x"][k * case["rows"]:(k + 1) * case["rows"]]
        sums, cycles = read(*(case[name] for name in ("wb", "ib", "ibpc", "signed", "skip")), columns, x)
        assert sums == [sum(w * v for w, v in zip(weights, x)) for weights in columns], case
        single = case["branch"] == "single"
        case["p"] += sums if single else [max(s, 0) for s in sums]
        case["nn"] += [0 if single else max(-s, 0) for s in sums]
        case["steps"].append(cycles)
    return case


def case_line(case):
    return " ".join("%s=%s" % (name, ",".join(map(str, v)) if isinstance(v, list) else v)
                    for name, v in case.items())


def self_test():
    assert wrapped(8, 4) == -8 and wrapped(-9, 4) == 7
    assert [gated(w, b, 4) for w, b in ((-7, 1), (-7, 0), (7, 1), (0, 1))] == [-7, 0, 7, 0]
    assert read(8, 8, 1, 1, 0, [[127, -127]], [-127, 127]) == ([-2 * 127 * 127], 8)
    assert [read(4, 8, ibpc, 1, 0, [[3]], [-5]) for ibpc in (1, 2, 4)] == [([-15], 8), ([-15], 4), ([-15], 2)]
    assert read(4, 3, 2, 0, 0, [[3]], [5]) == ([15], 2)  # the second cycle has one bit left
    # planes 0 and 3 alone: two cycles of one bit, two of two, one of four and an empty one
    assert [read(4, 8, ibpc, 0, 1, [[3, -2]], [8, 1])[1] for ibpc in (1, 2, 4)] == [2, 2, 1]
    assert read(4, 8, 1, 1, 1, [[3]], [0]) == ([0], 1) and read(4, 8, 1, 1, 1, [[3]], [-1]) == ([-3], 8)
    assert read(4, 8, 1, 1, 1, [[1]], [-128]) == ([-128], 1)  # only the sign bit
    rng = random.Random(12)
    for _ in range(200):
        solve(random_case(rng))  # asserts that the sums are W x
    print("digital: self test passed")


if __name__ == "__main__":
    case_command.run(__doc__, self_test, lambda rng: case_line(solve(random_case(rng))))
