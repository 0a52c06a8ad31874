#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Exact least squares for the affine words (two scales, one offset) of every column.

    affine_fit.py [FILE]              fit; reads JSON from FILE or standard input, prints JSON
    affine_fit.py --exponent [FILE]   the smallest scale exponent 0..4 that holds 98 % of the columns
    affine_fit.py --self-test

Input:  {"format_": {scale_bits, scale_fraction, scale_exponent, offset_bits, offset_fraction, cut,
                     round_bits, round_mode},
         "columns": [{"c_p": [ints], "c_n": [ints], "ideal": [ints], "lsb_num": int, "lsb_den": int}, ...]}
The target of a column is ideal / (lsb_num / lsb_den). It is regressed on (c+, c-, 1) in exact fractions;
s_p is the coefficient of c+, s_n minus that of c-. A constant regressor is dropped and gets the nominal
scale 1.0; if both are constant or they are collinear the column is rank deficient: both scales nominal,
offset 0. A scale word is round-half-even(s 2^(scale_fraction-scale_exponent)) clipped to scale_bits. The
offset is mean(target) - mean(A0) / 2^k, A0 being the bit-true lane with the quantised scales and no offset.
Output: {"columns": [{"s_p", "s_n", "o" (raw words), "clipped_p", "clipped_n", "clipped_o", "dropped_p",
         "dropped_n", "rank_deficient" (booleans), "exact_s_p", "exact_s_n", "exact_o" ("num/den")}, ...]}
