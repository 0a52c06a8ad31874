#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Prints one table from a result file of scripts/bench.sh, the fits of growth, the bars and the peers.

    scripts/bench_table.py BENCH.json [--strict]

MVM/s is by the clock on the wall, the next column by the processor time the row used (the same on a
quiet machine). The ratio is to the plain product at avx2 of the same run, which rows that time whole
jobs measure again just before and after each job: by processor time for one thread, by wall time for
several. All are medians of the repetitions; `spread` is the largest ratio over the smallest, less 1.
`!` marks rows whose jobs were too short to time well.

Exit codes: 0 done, 1 with --strict when a bar does not hold, 2 usage, 3 bad input.
"""
import argparse
import sys

import bench_bars
import bench_fit
import bench_rows
import readme_tables

# (who, what, figure): from their own publications or runs of others.
PEERS = [("CrossSim, ideal", "MVM/s", "20,700"), ("CrossSim, with noise", "MVM/s", "345"),
         ("CrossSim, with parasitics", "MVM/s", "96"), ("analog-cim-sim, int8", "MVM/s", "218"),
         ("DRAMSys", "million clocks/s", "1.8 - 4.5"), ("DRAMSys, recording", "million clocks/s", "0.3")]
OURS = [("function engine, ideal", "function_engine/ideal/one_phase/avx2/1_thread", False),
        ("function engine, charge, noise", bench_bars.CHARGE, False),
        ("function engine, time-resolved, noise", bench_bars.TIME_RESOLVED, False),
        ("function engine, noise per cell",
         bench_bars.FUNCTION.format("time_resolved+per_cell", "one_phase", "1_thread"), False),
        ("function engine, IR drop", bench_bars.FUNCTION.format("time_resolved+ladder", "one_phase", "1_thread"),
         False),
        ("cycle engine", bench_bars.CYCLE + "bare", True),
        ("cycle engine, recording a trace", bench_bars.CYCLE + "trace", True),
        ("cycle engine, digital, 128 x 128", "cycle_engine/digital/128x128/avx2/bare", True)]


def machine(context) -> str:
    """What the figures were measured on."""
    # Google Benchmark's own build is its timer's, not that of the code.
    return (f"{context.get('cpu_model', 'unknown CPU')}, {context.get('num_cpus', '?')} CPUs at "
            f"{context.get('mhz_per_cpu', '?')} MHz, best SIMD level {context.get('best_simd', '?')}, "
            f"load {context.get('load_avg', '?')} before; g++ {context.get('compiler', '?')}, "
            f"{context.get('build_type', '?')}; {context.get('date', '')}")


def extras(row) -> str:
    """What only some rows have."""
    words = []
    if (times := bench_bars.gain(row)) is not None:
        words.append(f"{times:.2f} x 1 thread")
    for key, form in (("x_bare", "{:.2f} x bare"), ("images_per_s", "{:.1f} images/s"),
                      ("peak_rss_mb", "{:.1f} MB"), ("bytes_per_mvm", "{:,.0f} bytes/MVM")):
        if key in row.counters:
            words.append(form.format(row.counters[key]))
    return ", ".join(words)


def main_table(rows) -> str:
    """All rows."""
    wide = max(len(name) for name in rows)
    lines = [f"{'row':{wide}} {'MVM/s':>12} {'per CPU second':>14} {'x plain':>8} {'spread':>7}"]
    for name, row in rows.items():
        ratio, spread = ("-", "-") if row.ratio is None else (f"{row.ratio:.3f}", f"{row.spread:.0%}")
        lines.append(f"{name:{wide}} {row.wall:12,.0f} {row.cpu:14,.0f} {ratio:>8} {spread:>7} "
                     f"{'!' if row.short else ' '} {extras(row)}".rstrip())
    return "\n".join(lines)


def peers(rows) -> str:
    """Ours beside theirs, one core; clocks/s = MVM/s x cycles per MVM."""
    lines = ["one core; of others as reported to us, not run here"]
    for what, name, by_clocks in OURS:
        if row := rows.get(name):
            clocks = row.cpu * row.counters.get("cycles_per_mvm", 0.0) / 1e6
            also = f"{clocks:12.2f} million clocks/s" if by_clocks else ""
            lines.append(f"  {what:40}{row.cpu:12,.0f} MVM/s {also}".rstrip())
    return "\n".join(lines + [f"  {what:40}{figure:>12} {unit}" for what, unit, figure in PEERS])


def beside(rows) -> list[str]:
    """Comparisons that are no bars."""
    ladder = rows.get(bench_bars.FUNCTION.format("time_resolved+ladder", "one_phase", "1_thread"))
    plain_read = rows.get(bench_bars.TIME_RESOLVED)
    if not (ladder and plain_read and ladder.ratio and plain_read.ratio):
        return []
    return [f"IR drop (ladder) to the same without: {ladder.ratio / plain_read.ratio:.2f} of the speed"]


def work() -> int:
    """Reads, prints, judges."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("result", help="BUILD/bench.json")
    parser.add_argument("--strict", action="store_true", help="exit 1 when a bar does not hold")
    args = parser.parse_args()
    report = bench_rows.load(args.result)
    rows = bench_rows.rows_of(report)
    found = bench_bars.bars(rows)
    parts = [machine(report["context"]), main_table(rows), *map(bench_fit.text, bench_fit.fits(rows))]
    if any(bar.holds is not None for bar in found):
        parts += [bench_bars.text(found), *beside(rows), peers(rows)]
    print("\n\n".join(parts))
    failed = [bar for bar in found if bar.holds is False]
    return readme_tables.CHECK_FAILED if args.strict and failed else 0


if __name__ == "__main__":
    sys.exit(readme_tables.main_of(work))
