# SPDX-License-Identifier: Apache-2.0
"""Import laboratory data of an ADC as a curve file (configs/curves/README.md): NAME.csv, NAME.json.

  sweep: input and code, as text (comma, semicolon, tab or space; `#` comments; a header or none)
         or .npy [points x (1 + columns)], or [columns x points] with --inputs
  histogram: code density of a ramp or of a sine, as text (code, counts of each column) or .npy
         [columns x codes]

  python3 scripts/import_adc.py sweep bench.csv --code-bits 12 --unit V --chip "chip 7" \\
      --source "bench 2, supply A" --licence CC0-1.0 --date 2026-01-31 --out curves/chip7
  python3 scripts/import_adc.py histogram sine.npy --stimulus sine --full-scale 3.3 ...

Exit codes: 0 done, 2 command line wrong, 3 input wrong, 5 output cannot be written.
"""
import argparse
import math
import sys
from pathlib import Path

try:
    import numpy as np
except ImportError:
    print("import_adc.py needs numpy: apt install python3-numpy", file=sys.stderr)
    sys.exit(2)

from generated_files import json_bytes, sha256, write_or_check
from lab_curves import (MAX_POINTS, average, level_points, ramp_levels, sine_levels, thinned,
                        whole_points)
from lab_files import LAYOUTS, LabError, fail, read_histogram, read_sweep

BAD_INPUT, BAD_OUTPUT = 3, 5


def positive(text):
    value = float(text)
    if not 0 < value < math.inf:
        raise argparse.ArgumentTypeError("must be above 0")
    return value


def finite(text):
    value = float(text)
    if not math.isfinite(value):
        raise argparse.ArgumentTypeError("must be finite")
    return value


def line_of_text(text):
    if not text.strip() or not text.isprintable():
        raise argparse.ArgumentTypeError("must be one line of text that is not empty")
    return text


def parse_arguments():
    raw = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=raw, allow_abbrev=False)
    common = argparse.ArgumentParser(add_help=False)
    add = common.add_argument
    add("file", type=Path)
    add("--out", type=Path, required=True, help="path without .csv and .json")
    add("--unit", type=line_of_text, required=True, help="of the input, for example V or uA")
    add("--chip", type=line_of_text, required=True)
    add("--source", type=line_of_text, required=True, help="where the data are from")
    add("--licence", type=line_of_text, required=True, help="of the data, best as SPDX name")
    add("--date", type=line_of_text, required=True, help="of the measurement, or: unknown")
    add("--temperature", type=finite, help="[degree C]; default: unknown")
    add("--kind", choices=("measured", "synthetic"), default="measured")
    add("--code-bits", type=int, choices=range(1, 17), metavar="1..16", default=12,
        help="of the codes in the file (default 12)")
    add("--bits-drop", type=int, default=0, metavar="N", help="drop the N low bits of every code")
    add("--full-scale", type=positive, help="input that stands for --full-scale-current (sweep: "
        "the largest input is the default)")
    add("--full-scale-current", type=positive, default=94.0, metavar="UA",
        help="bit-line current [uA] (default 94, the HERMES full scale)")
    add("--window-ns", type=positive, default=128.0, help="integration time (default 128)")
    add("--decimal-comma", action="store_true", help="1,5 is one and a half")
    add("--thin", action="store_true",
        help="leave out points that a counter which floors does not need")
    kinds = parser.add_subparsers(dest="data", required=True)
    sweep = kinds.add_parser("sweep", parents=[common], help="input and code", allow_abbrev=False)
    sweep.add_argument("--layout", choices=LAYOUTS, default="auto",
                       help="wide: input, code per column; long: column, input, code; samples: "
                            "input, several codes of one column; auto: long if the header "
                            "begins with column, otherwise wide")
    sweep.add_argument("--inputs", type=Path, help=".npy [points] for codes [columns x points]")
    sweep.add_argument("--signed", action="store_true",
                       help="negative inputs are the negative polarity; codes are magnitudes")
    sweep.add_argument("--monotone", choices=("reject", "isotonic"), default="reject",
                       help="a curve that falls: refuse it, or its best non-decreasing fit")
    histogram = kinds.add_parser("histogram", parents=[common], help="code density",
                                 allow_abbrev=False)
    histogram.add_argument("--stimulus", choices=("ramp", "sine"), required=True)
    histogram.add_argument("--low", type=finite, help="ramp: where it begins")
    histogram.add_argument("--high", type=finite, help="ramp: where it ends")
    histogram.add_argument("--amplitude", type=positive, help="sine, if known, with --centre; "
                           "otherwise estimated from the end bins, without gain and offset errors")
    histogram.add_argument("--centre", type=finite, help="sine: its mean")
    args = parser.parse_args()
    if not 0 <= args.bits_drop < args.code_bits:
        parser.error("--bits-drop must be 0 to %d" % (args.code_bits - 1))
    if args.data == "histogram":
        check_stimulus(parser, args)
    elif args.inputs and args.file.suffix != ".npy":
        parser.error("--inputs belongs to an .npy file")
    return args


