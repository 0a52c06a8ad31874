#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the programs behind scripts/bench.sh and puts their rows into one result file.

    bench_run.py --build FOLDER [--out FILE] [--quick] [--only REGEX] [--memory-mvms N]

The rows of tests/bench in random order, five times each; the cycle engine at the best SIMD level and of
other tiles in processes of their own (SystemC elaborates once per process); memory of `sim` on one
tile; ResNet-9. --quick: only the rows that the bars need, three times.

Exit codes: 0 done, 2 usage, 3 bad input, 4 a measurement failed, 5 output.
"""
import argparse
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

import bench_rows
import readme_tables as tables

FAILED = 4
QUICK = (r"^(plain_product/avx2(/2_threads)?|function_engine/charge/(one|four)_phase/avx2/1_thread|"
         r"function_engine/(charge|time_resolved)/one_phase/avx2/[12]_threads?|"
         r"function_engine/time_resolved\+(per_cell|ladder)/one_phase/avx2/1_thread|size/.*|"
         r"cycle_engine/.*/avx2/(bare|trace)|memory/.*)$")
MEMORY = {"function": (10_000, 100_000), "cycle": (2_000, 10_000)}  # MVMs, few and many
NETWORK_IMAGES = 64
CYCLE_TILES = ("pim_native", "digital")


def say(text: str) -> None:
    """Progress, away from the table."""
    print(text, file=sys.stderr, flush=True)


def run(command) -> str:
    """A program to its end. @return  its standard output"""
    command = [str(word) for word in command]
    environment = dict(os.environ, SYSTEMC_DISABLE_COPYRIGHT_MESSAGE="1")
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    except OSError as error:
        raise tables.Stop(tables.USAGE, f"{command[0]}: {error.strerror}") from error
    if done.returncode != 0:
        last = (done.stderr.strip() or "no message").split("\n")[-1]
        raise tables.Stop(FAILED, f"{command[0]}: exit {done.returncode}: {last}")
    return done.stdout


def names_of(bench, only, *options) -> list[str]:
    """The rows that fit, as the benchmark library calls them."""
    listed = run([bench, "--benchmark_list_tests=true", *options]).split()
    return [name for name in listed if only.search(bench_rows.SUFFIX.sub("", name))]


def measure(bench, names, args, *options) -> dict:
    """A report of Google Benchmark with these rows."""
    if not names:
        return {"context": {}, "benchmarks": []}
    exact = "^(" + "|".join(re.escape(name) for name in names) + ")$"
    with tempfile.TemporaryDirectory() as folder:
        out = pathlib.Path(folder) / "report.json"
        # Rows in random order: whatever else the machine does hits all alike. The medians count.
        run([bench, f"--benchmark_filter={exact}", f"--benchmark_out={out}",
             "--benchmark_out_format=json", f"--benchmark_repetitions={3 if args.quick else 5}",
             "--benchmark_enable_random_interleaving=true", "--benchmark_min_time=0.1", *options])
        return bench_rows.load(out)


def more_cycle_rows(bench, only, args, level) -> list[dict]:
    """The cycle rows once more at the widest level, and those of the other tiles."""
    made = []
    options = [f"--cycle_tile={tile}" for tile in CYCLE_TILES]
    for option in ([] if level == "avx2" else [f"--cycle_simd={level}"]) + options:
        names = [n for n in names_of(bench, only, option) if n.startswith("cycle_engine/")]
        made += measure(bench, names, args, option)["benchmarks"]
    return made


def memory_rows(sim, only, many) -> list[dict]:
    """Peak memory of `sim` on one tile, with few vectors and with many."""
    made = []
    with tempfile.TemporaryDirectory() as folder:
        for engine, (few, usual) in MEMORY.items():
            for mvms in (few, many if many and engine == "function" else usual):
                name = f"memory/sim/{engine}/{mvms}_mvms"
                if not only.search(name):
                    continue
                say(f"bench_run: {name}")
                host = tables.run_sim(sim, ["run", tables.preset("hermes_256_one_phase"), "--engine", engine,
                                            "--threads", "1", "--mvms", str(mvms), "--set",
                                            "adc.integration=charge"], folder)["host"]
                made.append(bench_rows.made_row(name, mvms, host["wall_s"], host["wall_s"], mvms=mvms,
                                                peak_rss_mb=host["peak_rss_mb"]))
    return made


def network_rows(sim, only) -> list[dict]:
    """Images per second of ResNet-9, in short."""
    if not any(only.search(f"network/resnet9/{unit}/1_thread") for unit in ("nmpu", "ldpu")):
        return []
    say("bench_run: network/resnet9")
    with tempfile.TemporaryDirectory() as folder:
        out = pathlib.Path(folder) / "rows.json"
        run([sys.executable, tables.ROOT / "scripts/bench_network.py", "--sim", sim, "--images",
             NETWORK_IMAGES, "--json", out])
        return json.loads(out.read_text(encoding="utf-8"))


def cpu_model() -> str:
    """As the kernel calls it."""
    try:
        found = re.search(r"^model name\s*:\s*(.+)$",
                          pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8"), re.M)
    except OSError:
        found = None
    return found.group(1) if found else "unknown CPU"


def parse() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--build", type=pathlib.Path, required=True, help="where bench and sim are")
    parser.add_argument("--out", type=pathlib.Path, help="default: BUILD/bench.json")
    parser.add_argument("--quick", action="store_true", help="only what the bars need, three times")
    parser.add_argument("--only", metavar="REGEX", help="rows whose name fits (and the plain product)")
    parser.add_argument("--memory-mvms", type=int, help="the many vectors of the function engine's memory")
    args = parser.parse_args()
    args.build = args.build.absolute()
    args.out = args.out or args.build / "bench.json"
    return args


def selection(args) -> re.Pattern:
    """Which rows are wanted; the plain product always is."""
    try:
        if args.only:
            return re.compile(rf"^plain_product/avx2$|{args.only}")
        return re.compile(QUICK if args.quick else "")
    except re.error as error:
        raise tables.Stop(tables.USAGE, f"--only {args.only}: {error}") from error


def work() -> int:
    """Everything, one after the other: measurements side by side would disturb each other."""
    args = parse()
    only, started = selection(args), time.monotonic()
    bench, sim = (args.build / name for name in ("bench", "sim"))
    names = names_of(bench, only)
    say(f"bench_run: {len(names)} rows of tests/bench")
    report = measure(bench, names, args)
    if not args.quick:
        report["benchmarks"] += more_cycle_rows(bench, only, args, report["context"].get("best_simd", "avx2"))
    report["benchmarks"] += memory_rows(sim, only, args.memory_mvms)
    report["benchmarks"] += network_rows(sim, only)
    report["context"]["cpu_model"] = cpu_model()
    tables.write_files(args.out.parent, {args.out.name: (json.dumps(report, indent=1) + "\n").encode()})
    say(f"bench_run: {args.out} after {time.monotonic() - started:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(tables.main_of(work))
