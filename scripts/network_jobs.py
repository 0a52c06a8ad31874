# SPDX-License-Identifier: Apache-2.0
"""Long runs of `sim network`, one after another, each kept when it is done.

A job that has left a complete report of the same command is not run again, so an interrupted series
goes on where it stopped; remove the folder of a job that should be made anew. Shared by network_accuracy.py and network_ageing.py.
"""
import dataclasses
import json
import os
import pathlib
import subprocess

import readme_tables as tables

NETWORKS = tables.ROOT / "traces/networks"
FORMAT = "aimc-network-report/1"


@dataclasses.dataclass(frozen=True)
class Job:
    name: str
    network: str                 # of traces/networks
    tile: str                    # of configs/tile
    chips: int
    images: int                  # 0: all
    sets: tuple = ()
    variants: str = "float,ldpu,nmpu"
    options: tuple = ("--replicate-rows",)

    @property
    def kind(self) -> str:
        return "cifar100" if "cifar100" in self.network else "cifar10"

    def arguments(self) -> list[str]:
        """What stands after `sim`, but for the data."""
        words = ["network", f"traces/networks/{self.network}.json",
                 "--tile", f"configs/tile/{self.tile}.json", *self.options,
                 *tables.settings(self.sets),
                 "--chips", str(self.chips), "--variants", self.variants]
        return words + (["--images", str(self.images)] if self.images else [])

    def command(self) -> str:
        """As it can be typed."""
        return " ".join(["build/release/sim", *self.arguments(), "--data",
                         f"{self.kind}:../shared/data/{self.kind}"])


def data_of(kind: str, data: pathlib.Path) -> str:
    """KIND:FOLDER, if its test images are there."""
    folder = data / kind
    name = "test_batch.bin" if kind == "cifar10" else "test.bin"
    if not (folder / name).is_file():
        raise tables.Stop(tables.BAD_INPUT, f"{folder / name} is not there: put the binary version "
                          f"of {kind} into {folder}, or name another folder with --data")
    return f"{kind}:{folder}"


def is_done(folder: pathlib.Path, job: Job) -> dict | None:
    """The report of this very job, if it is complete."""
    try:
        if (folder / "command.txt").read_text(encoding="utf-8") != job.command():
            return None
        report = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return report if report.get("format") == FORMAT and report.get("complete") else None


def run(job: Job, sim: str, data: pathlib.Path, out: pathlib.Path, threads: int) -> dict:
    folder = out / job.name
    report = is_done(folder, job)
    if report is not None:
        print(f"{job.name}: done before", flush=True)
        return report
    command = [sim, *job.arguments(), "--data", data_of(job.kind, data), "--threads", str(threads),
               "--out", str(folder)]
    print(f"{job.name}: {job.command()}", flush=True)
    try:
        done = subprocess.run(command, cwd=tables.ROOT, check=False, stdout=subprocess.DEVNULL)
    except OSError as error:
        raise tables.Stop(tables.USAGE, f"{sim}: {error.strerror}; build it, or --sim") from error
    if done.returncode != 0:
        raise tables.Stop(done.returncode if done.returncode > 0 else tables.BAD_INPUT,
                          f"{job.name}: sim ended with {done.returncode}")
    (folder / "command.txt").write_text(job.command(), encoding="utf-8")
    return json.loads((folder / "report.json").read_text(encoding="utf-8"))


def parser_for(doc: str):
    """The options that these scripts have."""
    parser = tables.argparse.ArgumentParser(description=doc.split("\n", maxsplit=1)[0])
    parser.add_argument("--sim", default=str(tables.ROOT / "build/release/sim"), help="the program")
    parser.add_argument("--data", type=pathlib.Path, default=tables.ROOT.parent / "shared/data",
                        help="folder with cifar10 and cifar100 (default: ../shared/data)")
    parser.add_argument("--out", type=pathlib.Path, default=tables.ROOT / "out/networks",
                        help="where finished runs are kept")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--only", default="", help="jobs whose name has this in it")
    return parser


def variant(report: dict, name: str, age_s: float | None = None) -> dict | None:
    """Top-1 over the chips: mean, sd, standard_error, n."""
    for v in report["variants"]:
        if v["variant"] == name and (age_s is None or v["age_s"] == age_s):
            return v["top1"]
    return None
