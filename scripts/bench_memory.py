#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Peak memory of `sim run` against the number of MVMs, for both engines and two sizes of tile.

  scripts/bench_memory.py [--sim build/release/sim] [--mvms 100000,1000000,10000000] [--json]

Every row is a process of its own, and its peak is what the kernel says of it (VmHWM). MVMs of 256 x 256 are a hundredth of
those given, of the cycle engine a tenth: the memory is the point, not the hours. Exit code 1 when a row is above
--most-mb or grows by more than a megabyte over the one before it."""
import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

SOURCE = pathlib.Path(__file__).resolve().parents[1]
TILES = ((16, "tiny_4x4", ["tile.rows=16", "tile.cols=16"], 1), (256, "hermes_256_one_phase", [], 100))
FEWER = {"function": 1, "cycle": 10}
GROWTH_MB = 1.0


def peak_mb(sim, config, sets, engine, mvms, arrays):
    """Peak resident memory of one run [MB] and its seconds."""
    with tempfile.TemporaryDirectory(prefix="aimc-memory-") as out:
        command = [sim, "run", config, "--engine", engine, "--mvms", str(mvms), "--out", out + "/o", "--quiet"]
        command += [word for key in sets for word in ("--set", key)] + ([] if arrays else ["--no-arrays"])
        start = time.monotonic()
        code = subprocess.run(command, check=False).returncode
        if code:
            sys.exit(code)  # it has said why
        seconds = time.monotonic() - start
        report = json.loads(pathlib.Path(out, "o/report.json").read_text(encoding="utf-8"))
        return report["host"]["peak_rss_mb"], seconds


def rows_of(arguments):
    """One row per tile, engine and number of MVMs, as they come."""
    for size, config, sets, fewer in TILES:
        for engine in ("function", "cycle"):
            for mvms in arguments.mvms:
                n = max(1, mvms // fewer // FEWER[engine])
                mb, seconds = peak_mb(arguments.sim, str(SOURCE / "configs/tile" / (config + ".json")), sets, engine,
                                      n, arguments.arrays)
                yield {"tile": size, "engine": engine, "mvms": n, "peak_mb": round(mb, 2), "seconds": round(seconds, 2)}


def numbers(text):
    """Whole numbers above zero, smallest first."""
    found = sorted(int(word) for word in text.split(","))
    if found[0] < 1:
        raise ValueError
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sim", default=str(SOURCE / "build/release/sim"), help="the program")
    parser.add_argument("--mvms", type=numbers, default=[100000, 1000000, 10000000], help="comma separated")
    parser.add_argument("--most-mb", type=float, default=50.0, help="no row may be above this")
    parser.add_argument("--arrays", action="store_true", help="write y.npy, too")
    parser.add_argument("--json", action="store_true", help="JSON instead of a table")
    arguments = parser.parse_args()
    if not os.access(arguments.sim, os.X_OK):
        print("bench_memory: %s cannot be run; build it or give --sim" % arguments.sim, file=sys.stderr)
        return 2
    rows, good = [], True
    if not arguments.json:
        print("tile       engine         MVMs   peak [MB]  seconds")
    for row in rows_of(arguments):
        before = rows[-1] if rows and (rows[-1]["tile"], rows[-1]["engine"]) == (row["tile"], row["engine"]) else row
        good &= row["peak_mb"] < arguments.most_mb and row["peak_mb"] - before["peak_mb"] <= GROWTH_MB
        rows.append(row)
        if not arguments.json:
            print("%-10s %-8s %10d %11.2f %8.2f" % ("%d x %d" % (row["tile"], row["tile"]), row["engine"], row["mvms"],
                                                    row["peak_mb"], row["seconds"]), flush=True)
    if arguments.json:
        print(json.dumps({"most_mb": arguments.most_mb, "flat": good, "rows": rows}, indent=2))
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
