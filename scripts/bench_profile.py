#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Makes tables of what perf or callgrind say of rows of tests/bench; for scripts/bench_profile.sh.

    bench_profile.py --tool perf|callgrind [--update] ROW=FILE...

Functions of the benchmark itself (the plain product beside each job) are left out and the rest is
shared anew. Functions are as the compiler left them: what was inlined counts for its caller.

Exit codes: 0 done, 2 usage, 3 bad input, 5 output.
"""
import argparse
import pathlib
import re
import sys

import readme_tables as tables

LEAST = 1.0  # [%] smaller ones are summed up
OURS = re.compile(r"\baimc::bench::|benchmark::")
PERF = re.compile(r"^\s*([\d.]+)%\s+\[(.)\]\s+(.+?)\s*$")
CALLGRIND = re.compile(r"^\s*[\d,]+ \(\s*([\d.]+)%\)\s+\S*?:(.+?)(?: \[[^\]]*\])?\s*$")


def short(name: str) -> str:
    """A function without its arguments and the words that say nothing."""
    name = re.sub(r"\((anonymous namespace|lambda\([^)]*\)[^)]*)\)::", "", name)
    name = re.sub(r"^(void|int|bool) ", "", re.sub(r"<[^<>]*(?:<[^<>]*>[^<>]*)*>", "", name))
    return name.split("(")[0].replace("aimc::", "") or name


def shares(text: str, tool: str) -> dict[str, float]:
    """Function -> share of the time, without the benchmark's own. [%]"""
    found = {}
    for line in text.splitlines():
        if tool == "perf" and (match := PERF.match(line)):
            share, mode, name = match.groups()
            name = "(kernel)" if mode == "k" else name
        elif tool == "callgrind" and (match := CALLGRIND.match(line)):
            share, name = match.groups()
        else:
            continue
        if not OURS.search(name):
            found[short(name)] = found.get(short(name), 0.0) + float(share)
    total = sum(found.values())
    return {name: 100 * share / total for name, share in found.items()} if total > 0 else {}


def table(row: str, text: str, tool: str) -> str:
    """One row of tests/bench: its hottest functions."""
    found = shares(text, tool)
    if not found:
        raise tables.Stop(tables.BAD_INPUT, f"{row}: {tool} found no function")
    lines = [[f"{share:.1f} %", f"`{name}`"] for name, share in
             sorted(found.items(), key=lambda item: -item[1]) if share >= LEAST]
    rest = sum(share for share in found.values() if share < LEAST)
    lines.append([f"{rest:.1f} %", f"others, each below {LEAST:.0f} %"])
    return f"`{row}`, by {tool}:\n\n" + tables.table(["share", "function"], lines)


def work() -> int:
    """Prints the tables."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--tool", choices=("perf", "callgrind"), required=True)
    parser.add_argument("--update", action="store_true", help="into tests/bench/README.md as well")
    parser.add_argument("rows", metavar="ROW=FILE", nargs="+")
    args = parser.parse_args()
    made = []
    for word in args.rows:
        row, _, path = word.partition("=")
        try:
            made.append(table(row, pathlib.Path(path).read_text(encoding="utf-8"), args.tool))
        except OSError as error:
            raise tables.Stop(tables.BAD_INPUT, f"{path}: cannot be read: {error.strerror}") from error
    fresh = "\n".join(made)
    print(fresh, end="")
    if args.update:
        tables.hold_to(tables.ROOT / "tests/bench/README.md", "profile", fresh, True)
    return 0


if __name__ == "__main__":
    sys.exit(tables.main_of(work))
