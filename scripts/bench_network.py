#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""How fast networks run: images and tile MVMs per second, and what 10,000 images would take.

  scripts/bench_network.py [--images N] [--threads T ...] [--json FILE]

ResNet-9 on the four-phase tile, charge, all noise on, one chip, calibration and set-up left out of
the rates and shown beside. With the CIFAR-10 test images of ../shared/data when they are there,
otherwise with images of random bytes: the work per image is the same. --json leaves the figures as
rows of tests/bench, for scripts/bench.sh.

Exit codes: 0 done, 2 usage, 3 input, 5 output.
"""
import json
import os
import pathlib
import random
import sys
import tempfile
import time

import bench_rows
import readme_tables as tables

NETWORK = tables.ROOT / "traces/networks/resnet9_cifar10_noise_tuned.json"
RECORD = 3073
CALIBRATION = 64


def random_records(path: pathlib.Path, n: int, seed: int) -> None:
    draw = random.Random(seed)
    path.write_bytes(b"".join(bytes([draw.randrange(10)]) + draw.randbytes(RECORD - 1)
                              for _ in range(n)))


def data(folder: pathlib.Path, images: int) -> str:
    real = tables.ROOT.parent / "shared/data/cifar10"
    if (real / "test_batch.bin").is_file():
        return f"cifar10:{real}"
    random_records(folder / "test_batch.bin", images, 1)
    random_records(folder / "calibration_512.bin", CALIBRATION, 2)
    return f"cifar10:{folder}"


def bench_row(variant: str, threads: int, images: int, host: dict) -> dict:
    """A row of tests/bench: MVM/s of tiles. Processor time: as if all threads were busy throughout."""
    wall = images / host["images_per_s"]
    name = f"network/resnet9/{variant}/{threads}_thread" + ("" if threads == 1 else "s")
    return bench_rows.made_row(name, host["mvm_per_s"] * wall, wall, wall * threads,
                               images_per_s=host["images_per_s"], peak_rss_mb=host["peak_rss_mb"])


def work() -> int:
    parser = tables.argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--sim", default=str(tables.ROOT / "build/release/sim"))
    parser.add_argument("--images", type=int, default=512)
    parser.add_argument("--threads", type=int, nargs="+", default=sorted({1, os.cpu_count()}))
    parser.add_argument("--set", action="append", default=[], help="a key of the tile, as in sim")
    parser.add_argument("--json", type=pathlib.Path, help="rows of tests/bench go here")
    args = parser.parse_args()
    rows, made = [], []
    with tempfile.TemporaryDirectory() as name:
        source = data(pathlib.Path(name), args.images)
        for threads in args.threads:
            for variant in ("nmpu", "ldpu"):
                started = time.monotonic()
                report = tables.run_sim(args.sim, [
                    "network", str(NETWORK), "--tile", tables.preset("network_four_phase"),
                    *tables.settings(args.set), "--data", source, "--images", str(args.images),
                    "--calibration-images", str(CALIBRATION), "--variants", variant,
                    "--threads", str(threads)], name)
                host = report["host"]
                made.append(bench_row(variant, threads, args.images, host))
                whole = time.monotonic() - started - args.images / host["images_per_s"]
                rows.append([variant, threads, f"{host['images_per_s']:.1f}",
                             f"{host['mvm_per_s']:,.0f}", f"{1e4 / host['images_per_s'] / 60:.2f}",
                             f"{whole:.1f}", f"{host['peak_rss_mb']:.0f}"])
    if args.json:
        tables.write_files(args.json.parent, {args.json.name: json.dumps(made, indent=1).encode()})
    print(json.dumps({"images": args.images, "data": source.split(":")[0], "sets": args.set}))
    print(tables.table(["post unit", "threads", "images/s", "tile MVM/s", "10,000 images [min]",
                        "set-up and calibration [s]", "memory [MB]"], rows), end="")
    return 0


if __name__ == "__main__":
    sys.exit(tables.main_of(work))
