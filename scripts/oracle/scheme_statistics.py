#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Monte Carlo of a non-ideal 7-bit column, to see the figures of the facts come out.

    scheme_statistics.py [--samples N] [--seed S]        scheme_statistics.py --self-test

code = clamp(round(gain * s + offset + noise)), s in LSB: gain and offset belong to the column, noise to the
conversion. Rows 2, 3, 4, 5 and 9 of section 6 of the facts, one figure a line with what is expected and how
far off it may be. Exit code 1: a figure is off. Spreads of the columns and the 7 bits are PIM-QAT's
(machine-made list of its figures), the noise of 0.35 LSB is recalled; lines without an expectation are what
these definitions give, published nowhere.
"""
import argparse
import math
import sys

import numpy as np

TOP = 127  # 7 bits, unsigned: differential and bit-serial sums
GAIN_SD, OFFSET_SD = 0.024, 2.04
COLUMNS = 256


def convert(value, sigma, rng):
    """Codes of analog values in LSB."""
    noise = rng.normal(0.0, sigma, np.shape(value)) if sigma else 0.0
    return np.clip(np.rint(value + noise), 0, TOP)  # rint: ties to even


def rms(values):
    return float(np.sqrt(np.mean(np.square(values))))


def uniform(rng, n, margin=0.5):
    """Analog sums that neither noise nor a column's error carries beyond the codes, if the margin allows."""
    return rng.uniform(margin - 0.5, TOP + 0.5 - margin, n)


def columns(rng):
    """(gains, offsets), each [columns x 1]."""
    return rng.normal(1.0, GAIN_SD, (COLUMNS, 1)), rng.normal(0.0, OFFSET_SD, (COLUMNS, 1))


def row_2_and_3(rng, n):
    s = uniform(rng, n, margin=5.0)
    yield "row 2: rms error of the ideal converter [LSB]", rms(convert(s, 0.0, rng) - s), 0.2887, 0.01 * 0.2887
    centres = rng.integers(5, TOP - 4, n)
    for sigma, error, wrong, tolerance in ((0.1, 0.306, 5.7e-5, 1e-3), (0.2, 0.351, 1.24, 0.1),
                                           (0.35, 0.4537, 15.3, 0.5), (0.5, 0.577, 31.7, 0.5),
                                           (1.0, 1.041, 61.7, 0.5)):
        yield "row 3: sigma %.2f, rms to the analog value [LSB]" % sigma, rms(convert(s, sigma, rng) - s), \
            error, 0.01 * error
        share = 100.0 * float(np.mean(convert(centres, sigma, rng) != centres))
        yield "row 3: sigma %.2f, wrong codes on code centres [%%]" % sigma, share, wrong, tolerance
        loss = 0.5 * math.log2(12.0 * np.mean(np.square(convert(s, sigma, rng) - s)))
        if sigma == 0.35:
            yield "row 6: effective bits of 7 at sigma 0.35", 7.0 - loss, 6.35, 0.02


def row_4(rng):
    gains, offsets = (rng.normal(mean, sd, 1000 * COLUMNS) for mean, sd in ((1.0, GAIN_SD), (0.0, OFFSET_SD)))
    for code, expected in ((0, 2.04), (32, 2.18), (64, 2.55), (127, 3.67)):
        yield "row 4: rms affine error at code %d [LSB]" % code, rms((gains - 1) * code + offsets), \
            expected, 0.01 * expected


def least_squares(codes, s):
    """Corrected codes: per column, the line that predicts s from the code."""
    mean_c, mean_s = codes.mean(axis=1, keepdims=True), s.mean(axis=1, keepdims=True)
    slope = ((codes - mean_c) * (s - mean_s)).mean(axis=1, keepdims=True) / codes.var(axis=1, keepdims=True)
    return lambda c: mean_s + slope * (c - mean_c)


