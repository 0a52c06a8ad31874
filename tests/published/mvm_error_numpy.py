# SPDX-License-Identifier: Apache-2.0
"""Error of one matrix-vector product with the published PCM noise models, in numpy.

Shares no code with the tile. Two readings of "drift exponent at g": `programmed` takes g as
programmed and gives the printed table below; `target` takes the target, as aihwkit's code does
(generate_drift_coefficients(g_target)) and as the tile does. Checks the first to 0.6 points
(Monte-Carlo spread of the print 0.2, of 5 repeats here the same) and prints both.

  python3 tests/published/mvm_error_numpy.py [--repeats 5]
"""
import argparse
import sys

import numpy as np

N = 256
VECTORS = 64
DAY = 86400.0
AGES = (0.0, 3600.0, DAY, 30 * DAY)
TOLERANCE = 0.6  # points

# [%] raw and after the best factor, factor; at t_0, 1 h, 1 d, 30 d
PRINTED = {
    ("uniform", "pcm_like"): ((8.1,), (24.0, 9.5, 1.28), (34.6, 11.1, 1.49), (44.5, 13.2, 1.75)),
    ("uniform", "hermes 1"): ((16.0,), (19.8, 18.2, 1.08), (26.8, 21.8, 1.19), (34.5, 26.1, 1.31)),
    ("uniform", "hermes 2"): ((10.1,), (14.0, 11.4, 1.09), (22.5, 14.5, 1.21), (31.5, 18.5, 1.35)),
    ("normal", "pcm_like"): ((11.0,), (25.1, 12.5, 1.28), (35.4, 14.2, 1.49), (45.0, 16.4, 1.74)),
    ("normal", "hermes 1"): ((20.5,), (24.3, 21.9, 1.12), (33.0, 24.8, 1.29), (42.6, 29.0, 1.49)),
    ("normal", "hermes 2"): ((13.6,), (18.4, 14.7, 1.13), (28.9, 17.4, 1.31), (39.9, 21.3, 1.53)),
}


def clamped_log(g, slope, level, low, high):
    return np.clip(slope * np.log(np.maximum(g, 1e-7)) + level, low, high)


def pcm_like():
    return {
        "t_0": 20.0, "t_read": 250e-9,
        "sd": lambda g: (0.26348 + 1.9650 * g - 1.1731 * g**2) / 25.0,
        "nu": lambda g: clamped_log(g, -0.0155, 0.0244, 0.049, 0.1),
        "nu_sd": lambda g: clamped_log(g, -0.0125, -0.0059, 0.008, 0.045),
        "read": lambda g: np.minimum(0.0088 / np.maximum(g**0.65, 1e-3), 0.2),
    }


def hermes(t_0, g_max, programming, nu_sd, read):
    def branches(low_end, low, high):
        return lambda g: np.where(g < low_end, clamped_log(g, *low), np.polyval(high, g))
    return {
        "t_0": t_0, "t_read": 512e-9,
        "sd": lambda g: np.polyval(programming, g) / g_max,
        "nu": branches(0.0945, (-0.0387, -0.0182, 0.072, 0.13), (-0.0436, -0.0126, 0.0736)),
        "nu_sd": branches(*nu_sd), "read": branches(*read),
    }


MODELS = {
    "pcm_like": pcm_like(),
    "hermes 1": hermes(200.0, 10.35, (0.68841818, -2.16310839, 2.32443916, 0.15781817),
                       (0.3039, (-0.0120, -0.0023, 0.0124, 0.04), (-0.0165, 0.0116, 0.0104)),
                       (0.1591, (-0.0078, 0.0038, 0.0179, 0.04),
                        (0.0664, -0.1352, 0.0768, 0.0088))),
    "hermes 2": hermes(300.0, 20.7, (4.68961419, -8.48101252, 4.71806468, 0.16603222),
                       (0.3055, (-0.0117, -0.0057, 0.0091, 0.04), (-0.0118, 0.0093, 0.0073)),
                       (0.16, (-0.0117, -0.0069, 0.015, 0.04),
                        (0.0069, -0.0280, 0.0211, 0.0123))),
}


def draw_weights(kind, rng):
    if kind == "normal":
        return np.clip(rng.normal(0.0, 1.0 / 3.0, (N, N)), -1.0, 1.0)
    return rng.uniform(-1.0, 1.0, (N, N)) * (rng.random((N, N)) >= 0.3)


def polarity(target, model, age, exponent_at, rng):
    """One polarity as read at t_0 + age."""
    programmed = np.maximum(
        target + model["sd"](target) * rng.standard_normal(target.shape), 0.0)
    g = programmed if exponent_at == "programmed" else target
    nu = np.abs(model["nu"](g) + model["nu_sd"](g) * rng.standard_normal(g.shape))
    t = model["t_0"] + age
    drifted = programmed * (t / model["t_0"])**-nu
    growth = np.sqrt(np.log((t + model["t_read"]) / (2.0 * model["t_read"])))
    noise = model["read"](programmed) * growth * rng.standard_normal(g.shape)
    return np.maximum(drifted * (1.0 + noise), 0.0)


def error(kind, model, age, exponent_at, rng):
    """Raw [%], after the best factor [%], the factor."""
    weights = draw_weights(kind, rng)
    read = (polarity(np.maximum(weights, 0.0), model, age, exponent_at, rng)
            - polarity(np.maximum(-weights, 0.0), model, age, exponent_at, rng))
    x = rng.integers(-127, 128, (VECTORS, N)).astype(float)
    ideal, real = x @ weights, x @ read
    alpha = (ideal * real).sum() / (real * real).sum()
    size = np.linalg.norm(ideal)
    return (100.0 * np.linalg.norm(real - ideal) / size,
            100.0 * np.linalg.norm(alpha * real - ideal) / size, alpha)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeats", type=int, default=5)
    args = parser.parse_args()
    if args.repeats < 1:
        parser.error("--repeats is %d, must be at least 1" % args.repeats)
    cells = wrong = 0
    for exponent_at in ("programmed", "target"):
        rng = np.random.Generator(np.random.PCG64(1))
        print("drift exponent at the %s g: raw / fitted (factor) at t_0, 1 h, 1 d, 30 d"
              % exponent_at)
        for (kind, name), printed in PRINTED.items():
            line = "%-8s %s" % (kind, name)
            for age, cell in zip(AGES, printed):
                ours = np.mean([error(kind, MODELS[name], age, exponent_at, rng)
                                for _ in range(args.repeats)], axis=0)
                line += "   %4.1f / %4.1f (%.2f)" % tuple(ours)
                if exponent_at == "programmed":
                    off = np.abs(ours - np.resize(cell, 3))[:2 if len(cell) == 3 else 1]
                    cells += len(off)
                    wrong += int((off > TOLERANCE).sum())
            print(line)
    print("%d of %d printed cells within %.1f points" % (cells - wrong, cells, TOLERANCE))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
