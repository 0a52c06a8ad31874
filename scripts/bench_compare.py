#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Compares two result files of scripts/bench.sh, row by row.

    scripts/bench_compare.py A.json B.json [--against ROW] [--only REGEX]

B / A is the ratio of the rates: above 1, B is faster. By default these are the rates over the plain
product of the same run, as machines and their moods differ; rows without it, and --absolute, take
MVM/s. --against ROW divides by the rate of another row of the same file instead.

Exit codes: 0 done, 2 usage, 3 bad input.
"""
import argparse
import math
import re
import sys

import bench_rows
import readme_tables


def against(rows, name, path) -> dict[str, float]:
    """Row -> rate over that of another row, both over their plain product where they have one."""
    if name not in rows:
        close = [other for other in rows if name in other]
        hint = f"; did you mean {close[0]}?" if close else ""
        raise readme_tables.Stop(readme_tables.BAD_INPUT, f"{path}: has no row {name}{hint}")
    base = rows[name]
    return {key: (row.ratio / base.ratio if row.ratio and base.ratio else row.rate / base.rate)
            for key, row in rows.items()}


def values(a, b, args) -> list[dict[str, float]]:
    """Of both files: row -> what is compared."""
    if args.against:
        return [against(rows, args.against, path) for rows, path in ((a, args.a), (b, args.b))]

    def held(name) -> bool:  # both or none, or the two would not compare
        return not args.absolute and all(rows[name].ratio for rows in (a, b) if name in rows)

    return [{name: row.ratio if held(name) else row.rate for name, row in rows.items()}
            for rows in (a, b)]


def number(value: float) -> str:
    """A rate or a ratio, with as many digits as say something."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3f}"


def table(a, b) -> str:
    """Rows of both, their geometric mean, and rows of one alone."""
    both = [name for name in a if name in b]
    wide = max(len(name) for name in [*a, *b])
    lines = [f"{'row':{wide}} {'A':>12} {'B':>12} {'B / A':>8}"]
    lines += [f"{name:{wide}} {number(a[name]):>12} {number(b[name]):>12} {b[name] / a[name]:8.3f}"
              for name in both]
    if both:
        mean = math.exp(sum(math.log(b[name] / a[name]) for name in both) / len(both))
        lines.append(f"{f'geometric mean of {len(both)} rows':{wide}} {'':>12} {'':>12} {mean:8.3f}")
    for label, mine, other in (("A", a, b), ("B", b, a)):
        lines += [f"only in {label}: {name}" for name in mine if name not in other]
    return "\n".join(lines)


def work() -> int:
    """Reads both and prints."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("a", metavar="A.json")
    parser.add_argument("b", metavar="B.json")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--against", metavar="ROW", help="rates over that of this row of the same file")
    what.add_argument("--absolute", action="store_true", help="MVM/s, not over the plain product")
    parser.add_argument("--only", metavar="REGEX", default="", help="rows whose name fits")
    args = parser.parse_args()
    try:
        fits = re.compile(args.only).search
    except re.error as error:
        raise readme_tables.Stop(readme_tables.USAGE, f"--only {args.only}: {error}") from error
    rows = [bench_rows.rows_of(bench_rows.load(path)) for path in (args.a, args.b)]
    kept = [{name: value for name, value in found.items() if fits(name)}
            for found in values(*rows, args)]
    if not (kept[0] or kept[1]):
        raise readme_tables.Stop(readme_tables.BAD_INPUT, f"no row fits --only {args.only}")
    print(table(*kept))
    return 0


if __name__ == "__main__":
    sys.exit(readme_tables.main_of(work))
