# SPDX-License-Identifier: Apache-2.0
"""Convert the measured ESP32 voltage sweep to a column ADC curve file.

The one measured curve with an open licence that this repository carries: not an in-memory-computing
converter, but a real dead zone, curvature and saturation to replay. Measured values stay as they
are; only the mean of the five samples is rounded to a whole code.

  python3 scripts/convert_esp32_sweep.py [SWEEP.csv] [--check] [--out NAME]
"""
import argparse
import csv
import sys
from pathlib import Path

from generated_files import ROOT, json_bytes, sha256, write_or_check

SWEEP = "configs/curves/source/esp32_sweep_measured.csv"
LICENCE = "LICENSE.esp32_sweep.MIT.txt"  # beside the output
FULL_SCALE_CURRENT_UA = 94.0  # Choice: the sweep's last voltage lies on the HERMES full scale
CODE_BITS = 12                # Source: ESP32 successive-approximation ADC, codes 0..4095
T_WINDOW_NS = 128             # Choice: the tile's window; a sampling ADC integrates nothing
SOURCE = ("https://github.com/YasirFaur/ESP32-ADC-Linearity-Tester commit "
          "22f8fc3549cd28082e7ebee38fa14a9e73ea34d5 adc_test_report.csv; full scale is the last "
          "voltage of the sweep; how volts map to bit-line current is a choice")
DATE = "2026-07-01"           # Source: time stamps in the original report


def read_sweep(path):
    """(voltage as written, mean code) in the order of the file; no voltage may come twice."""
    with open(path, newline="", encoding="utf-8") as f:
        rows = [(row["volt_v"], round(float(row["mean_code"]))) for row in csv.DictReader(f)]
    volts = [float(volt) for volt, _ in rows]
    if len(rows) < 2:
        sys.exit("%s: fewer than two points" % path)
    if len(set(volts)) != len(volts):
        sys.exit("%s: a voltage occurs twice" % path)
    return sorted(rows, key=lambda row: float(row[0]))


def csv_text(rows):
    """The whole CSV file; one column, the same curve for both polarities."""
    lines = ["# SPDX-License-Identifier: MIT",
             "# Copyright (c) 2026 YasirFaur; measured on one ESP32, input in V,",
             "# means rounded to whole codes by scripts/convert_esp32_sweep.py",
             "column,polarity,input,code"]
    lines += ["0,both,%s,%d" % row for row in rows]
    return "\n".join(lines) + "\n"


def description(rows, data):
    """The JSON beside the CSV."""
    codes = [code for _, code in rows]
    return {
        "format": "aimc-adc-curves/1", "kind": "measured", "chip": "ESP32, one part",
        "input_unit": "V", "full_scale": float(rows[-1][0]),
        "full_scale_current_uA": FULL_SCALE_CURRENT_UA, "code_bits": CODE_BITS,
        "t_window_ns": T_WINDOW_NS, "temperature_C": None, "date": DATE, "source": SOURCE,
        "licence": "MIT", "sha256": sha256(data),
        "monotone": all(a <= b for a, b in zip(codes, codes[1:])),
    }


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sweep", nargs="?", default=str(ROOT / SWEEP),
                        help="CSV with volt_v and mean_code; its MIT licence text is the file "
                             "%s beside it or one folder up" % LICENCE)
    parser.add_argument("--out", default="configs/curves/esp32_sweep",
                        help="path without .csv and .json")
    parser.add_argument("--check", action="store_true",
                        help="compare with the files on disk; exit 1 if one differs")
    args = parser.parse_args()
    sweep, out = Path(args.sweep), ROOT / args.out
    licence = next((folder / LICENCE for folder in (sweep.parent, sweep.parent.parent)
                    if (folder / LICENCE).is_file()), None)
    if licence is None:
        sys.exit("%s: no %s beside it or one folder up" % (sweep, LICENCE))
    rows = read_sweep(sweep)
    data = csv_text(rows).encode("utf-8")
    return write_or_check(out.parent, {
        out.name + ".csv": data, out.name + ".json": json_bytes(description(rows, data)),
        LICENCE: licence.read_bytes()}, args.check)


if __name__ == "__main__":
    sys.exit(main())