def matched_moments(codes, s):
    """Corrected codes: per column, mean and variance as those of s (batch-norm recalibration)."""
    scale = s.std(axis=1, keepdims=True) / codes.std(axis=1, keepdims=True)
    mean_c, mean_s = codes.mean(axis=1, keepdims=True), s.mean(axis=1, keepdims=True)
    return lambda c: mean_s + scale * (c - mean_c)


def row_5(rng, n):
    gains, offsets = columns(rng)
    per_column = max(n // COLUMNS, 2000)

    def signals(spread):  # no clipping: 127 * 0.024 and 2.04 at four sigma are within the margin
        if spread is None:
            return uniform(rng, (COLUMNS, per_column), margin=24.0)
        return 64.0 + np.clip(rng.normal(0.0, spread, (COLUMNS, per_column)), -40, 40)

    rounding = 0.2887  # what no cure can take away; the facts allow 0.30 in all
    for name, spread, sigma, expected in (("uniform", None, 0.0, rounding),
                                          ("normal, sd 8 LSB", 8.0, 0.0, rounding),
                                          ("normal, sd 2 LSB", 2.0, 0.0, rounding),
                                          ("uniform, sigma 0.35", None, 0.35, None)):
        s, fresh = signals(spread), signals(spread)
        codes, seen = (convert(gains * v + offsets, sigma, rng) for v in (s, fresh))
        yield "row 5: %s: residual before any cure [LSB]" % name, rms(seen - fresh), None, 0
        for cure, corrected in (("least squares", least_squares(codes, s)),
                                ("moments", matched_moments(codes, s))):
            yield "row 5: %s: residual after %s [LSB]" % (name, cure), rms(corrected(seen) - fresh), \
                expected, 0.30 - rounding


def row_9(rng, n, sigma=0.35, runs=200):
    gains, offsets = columns(rng)
    s = uniform(rng, (COLUMNS, max(n // COLUMNS // runs, 20)), margin=24.0)
    static = gains * s + offsets
    quiet = [convert(static, 0.0, np.random.default_rng(seed)) for seed in (1, 2)]
    yield "row 9: sigma 0, share of outputs equal in two runs", float(np.mean(quiet[0] == quiet[1])), 1.0, 0.0
    for seed in (1, 2):
        noise = np.random.default_rng(seed)
        seen = np.stack([convert(static, sigma, noise) for _ in range(runs)])
        same = float(np.mean(np.all(seen == seen[0], axis=0)))
        expected = sigma ** 2 + 1 / 12
        yield "row 9: noise seed %d, mean square to the static curve [LSB^2]" % seed, \
            float(np.mean(np.square(seen - static))), expected, 0.02 * expected
        yield "row 9: noise seed %d, static error of the mean of %d runs [LSB]" % (seed, runs), \
            rms(seen.mean(axis=0) - s), rms(static - s), 0.01 * rms(static - s)
        yield "row 9: noise seed %d, share of outputs equal in %d runs" % (seed, runs), same, None, 0
        yield "row 9: noise seed %d, share of outputs equal in two runs" % seed, \
            float(np.mean(seen[0] == seen[1])), None, 0


def rows(samples, seed):
    rng = np.random.default_rng(seed)
    for part in (row_2_and_3(rng, samples), row_4(rng), row_5(rng, samples), row_9(rng, samples)):
        yield from part


def report(samples, seed):
    """Whether all figures are within their tolerance."""
    good = True
    for name, figure, expected, tolerance in rows(samples, seed):
        line = "%-62s %9.4f" % (name, figure)
        if expected is not None:
            inside = abs(figure - expected) <= tolerance
            good = good and inside
            line += "   expected %.4f +- %.4f%s" % (expected, tolerance, "" if inside else "   OFF")
        print(line)
    return good


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--samples", type=int, default=2000000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--self-test", action="store_true", help="fewer samples")
    options = parser.parse_args()
    if options.samples < 1:
        parser.error("--samples must be positive")
    sys.exit(0 if report(1000000 if options.self_test else options.samples, options.seed) else 1)


if __name__ == "__main__":
    main()