With --exponent: {"scale_exponent", "reached" (false if no exponent holds 98 %: then 4), "columns_held" [5]}.
"""
import argparse
import json
import sys
from fractions import Fraction

from nmpu import accumulate, kept_fraction


def exact_scales(column):
    """(s_p, s_n, dropped_p, dropped_n, rank_deficient) as fractions and flags."""
    c_p, c_n, ideal = column["c_p"], column["c_n"], column["ideal"]
    n, lsb = len(ideal), Fraction(column["lsb_num"], column["lsb_den"])
    if not n or len(c_p) != n or len(c_n) != n:
        raise ValueError("c_p, c_n and ideal differ in length or are empty")

    def moment(a, b):  # n^2 times the covariance, an exact integer
        return n * sum(x * y for x, y in zip(a, b)) - sum(a) * sum(b)

    pp, nn, pn, pt, nt = (moment(*ab) for ab in ((c_p, c_p), (c_n, c_n), (c_p, c_n), (c_p, ideal), (c_n, ideal)))
    one = Fraction(1)
    if pp and nn:
        determinant = pp * nn - pn * pn
        if determinant == 0:
            return one, one, False, False, True
        return (Fraction(pt * nn - nt * pn, determinant) / lsb, -Fraction(nt * pp - pt * pn, determinant) / lsb,
                False, False, False)
    if pp:
        return Fraction(pt, pp) / lsb, one, False, True, False
    if nn:
        return one, -Fraction(nt, nn) / lsb, True, False, False
    return one, one, True, True, True


def word(value, low, high):
    """(rounded and clipped word, whether it was clipped)."""
    raw = round(value)  # a Fraction rounds half to even
    return max(low, min(high, raw)), not low <= raw <= high


def scale_unit(f, exponent):
    return Fraction(2) ** (f["scale_fraction"] - exponent)


def fit(f, column):
    """The words, flags and exact values of one column."""
    s_p, s_n, dropped_p, dropped_n, deficient = exact_scales(column)
    unit, top = scale_unit(f, f["scale_exponent"]), (1 << f["scale_bits"]) - 1
    (w_p, clipped_p), (w_n, clipped_n) = word(s_p * unit, 0, top), word(s_n * unit, 0, top)
    o = Fraction(0)
    if not deficient:
        n, lane = len(column["ideal"]), dict(f, branch="polarity")
        total = sum(accumulate(lane, p, m, w_p, w_n, 0, 0) for p, m in zip(column["c_p"], column["c_n"]))
        target = Fraction(sum(column["ideal"]) * column["lsb_den"], n * column["lsb_num"])
        o = target - Fraction(total, n << kept_fraction(f))
    half = 1 << (f["offset_bits"] - 1)
    w_o, clipped_o = word(o * (1 << f["offset_fraction"]), -half, half - 1)
    return {"s_p": w_p, "s_n": w_n, "o": w_o, "clipped_p": clipped_p, "clipped_n": clipped_n,
            "clipped_o": clipped_o, "dropped_p": dropped_p, "dropped_n": dropped_n, "rank_deficient": deficient,
            "exact_s_p": str(s_p), "exact_s_n": str(s_n), "exact_o": str(o)}


def held(f, exponent, s_p, s_n):
    """Both exact scales have a word; a negative one never has."""
    top, unit = (1 << f["scale_bits"]) - 1, scale_unit(f, exponent)
    return all(s >= 0 and round(s * unit) <= top for s in (s_p, s_n))


def choose_exponent(f, columns):
    scales = [exact_scales(column)[:2] for column in columns]
    counts = [sum(held(f, e, *pair) for pair in scales) for e in range(5)]
    enough = [e for e in range(5) if 100 * counts[e] >= 98 * len(columns)]
    return {"scale_exponent": enough[0] if enough else 4, "reached": bool(enough), "columns_held": counts}


def self_test():
    f = {"scale_bits": 8, "scale_fraction": 7, "scale_exponent": 0, "offset_bits": 8, "offset_fraction": 1,
         "cut": 5, "round_bits": 0, "round_mode": "SC_RND_CONV"}
    c_p, c_n = [0, 40, 80, 120, 7], [64, 8, 32, 0, 99]

    def column(s_p, s_n, o, p=c_p, n=c_n, **more):  # ideal = target * 3 / 2
        ideal = [(Fraction(s_p) * a - Fraction(s_n) * b + o) * Fraction(3, 2) for a, b in zip(p, n)]
        assert all(t.denominator == 1 for t in ideal)
        return dict({"c_p": p, "c_n": n, "ideal": [int(t) for t in ideal], "lsb_num": 3, "lsb_den": 2}, **more)

    def words(col, **change):
        r = fit(dict(f, **change), col)
        return (r["s_p"], r["s_n"], r["o"]), [key for key in r if r[key] is True]

    assert words(column(2, 0, 6)) == ((255, 0, 6 * 2 + 1), ["clipped_p"])  # 49.4 lost * 2/256 -> 0.5
    assert words(column(2, 0, 6), scale_exponent=1) == ((128, 0, 12), [])
    assert words(column(0, 2, -6), scale_exponent=1) == ((0, 128, -12), [])
    assert words(column(-2, 0, 0)) == ((0, 0, -128), ["clipped_p", "clipped_o"])  # -2 * 49.4 needs -98.5
    assert words(column(-2, 0, 60)) == ((0, 0, -78), ["clipped_p"])  # 60 - 98.8 = -38.8
    assert words(column(2, 2, 0, n=[5] * 5), scale_exponent=1)[0][:2] == (128, 64)
    assert words(column(2, 2, 0, n=[5] * 5), scale_exponent=1)[1] == ["dropped_n"]
    assert words(column(2, 2, 0, p=[5] * 5), scale_exponent=1) == ((64, 128, 10), ["dropped_p"])  # 10 - 5 = 5.0
    assert words(column(2, 2, 0, n=[2 * a for a in c_p])) == ((128, 128, 0), ["rank_deficient"])
    assert words(column(2, 2, 0, [5] * 5, [5] * 5)) == ((128, 128, 0), ["dropped_p", "dropped_n", "rank_deficient"])
    assert words(column(2, 0, 1000), scale_exponent=1)[1] == ["clipped_o"]
    assert words(column(2, 0, 1000), scale_exponent=1)[0][2] == 127
    many = [column(2, 0, 0)] * 3 + [column(0, 2, 0)] * 97
    assert choose_exponent(f, many) == {"scale_exponent": 1, "reached": True, "columns_held": [0, 100, 100, 100, 100]}
    assert choose_exponent(f, [column(-2, 0, 0)] * 3 + many)["reached"] is False
    assert choose_exponent(f, [column(4, 0, 0)] * 2 + [column(2, 0, 0)] * 98)["scale_exponent"] == 1
    print("affine_fit: self test passed")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", nargs="?")
    parser.add_argument("--exponent", action="store_true")
    parser.add_argument("--self-test", action="store_true")
    options = parser.parse_args()
    if options.self_test:
        return self_test()
    with open(options.file, encoding="utf-8") if options.file else sys.stdin as source:
        data = json.load(source)
    f, columns = data["format_"], data["columns"]
    result = choose_exponent(f, columns) if options.exponent else {"columns": [fit(f, c) for c in columns]}
    json.dump(result, sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    main()
