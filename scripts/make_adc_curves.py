# SPDX-License-Identifier: Apache-2.0
"""Make a synthetic file of column ADC curves with the published spreads of the HERMES core.

No curve of a phase-change-memory chip with an open licence was found, so the shipped default is
drawn: per column and polarity a gain and an offset, per column an S-shape. `--check` draws again
and compares with the files on disk.

  python3 scripts/make_adc_curves.py [--check] [--columns 256 --seed 2 ...] [--out NAME]
"""
import argparse
import sys

import numpy as np

from generated_files import ROOT, json_bytes, sha256, write_or_check

FULL_SCALE_UA = 94.0        # Derived: 3.3 GHz / 35 MHz/uA (JSSC22)
COUNTS_PER_UA = 4.48        # Derived: 35 MHz/uA over the 128-ns window (JSSC22)
CODE_MAX = 427              # Derived: 128 ns / 300 ps per count (JSSC22)
T_WINDOW_NS = 128           # Source: JSSC22, NE23
GAIN_LIMIT = 0.21           # Source: JSSC22 (by second-hand notes), gains within +-21 %
N_POINTS = 9                # Choice: uniform from 0 to full scale; knots come on top
DATE = "2026-11-22"         # of the parameters below; a fixed date keeps the file reproducible


def correlated(rng, columns, correlation):
    """Standard normals [columns x 2 polarities] with the given correlation between the two."""
    z = rng.standard_normal((columns, 2))
    z[:, 1] = correlation * z[:, 0] + np.sqrt(1.0 - correlation**2) * z[:, 1]
    return z


def draw(args):
    """Gain and offset [columns x 2], S-shape [columns], in counts per nominal count and counts."""
    rng = np.random.Generator(np.random.PCG64(args.seed))
    gain = 1.0 + args.gain_sd * correlated(rng, args.columns, args.correlation)
    while (outside := (np.abs(gain - 1.0) > GAIN_LIMIT).any(axis=1)).any():
        gain[outside] = 1.0 + args.gain_sd * correlated(rng, outside.sum(), args.correlation)
    # Choice: the offsets of the two polarities are correlated as the gains are
    offset = args.offset_sd * correlated(rng, args.columns, args.correlation)
    # Choice: uniform size and sign; one per column, because both polarities share its oscillator
    s_shape = rng.uniform(-args.s_shape, args.s_shape, args.columns)
    return gain, offset, s_shape


def points(gain, offset, s_shape):
    """(input in nA, code) of one curve: a uniform grid, and knots where a clipped end begins."""
    def counts(nanoampere):
        share = nanoampere / (FULL_SCALE_UA * 1000.0)
        s = s_shape * np.sin(2.0 * np.pi * share)  # Choice: odd about mid scale, 0 at both ends
        return gain * COUNTS_PER_UA * nanoampere / 1000.0 + s + offset

    def crossing(code):
        """First whole nA at which the (rising) curve has reached `code`."""
        low, high = 0, int(FULL_SCALE_UA * 1000)
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if counts(middle) >= code else (middle, high)
        return high

    curve = {}
    for nanoampere in np.rint(np.linspace(0.0, FULL_SCALE_UA * 1000.0, N_POINTS)).astype(int):
        # Choice: rounded, not floored: the model floors what it integrates, once is enough
        curve[int(nanoampere)] = int(np.clip(np.rint(counts(nanoampere)), 0, CODE_MAX))
    for code, clipped in ((0, offset < 0.0), (CODE_MAX, counts(FULL_SCALE_UA * 1000.0) > CODE_MAX)):
        if clipped:
            curve[crossing(code)] = code
    return sorted(curve.items())


def csv_text(args):
    """The whole CSV file."""
    lines = ["# SPDX-License-Identifier: Apache-2.0",
             "# synthetic: made by scripts/make_adc_curves.py, not measured; input in uA",
             "column,polarity,input,code"]
    gain, offset, s_shape = draw(args)
    for column in range(args.columns):
        for k, polarity in enumerate(("pos", "neg")):
            curve = points(gain[column, k], offset[column, k], s_shape[column])
            if (np.diff([code for _, code in curve]) < 0).any():
                sys.exit("column %d %s falls: S-shape too large for its gain" % (column, polarity))
            lines += ["%d,%s,%g,%d" % (column, polarity, nA / 1000.0, code) for nA, code in curve]
    return "\n".join(lines) + "\n"


def description(args, csv):
    """The JSON beside the CSV."""
    source = ("scripts/make_adc_curves.py --columns %d --seed %d --correlation %g --gain-sd %g "
              "--offset-sd %g --s-shape %g; gain sd and +-21 %% limit: Khaddam-Aljameh et al., "
              "JSSC 57(4) 1027, 2022; offset, S-shape and correlation are choices")
    return {
        "format": "aimc-adc-curves/1", "kind": "synthetic",
        "chip": "none: drawn from published spreads of the HERMES core",
        "input_unit": "uA", "full_scale": FULL_SCALE_UA, "full_scale_current_uA": FULL_SCALE_UA,
        "code_bits": 9, "t_window_ns": T_WINDOW_NS, "temperature_C": None, "date": DATE,
        "source": source % (args.columns, args.seed, args.correlation, args.gain_sd,
                            args.offset_sd, args.s_shape),
        "licence": "Apache-2.0", "sha256": sha256(csv),
    }


def within(kind, low, high):
    """An argparse type: a number of this kind in this range."""
    def check(text):
        try:
            value = kind(text)
        except ValueError:
            value = None
        if value is None or not low <= value <= high:
            raise argparse.ArgumentTypeError("must be a number from %g to %g, is %s" % (low, high, text))
        return value
    return check


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--columns", type=within(int, 1, 65536), default=256)
    add("--seed", type=within(int, 0, 2**63 - 1), default=2, help="Choice: of 1..7 the sample nearest to the spreads")
    add("--correlation", type=within(float, 0.0, 1.0), default=0.5,
        help="between polarities (Choice: 0.5)")
    add("--gain-sd", type=within(float, 0.0, 0.2), default=0.0709,
        help="relative (Source: JSSC22 by second-hand notes, 7.09 %%)")
    add("--offset-sd", type=within(float, 0.0, 100.0), default=2.0, help="counts per conversion (Choice)")
    add("--s-shape", type=within(float, 0.0, 100.0), default=2.0, help="largest size in counts (Choice)")
    add("--out", default="configs/curves/hermes_like_256", help="path without .csv and .json, from the project's folder")
    add("--check", action="store_true", help="compare with the files; exit 1 if one differs")
    args = parser.parse_args()
    out = ROOT / args.out
    csv = csv_text(args).encode("ascii")
    return write_or_check(out.parent, {
        out.name + ".csv": csv, out.name + ".json": json_bytes(description(args, csv))}, args.check)


if __name__ == "__main__":
    sys.exit(main())
