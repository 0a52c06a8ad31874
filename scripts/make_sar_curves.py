# SPDX-License-Identifier: Apache-2.0
"""Make synthetic curve files of column ADCs with the wide codes of a successive-approximation ADC.

Shaped by statistics of raw sweeps of five RP2040 parts (12-bit SAR; RP2040 below), computed from
https://github.com/kitanokitsune/rp2040adc_correction commit 61898dd, whose data carry no licence
and are not copied: four wide codes, gain, offset and best-fit INL. Per column these are drawn; the
12-bit file has them as measured there, the 8-bit file drops the four low bits of the same columns.
`--check` draws again and compares with the files on disk.

  python3 scripts/make_sar_curves.py [--check] [--columns 256 --seed 1 ...] [--out NAME]
"""
import argparse
import sys

import numpy as np

from generated_files import ROOT, json_bytes, sha256, write_or_check

BITS = 12
CODES = 2**BITS
WIDE_CODES = (511, 1535, 2559, 3583)  # Source: RP2040; 512 + 1024 k, minus one
# Source: RP2040, largest DNL [LSB] at the wide codes, devices 1 to 5
DNL = np.array([[9.2, 8.5, 8.2, 8.4], [8.8, 8.5, 8.2, 8.7], [10.0, 8.1, 7.7, 10.0],
                [9.0, 8.1, 8.0, 8.7], [9.7, 7.9, 8.0, 9.1]])
GAIN = np.array([0.9930, 0.9931, 0.9941, 0.9929, 0.9935])  # Source: RP2040, best fit
OFFSET = np.array([11.2, 13.6, 13.5, 14.9, 16.9])          # Source: RP2040 [LSB of 12 bits]
BOW = 2.85                    # Choice: [LSB] with it the largest best-fit INL is 5.8, as of RP2040
BOW_KNOTS = 128               # Choice: [codes] between corners of the bow
FULL_SCALE_CURRENT_UA = 94.0  # Choice: 4,096 steps of the sweep are the HERMES full scale
T_WINDOW_NS = 128             # Choice: the tile's window; a sampling ADC integrates nothing
DATE = "2026-11-22"           # of the parameters; a fixed date keeps the files reproducible
CHOICES = {
    12: "Choice: all 12 bits; counts are ten times those of a HERMES oscillator",
    8: "Choice: 8 bits, as column ADCs with the four low bits dropped: 256 codes where a HERMES "
       "oscillator counts to 427. Dropping four bits leaves wide codes 31, 95, 159 "
       "and 223 with a DNL near +0.6 LSB",
}


def spread(rng, measured, columns):
    """Normals with mean and sd of the five parts, cut at three sd."""
    z = np.clip(rng.standard_normal((columns,) + measured.shape[1:]), -3.0, 3.0)
    return measured.mean(axis=0) + measured.std(axis=0, ddof=1) * z


def transition_levels(dnl, gain, offset, bow):
    """T[k], k = 0 .. 4095, in steps of the sweep: where code k begins (T[0] only bounds code 0)."""
    code = np.arange(CODES)
    width = np.ones(CODES)
    width[list(WIDE_CODES)] += dnl
    level = np.concatenate(([0.0], np.cumsum(width)[:-1]))
    # Choice: one sine over the codes, straight between knots as the curve file is
    knots = np.append(np.arange(0, CODES, BOW_KNOTS), CODES - 1)
    level += np.interp(code, knots, bow * np.sin(2.0 * np.pi * knots / (CODES - 1)))
    # The best-fit line through the levels gets the drawn gain and offset.
    slope, start = np.polyfit(level[1:], code[1:], 1)
    return (slope * level + start - offset) / gain


def corners(bits):
    """Codes between which the levels are a straight line, in codes of the file."""
    drop = BITS - bits
    wide = [code >> drop for code in WIDE_CODES]
    grid = range(0, 2**bits, BOW_KNOTS >> drop)
    return sorted({0, 1, 2**bits - 1, *grid, *wide, *(code + 1 for code in wide)})


def points(level, bits):
    """(input in steps of the sweep, code) of one curve. Exact where a code begins."""
    level = np.round(level[::2**(BITS - bits)], 3)
    # Choice: from 0.1 step on; what begins closer to 0 shares a step of the current grid with it
    used = np.flatnonzero((level > 0.1) & (level < CODES))
    if used[0] == 0:
        used = used[1:]  # code 0 has no beginning
    first, last = int(used[0]), int(used[-1])
    inside = [code for code in corners(bits) if first < code < last]
    # Below the first level the code before it; the last code that the range reaches ends the curve.
    return [(0.0, first - 1)] + [(level[code], code) for code in [first, *inside, last]]


def csv_text(levels, bits):
    """The whole CSV file."""
    lines = ["# SPDX-License-Identifier: Apache-2.0",
             "# synthetic: made by scripts/make_sar_curves.py, not measured; input in 1/4096 of "
             "full scale", "column,polarity,input,code"]
    for column, level in enumerate(levels):
        lines += ["%d,both,%.3f,%d" % (column, *point) for point in points(level, bits)]
    return "\n".join(lines) + "\n"


def description(args, bits, data):
    """The JSON beside the CSV."""
    source = ("scripts/make_sar_curves.py --columns %d --seed %d; means and sd of gain, offset and "
              "DNL at codes 511, 1535, 2559 and 3583 of five RP2040 parts, computed from "
              "https://github.com/kitanokitsune/rp2040adc_correction commit 61898dd (no licence; "
              "no data copied); the sweep's PWM source adds its own gain and offset")
    notes = CHOICES[bits] + ("; input in steps of 1/4096 of full scale; one converter per column "
                             "for both polarities; normal spreads; a bow of one sine over the "
                             "codes, %g LSB of 12 bits" % BOW)
    return {
        "format": "aimc-adc-curves/1", "kind": "synthetic",
        "chip": "none: drawn from statistics of five RP2040 parts", "input_unit": "LSB",
        "full_scale": float(CODES), "full_scale_current_uA": FULL_SCALE_CURRENT_UA,
        "code_bits": bits, "t_window_ns": T_WINDOW_NS, "temperature_C": None, "date": DATE,
        "source": source % (args.columns, args.seed), "licence": "Apache-2.0",
        "sha256": sha256(data), "monotone": True, "notes": notes,
    }


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--columns", type=int, default=256)
    parser.add_argument("--seed", type=int, default=1, help="Choice: any number will do")
    parser.add_argument("--out", default="configs/curves/sar_like_256",
                        help="path without _12b.csv, _12b.json, _8b.csv and _8b.json")
    parser.add_argument("--check", action="store_true",
                        help="compare with the files on disk; exit 1 if one differs")
    args = parser.parse_args()
    rng = np.random.Generator(np.random.PCG64(args.seed))
    drawn = [spread(rng, measured, args.columns) for measured in (DNL, GAIN, OFFSET)]
    # Choice: the bow has the sign that adds to the first wide code; its size varies by a tenth
    bow = BOW * (1.0 + 0.1 * np.clip(rng.standard_normal(args.columns), -3.0, 3.0))
    levels = [transition_levels(*column) for column in zip(*drawn, bow)]
    out, files = ROOT / args.out, {}
    for bits in CHOICES:
        data = csv_text(levels, bits).encode("ascii")
        name = "%s_%db" % (out.name, bits)
        files.update({name + ".csv": data,
                      name + ".json": json_bytes(description(args, bits, data))})
    return write_or_check(out.parent, files, args.check)


if __name__ == "__main__":
    sys.exit(main())
