#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""How much faster two Dask workers are than one: the same sweep and the same network, start-up included.

  scripts/bench_dask.py [--workers 1 2] [--repeat N]

Numbers of workers take turns, and the median of each counts. Every run must leave the same bytes. For
what else the machine does, the time of each is also given beside that of `sim` itself with as many
threads. Some five minutes on two free cores.

Exit codes: 0 done, 1 results differ, 2 usage.
"""
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True

import bench_network
import readme_tables as tables

SWEEP = tables.ROOT / "configs/sweeps/nmpu_formats.json"
VECTORS = 12288  # Choice: of each point, so that one worker takes a minute
CHIPS, CALIBRATION = 4, 64


def jobs(folder: pathlib.Path, vectors: int, images: int) -> dict[str, tuple[list[str], list[str], list[str]]]:
    """Name -> (file, words of the program, files that must not differ)."""
    source = bench_network.data(folder, images)
    return {
        "sweep": ([str(SWEEP)], ["--set", f"workload.mvms={vectors}"],
                  ["results.csv", "results.json"]),
        "network": ([str(bench_network.NETWORK)],
                    ["--tile", tables.preset("network_four_phase"), "--data", source, "--images",
                     str(images), "--calibration-images", str(CALIBRATION), "--chips", str(CHIPS),
                     "--variants", "nmpu"], ["report.txt", "confusion.json"])}


def timed(command: list[str]) -> float:
    started = time.monotonic()
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
                          check=False)
    if done.returncode != 0:
        raise tables.Stop(done.returncode, f"{' '.join(command)}: {done.stderr.strip()}")
    return time.monotonic() - started


def run(kind: str, job, args, folder: pathlib.Path) -> tuple[dict, dict]:
    """Seconds of each number of workers: of Dask, and of the program alone."""
    file, words, same = job
    dask: dict = {n: [] for n in args.workers}
    alone: dict = {n: [] for n in args.workers}
    first = None
    for turn in range(args.repeat):
        for n in args.workers:
            outs = [folder / f"{kind}_{name}_{n}_{turn}" for name in ("dask", "sim")]
            script = [sys.executable, str(tables.ROOT / f"scripts/{kind}_dask.py"), *file, "--sim",
                      args.sim, "--workers", str(n), "--out", str(outs[0]), "--quiet", "--", *words]
            dask[n].append(timed(script))
            threads = "--workers" if kind == "sweep" else "--threads"
            alone[n].append(timed([args.sim, kind, *file, *words, threads, str(n), "--quiet", "--out",
                                   str(outs[1])]))
            for out in outs:
                found = [(out / name).read_bytes() for name in same]
                first = first or found
                if found != first:
                    raise tables.Stop(tables.CHECK_FAILED, f"{out}: results differ")
    return dask, alone


def work() -> int:
    parser = tables.argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--sim", default=str(tables.ROOT / "build/release/sim"))
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--repeat", type=int, default=1)
    parser.add_argument("--vectors", type=int, default=VECTORS, help="of the sweep, per point")
    parser.add_argument("--images", type=int, default=256, help="of the network, per chip")
    parser.add_argument("--only", choices=["sweep", "network"])
    args = parser.parse_args()
    args.sim = os.path.abspath(args.sim)
    rows = []
    with tempfile.TemporaryDirectory() as name:
        for kind, job in jobs(pathlib.Path(name), args.vectors, args.images).items():
            if args.only not in (None, kind):
                continue
            times = run(kind, job, args, pathlib.Path(name))
            base = [statistics.median(one[args.workers[0]]) for one in times]
            for n in args.workers:
                dask, alone = (statistics.median(one[n]) for one in times)
                rows.append([kind, n, f"{dask:.1f}", f"{base[0] / dask:.2f}", f"{alone:.1f}",
                             f"{base[1] / alone:.2f}"])
    print(tables.table(["job", "workers", "Dask [s]", "times as fast", "`sim` alone [s]",
                        "times as fast"], rows), end="")
    return 0


if __name__ == "__main__":
    sys.exit(tables.main_of(work))
