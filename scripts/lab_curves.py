# SPDX-License-Identifier: Apache-2.0
"""From samples or code histograms of an ADC to the points of a curve file: (input, whole code).

The tile's counter floors the straight line between two points, so a level at which code k begins
is the point (level, k).
"""
import math

import numpy as np

from lab_files import fail

MAX_POINTS = 65536   # of the curve file reader, per curve
RESOLUTION = 2e-5    # Choice: of full scale; about two steps of the tile's default current grid


def average(path, samples, code_max, drop, signed):
    """{(column, polarity): [(input, mean code, weight, place)]} sorted by input, and all sds.

    Samples of one input are averaged after their `drop` low bits are gone; the standard deviations
    are of the codes as recorded, for inputs with several samples.
    """
    grouped = {}
    for s in samples:
        if not 0 <= s.code <= code_max:
            fail(path, s.place, "has code %g, must be 0 to %d (--code-bits)" % (s.code, code_max))
        if s.input < 0 and not signed:
            fail(path, s.place, "has input %g, must not be negative (--signed: the negative "
                 "polarity)" % s.input)
        polarities = ["both"] if not signed else ["pos", "neg"] if s.input == 0 else \
            ["neg" if s.input < 0 else "pos"]
        for polarity in polarities:
            curve = grouped.setdefault((s.column, polarity), {})
            curve.setdefault(abs(s.input), []).append(s)
    curves, sds = {}, []
    for key, curve in sorted(grouped.items()):
        points = []
        for value, group in sorted(curve.items()):
            codes = np.array([s.code for s in group])
            if len(codes) > 1:
                sds.append(codes.std(ddof=1))
            kept = np.floor(codes / 2**drop) if drop else codes
            points.append((value, kept.mean(), len(codes), group[0].place))
        curves[key] = points
    _check_columns(path, grouped, signed)
    return curves, sds


def _check_columns(path, grouped, signed):
    columns = sorted({column for column, _ in grouped})
    for expected, column in enumerate(columns):
        if column != expected:
            fail(path, "", "has no column %d, but a column %d; columns are numbered from 0 without "
                 "gaps" % (expected, column))
    for column in columns if signed else []:
        for polarity in ("pos", "neg"):
            if (column, polarity) not in grouped:
                fail(path, "", "has no %s input for column %d (--signed)" % (
                    "positive" if polarity == "pos" else "negative", column))


def isotonic(codes, weights):
    """The best non-decreasing fit: neighbours that fall are pooled."""
    blocks = []  # [sum, weight, number]
    for code, weight in zip(codes, weights):
        blocks.append([code * weight, weight, 1])
        while len(blocks) > 1 and blocks[-2][0] * blocks[-1][1] > blocks[-1][0] * blocks[-2][1]:
            total, weight, number = blocks.pop()
            blocks[-1] = [blocks[-1][0] + total, blocks[-1][1] + weight, blocks[-1][2] + number]
    return [total / weight for total, weight, number in blocks for _ in range(number)]


def whole_points(path, key, curve, monotone):
    """([(input, whole code)], whether isotonic changed it) of an averaged curve."""
    name = "column %d %s" % key
    if len(curve) < 2:
        fail(path, curve[0][3], "%s has one input, must have at least two" % name)
    means = [mean for _, mean, _, _ in curve]
    codes = [math.floor(mean + 0.5) for mean in means]
    changed = False
    for n in range(1, len(codes)):
        if codes[n] < codes[n - 1]:
            if monotone == "reject":
                fail(path, curve[n][3], "%s falls from code %d to %d at input %g (--monotone "
                     "isotonic: the best non-decreasing fit)" % (
                         name, codes[n - 1], codes[n], curve[n][0]))
            changed = True
    if changed:
        fit = isotonic(means, [weight for _, _, weight, _ in curve])
        codes = [math.floor(mean + 0.5) for mean in fit]
    return [(value, code) for (value, _, _, _), code in zip(curve, codes)], changed


def thinned(points):
    """Without the points that a counter which floors does not need: its codes stay the same."""
    kept = points[:1]
    for point, following in zip(points[1:], points[2:]):
        if point[1] != kept[-1][1] or following[1] > point[1] + 1:
            kept.append(point)
    return kept + points[-1:]


def ramp_levels(counts, low, high):
    """(first code, levels of the codes after it): the share of a ramp low .. high below a code.

    The two end codes have no width; their counts only place the others.
    """
    used = np.flatnonzero(counts)
    share = np.cumsum(counts)[used[0]:used[-1]] / counts.sum()
    return int(used[0]), low + (high - low) * share


def sine_levels(counts, amplitude, centre, first_level, last_level):
    """(first code, levels, amplitude, centre) of a sine's histogram, by the arc-cosine method.

    T[k] = centre - amplitude cos(pi CH[k] / N), CH[k] samples below code k of N.
    Without an amplitude it is estimated from the two end bins, so that the first and the last
    level are `first_level` and `last_level`: gain and offset then are not measured.
    """
    used = np.flatnonzero(counts)
    cosines = -np.cos(np.pi * np.cumsum(counts)[used[0]:used[-1]] / counts.sum())
    if amplitude is None:
        amplitude = (last_level - first_level) / (cosines[-1] - cosines[0])
        centre = first_level - amplitude * cosines[0]
    return int(used[0]), centre + amplitude * cosines, amplitude, centre


def level_points(first_code, levels, full_scale):
    """Points of a curve whose code first_code + 1 + n begins at levels[n]; no negative inputs.

    Levels closer than RESOLUTION are one jump (a missing code); before a jump the code holds.
    """
    step = RESOLUTION * full_scale
    start = first_code + int(np.count_nonzero(levels < step))
    points = [(0.0, start)]
    for code, level in enumerate(levels, start=first_code + 1):
        if code <= start:
            continue
        if level - points[-1][0] < step:
            points[-1] = (points[-1][0], code)
        else:
            points.append((float(level), code))
    held = points[:1]
    for before, point in zip(points, points[1:]):
        if point[1] > before[1] + 1 and point[0] - before[0] > 2 * step:
            held.append((point[0] - step, before[1]))
        held.append(point)
    return held
