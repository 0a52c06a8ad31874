# SPDX-License-Identifier: Apache-2.0
"""Convert the vendor's ten ESP32 calibration curves to a column ADC curve file.

The source table gives, per curve, the input [mV] at which a code begins: a transition level. The
tile's counter floors a straight line between points, so the level of a code becomes the point
(level, code): the counter gives exactly that code from its level on. Below the level of code 0 the
curve holds 0; beyond the last level it holds 4095.

  python3 scripts/convert_espressif.py [CURVES.csv] [--check] [--out NAME]
"""
import argparse
import csv
import sys
from pathlib import Path

from generated_files import ROOT, json_bytes, sha256, write_or_check

CURVES = "configs/curves/source/espressif_esp32_curves.csv"
LICENCE = "LICENSE.espressif.Apache-2.0.txt"  # beside the output
FULL_SCALE_MV = 3300          # Choice: as esp32_sweep, so that both presets see the same range
FULL_SCALE_CURRENT_UA = 94.0  # Choice: that voltage lies on the HERMES full scale
CODE_BITS = 12                # Source: ESP32 successive-approximation ADC, codes 0..4095
T_WINDOW_NS = 128             # Choice: the tile's window; a sampling ADC integrates nothing
DATE = "2026-11-22"           # of the table; the vendor's characterisation is not dated
CHIP = "ESP32, vendor characterisation averaged over parts; column = %s"
SOURCE = ("https://github.com/espressif/esp-idf commit 1ec70cd components/esp_adc/esp32/"
          "adc_cali_line_fitting.c; derived from measurement: the vendor's linear part plus its "
          "table (20 points for codes 2880 to 4096), evaluated on a grid of 16 codes; 2 units x 5 "
          "reference voltages, for 3 of them the table interpolated; how millivolts map to "
          "bit-line current is a choice")
NOTES = ("Choice: kind is synthetic, for no code of these curves was recorded on a part: a model "
         "fitted to measurements was evaluated")


def read_levels(path):
    """(curve names, codes, levels [code][curve] in mV as written); codes and levels must rise."""
    with open(path, newline="", encoding="utf-8") as f:
        header, *rows = csv.reader(f)
    codes = [int(row[0]) for row in rows]
    levels = [[int(value) for value in row[1:]] for row in rows]
    for number, (code, before) in enumerate(zip(codes[1:], codes), start=3):
        if code <= before or any(a <= b for a, b in zip(levels[number - 2], levels[number - 3])):
            sys.exit("%s: line %d: does not rise in every column" % (path, number))
    if codes[0] != 0 or codes[-1] != 2**CODE_BITS - 1:
        sys.exit("%s: codes must run from 0 to %d" % (path, 2**CODE_BITS - 1))
    return [name.removesuffix("_mv") for name in header[1:]], codes, levels


def csv_text(names, codes, levels):
    """The whole CSV file; one column per curve, the same curve for both polarities."""
    lines = ["# SPDX-License-Identifier: Apache-2.0",
             "# Copyright (c) Espressif Systems (Shanghai) CO LTD; modified: evaluated on a grid,",
             "# turned from code -> mV to mV -> code by scripts/convert_espressif.py; input in mV",
             "column,polarity,input,code"]
    for column in range(len(names)):
        lines += ["%d,both,%d,%d" % (column, row[column], code) for code, row in zip(codes, levels)]
    return "\n".join(lines) + "\n"


def description(names, data):
    """The JSON beside the CSV."""
    chip = CHIP % ", ".join("%d %s" % pair for pair in enumerate(names))
    return {
        "format": "aimc-adc-curves/1", "kind": "synthetic", "chip": chip, "input_unit": "mV",
        "full_scale": float(FULL_SCALE_MV), "full_scale_current_uA": FULL_SCALE_CURRENT_UA,
        "code_bits": CODE_BITS, "t_window_ns": T_WINDOW_NS, "temperature_C": None, "date": DATE,
        "source": SOURCE, "licence": "Apache-2.0", "sha256": sha256(data), "monotone": True,
        "notes": NOTES,
    }


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("curves", nargs="?", default=str(ROOT / CURVES),
                        help="CSV with raw_code and one column of mV per curve; its licence text "
                             "is the file %s beside it or one folder up" % LICENCE)
    parser.add_argument("--out", default="configs/curves/espressif_esp32",
                        help="path without .csv and .json")
    parser.add_argument("--check", action="store_true",
                        help="compare with the files on disk; exit 1 if one differs")
    args = parser.parse_args()
    source, out = Path(args.curves), ROOT / args.out
    licence = next((folder / LICENCE for folder in (source.parent, source.parent.parent)
                    if (folder / LICENCE).is_file()), None)
    if licence is None:
        sys.exit("%s: no %s beside it or one folder up" % (source, LICENCE))
    names, codes, levels = read_levels(source)
    data = csv_text(names, codes, levels).encode("utf-8")
    return write_or_check(out.parent, {
        out.name + ".csv": data, out.name + ".json": json_bytes(description(names, data)),
        LICENCE: licence.read_bytes()}, args.check)


if __name__ == "__main__":
    sys.exit(main())