def check_stimulus(parser, args):
    if args.full_scale is None:
        parser.error("a histogram needs --full-scale")
    if (args.stimulus == "ramp") != (args.low is not None) or (args.low is None) != (
            args.high is None):
        parser.error("--low and --high belong to a ramp, which needs both")
    if args.low is not None and args.low >= args.high:
        parser.error("--low must be below --high")
    if (args.amplitude is None) != (args.centre is None) or (
            args.amplitude and args.stimulus == "ramp"):
        parser.error("--amplitude and --centre belong to a sine, and together")


def import_sweep(args):
    """({(column, polarity): points}, full scale, what was done)."""
    samples = read_sweep(args.file, args.layout, args.inputs, args.decimal_comma)
    averaged, sds = average(args.file, samples, 2**args.code_bits - 1, args.bits_drop, args.signed)
    done = ["means rounded to whole codes"]
    if sds:
        done.append("inputs with several samples: %d, sd mean %.3g, max %.3g codes" % (
            len(sds), np.mean(sds), max(sds)))
    curves, n_changed = {}, 0
    for key, curve in averaged.items():
        curves[key], changed = whole_points(args.file, key, curve, args.monotone)
        n_changed += changed
    if n_changed:
        done.append("falling curves made non-decreasing (isotonic): %d" % n_changed)
    largest = max(points[-1][0] for points in curves.values())
    if largest == 0.0 and args.full_scale is None:
        fail(args.file, "", "has no input above 0")
    return curves, args.full_scale or largest, done


def import_histogram(args):
    """The same, from transition levels."""
    counts = read_histogram(args.file, 2**args.code_bits, args.decimal_comma)
    counts = counts.reshape(len(counts), -1, 2**args.bits_drop).sum(axis=2)
    lsb = args.full_scale / counts.shape[1]
    curves, done = {}, ["levels from a %s histogram, end codes excluded, %.4g samples per code" % (
        args.stimulus, counts.sum(axis=1).mean() / counts.shape[1])]
    for column, row in enumerate(counts):
        used = np.flatnonzero(row)
        if len(used) < 3:
            fail(args.file, "", "column %d has %d codes in use, must have at least 3" % (
                column, len(used)))
        if args.stimulus == "ramp":
            first, levels = ramp_levels(row, args.low, args.high)
        else:
            first, levels, amplitude, centre = sine_levels(
                row, args.amplitude, args.centre, lsb * (used[0] + 1), lsb * used[-1])
            if column == 0 and not (row[0] and row[-1]):
                done.append("warning: the sine does not reach the end codes (column 0: %d to %d are "
                            "seen); the widths of the outermost codes mean nothing" % (
                                used[0], used[-1]))
            if args.amplitude is None and column == 0:
                done.append("amplitude and mean of the sine estimated from the end bins (column "
                            "0: %.6g and %.6g), so that gain and offset errors are not in the "
                            "curves" % (amplitude, centre))
        curves[column, "both"] = points = level_points(first, levels, args.full_scale)
        if len(points) < 2:
            fail(args.file, "", "column %d has no level above input 0" % column)
    return curves, args.full_scale, done


def number(value):
    """Shortest text that reads back as the same number."""
    text = repr(float(value))
    return text[:-2] if text.endswith(".0") else text


def csv_text(args, curves):
    lines = ["# licence: " + args.licence,
             "# %s; input in %s; imported by scripts/import_adc.py" % (args.kind, args.unit),
             "column,polarity,input,code"]
    for (column, polarity), points in curves.items():
        lines += ["%d,%s,%s,%d" % (column, polarity, number(value), code) for value, code in points]
    return "\n".join(lines) + "\n"


def description(args, full_scale, done, data):
    return {
        "format": "aimc-adc-curves/1", "kind": args.kind, "chip": args.chip,
        "input_unit": args.unit, "full_scale": full_scale,
        "full_scale_current_uA": args.full_scale_current,
        "code_bits": args.code_bits - args.bits_drop, "t_window_ns": args.window_ns,
        "temperature_C": args.temperature, "date": args.date, "source": args.source,
        "licence": args.licence, "sha256": sha256(data), "monotone": True,
        "notes": "imported from %s: %s" % (args.file.name, "; ".join(done)),
    }


def main():
    args = parse_arguments()
    try:
        curves, full_scale, done = (
            import_sweep if args.data == "sweep" else import_histogram)(args)
        if args.bits_drop:
            done.append("low bits dropped: %d" % args.bits_drop)
        if args.thin:
            curves = {key: thinned(points) for key, points in curves.items()}
            done.append("points that a floor does not need left out")
        most = max(map(len, curves.values()))
        if most > MAX_POINTS:
            fail(args.file, "", "makes %d points of one curve, must be at most %d; try --thin" % (
                most, MAX_POINTS))
    except LabError as error:
        print(error, file=sys.stderr)
        return BAD_INPUT
    data = csv_text(args, curves).encode("utf-8")
    about = json_bytes(description(args, full_scale, done, data))
    try:
        write_or_check(args.out.parent, {
            args.out.name + ".csv": data, args.out.name + ".json": about}, check=False)
    except OSError as error:
        print("%s: cannot be written: %s" % (args.out, error.strerror), file=sys.stderr)
        return BAD_OUTPUT
    columns = len({column for column, _ in curves})
    print("columns: %d; points: %d; %s" % (
        columns, sum(map(len, curves.values())), "; ".join(done)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
