#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Prints one table from the JSON of tests/bench.

    bench_table.py BENCH.json

MVM/s is by the clock on the wall, the next column by the processor time the row used (the same on a
quiet machine). The ratio is to the plain product at avx2 of the same run: by processor time for one
thread, by wall time for several. All are medians of the repetitions.
"""
import json
import re
import statistics
import sys

PLAIN = "plain_product/avx2"
CYCLE = "cycle_engine/time_resolved+noise+curves/one_phase"
BAR = 10_000  # MVM/s


def rows(report):
    """name -> (MVM/s of wall time, MVM/s of processor time), medians."""
    wall, cpu = {}, {}
    for run in report["benchmarks"]:
        if run["run_type"] != "iteration" or run.get("error_occurred"):
            continue
        name = re.sub(r"(/(iterations|repeats):\d+|/real_time|/manual_time)+$", "", run["name"])
        rate = run["items_per_second"]
        wall.setdefault(name, []).append(rate)
        cpu.setdefault(name, []).append(
            run.get("mvms_per_cpu_s", rate * run["real_time"] / max(run["cpu_time"], 1e-9)))
    return {name: (statistics.median(wall[name]), statistics.median(cpu[name])) for name in wall}


def order(name):
    rooms = ("plain_product", "crossbar", "adc", "post", "function_engine", "cycle_engine")
    return next(i for i, room in enumerate(rooms) if name.startswith(room)), name


def table(report):
    found = rows(report)
    plain = found.get(PLAIN)
    lines = ["%-72s %12s %14s %9s" % ("row", "MVM/s", "per CPU second", "x plain")]
    for name in sorted(found, key=order):  # the run itself is in random order
        wall, cpu = found[name]
        several = name.endswith("_threads")
        ratio = "-"
        if plain:
            ratio = "%.3f" % (wall / plain[0] if several else cpu / plain[1])
        lines.append("%-72s %12s %14s %9s" % (name, f"{wall:,.0f}", f"{cpu:,.0f}", ratio))
    cycle = [n for n in found if n.startswith(CYCLE) and n.endswith("/plain")]
    for name in cycle:
        wall, cpu = found[name]
        lines.append("")
        lines.append(f"cycle engine at least {BAR:,} MVM/s (one-phase, time-resolved, with noise and "
                     f"curves, no VCD, one core): {'yes' if cpu >= BAR else 'no'}, "
                     f"{cpu:,.0f} per CPU second, {wall:,.0f} by the wall")
    return "\n".join(lines)


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    with open(sys.argv[1]) as file:
        report = json.load(file)
    context = report["context"]
    print(f"{context['num_cpus']} CPUs, {context['mhz_per_cpu']} MHz, load {context['load_avg']}, "
          f"{context['date']}")
    print(table(report))


if __name__ == "__main__":
    main()
