#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Cuts through the shipped sweep of the NMPU's formats, as README.md shows them.

Every number comes out of `sim sweep configs/sweeps/nmpu_formats.json`: one format at a time is moved
away from the default of the lane.

  scripts/format_tables.py [--sim build/release/sim] [--check | --update]
"""
import pathlib
import sys
import tempfile

from readme_tables import ROOT, hold_to, main_of, parser_for, run_sim, table
from sweep_results import Sweep

SWEEP = ROOT / "configs/sweeps/nmpu_formats.json"
DEFAULT = {"scale_integer": 1, "nmpu.scale_fraction": 7, "kept": 2, "nmpu.final_round_mode": "SC_RND_CONV",
           "nmpu.round_bits": 0}


def row_at(sweep: Sweep, **changed) -> dict:
    place = {**DEFAULT, **changed}
    return next(row for row in sweep.rows if all(row[name] == value for name, value in place.items()))


def line(what: str, values: list, rows: list) -> list:
    """One format moved: `value: error (hardware)` in each cell."""
    return [what, *("%s: %.2f (%d)" % (value, 100.0 * row["mvm_rel_l2"], row["hardware_bits"])
                    for value, row in zip(values, rows))]


def text(sweep: Sweep) -> str:
    fractions, kept = [4, 5, 6, 7, 8], [0, 1, 2, 3, 4]
    modes = ["SC_TRN", "SC_RND", "SC_RND_ZERO", "SC_RND_INF", "SC_RND_CONV"]
    return table(["what is moved", "", "", "", "", ""], [
        line("fraction bits of the scale", fractions,
             [row_at(sweep, **{"nmpu.scale_fraction": f}) for f in fractions]),
        line("fraction bits kept of the product", kept, [row_at(sweep, kept=k) for k in kept]),
        line("rounding", modes, [row_at(sweep, **{"nmpu.final_round_mode": m}) for m in modes])])


def main() -> int:
    options = parser_for(__doc__).parse_args()
    with tempfile.TemporaryDirectory() as folder:
        run_sim(options.sim, ["sweep", str(SWEEP)], folder, "results.json")
        fresh = text(Sweep(pathlib.Path(folder) / "results.json"))
    if not (options.check or options.update):
        print(fresh, end="")
        return 0
    return hold_to(options.readme, "format tables", fresh, options.update)


if __name__ == "__main__":
    sys.exit(main_of(main))
