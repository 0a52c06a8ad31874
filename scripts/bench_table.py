#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Prints one table from the JSON of tests/bench.

    bench_table.py BENCH.json

MVM/s is by the clock on the wall, the next column by the processor time the row used (the same on a
quiet machine). The ratio is to the plain product at avx2 of the same run, which rows that time whole
jobs measure again just before each job: by processor time for one thread, by wall time for several.
All are medians of the repetitions.
"""
import json
import re
import statistics
import sys

PLAIN = "plain_product/avx2"
CYCLE = "cycle_engine/time_resolved+noise+curves/one_phase"
BAR = 10_000  # MVM/s


def rows(report):
    """name -> (MVM/s of wall time, MVM/s of processor time, ratio to the plain product), medians."""
    runs = {}
    for run in report["benchmarks"]:
        if run["run_type"] == "iteration" and not run.get("error_occurred"):
            name = re.sub(r"(/(iterations|repeats):\d+|/real_time|/manual_time)+$", "", run["name"])
            wall = run["items_per_second"]
            cpu = run.get("mvms_per_cpu_s", wall * run["real_time"] / max(run["cpu_time"], 1e-9))
            runs.setdefault(name, []).append((wall, cpu, run.get("plain_per_cpu_s")))
    overall = statistics.median(cpu for _, cpu, _ in runs[PLAIN]) if PLAIN in runs else None
    found = {}
    for name, values in runs.items():
        pick = 0 if name.endswith("_threads") else 1
        ratios = [v[pick] / (v[2] or overall) for v in values if v[2] or overall]
        found[name] = (statistics.median(v[0] for v in values), statistics.median(v[1] for v in values),
                       statistics.median(ratios) if ratios else None)
    return found


def order(name):
    rooms = ("plain_product", "crossbar", "adc", "post", "read_batch", "function_engine", "cycle_engine")
    return next(i for i, room in enumerate(rooms) if name.startswith(room)), name


def table(report):
    found = rows(report)
    lines = ["%-72s %12s %14s %9s" % ("row", "MVM/s", "per CPU second", "x plain")]
    for name in sorted(found, key=order):  # the run itself is in random order
        wall, cpu, ratio = found[name]
        lines.append("%-72s %12s %14s %9s" % (name, f"{wall:,.0f}", f"{cpu:,.0f}",
                                              "-" if ratio is None else f"{ratio:.3f}"))
    cycle = [n for n in found if n.startswith(CYCLE) and n.endswith("/plain")]
    for name in cycle:
        wall, cpu, _ = found[name]
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
