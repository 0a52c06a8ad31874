# SPDX-License-Identifier: Apache-2.0
"""Parts of a long job of `sim`: what there is to run, what has been run, files of shards.

A shard is a range of points of a sweep, or of images of one chip of a network. Its file names the
job by a hash of everything that the results depend on. Shared by sweep_dask.py and network_dask.py.
"""
import dataclasses
import hashlib
import json
import pathlib
import subprocess
import sys

import readme_tables as tables

FORMAT = "aimc-shard/1"


@dataclasses.dataclass(frozen=True, order=True)
class Range:
    chip: int
    start: int
    end: int

    def text(self, kind: str) -> str:
        """As `sim --shard` takes it."""
        return (f"{self.chip}:" if kind == "network" else "") + f"{self.start}:{self.end}"

    @property
    def size(self) -> int:
        return self.end - self.start


@dataclasses.dataclass(frozen=True)
class Job:
    """What `sim ... --shards` says of it."""
    command: list[str]    # of the program, without where the results go
    kind: str             # sweep or network
    key: str
    chips: int
    items: int            # points, or images of each chip
    out: pathlib.Path     # folder of the results
    folder: pathlib.Path  # of its shards


def call(command: list[str], **options) -> subprocess.CompletedProcess:
    try:
        return subprocess.run(command, text=True, check=False, **options)
    except OSError as error:
        raise tables.Stop(tables.USAGE, f"{command[0]}: {error.strerror}; build it, or name it "
                          "with --sim") from error


def job_of(command: list[str], out: pathlib.Path | None) -> Job:
    """Asks the program what there is to run, and as what it knows it."""
    run = call([*command, "--shards"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if run.returncode != 0:
        raise tables.Stop(run.returncode, run.stderr.strip())
    try:
        said = json.loads(run.stdout)
        out = out or pathlib.Path("out") / said["name"]
        return Job(command, said["kind"], said["key"], said["chips"], said["items"], out,
                   out / "shards" / said["key"][:16])
    except (ValueError, KeyError) as error:
        raise tables.Stop(tables.USAGE, f"{command[0]}: is no sim that knows --shards") from error


def range_in(data: bytes, job: Job) -> Range | None:
    """The range of a shard of this job; None: damaged, or of another one."""
    first, _, contents = data.partition(b"\n")
    try:
        head = json.loads(first)
        if (head["format"], head["key"]) != (FORMAT, job.key):
            return None
        if hashlib.sha256(contents).hexdigest() != head["sha256"]:
            return None
        return Range(head["chip"], head["from"], head["to"])
    except (ValueError, KeyError, TypeError):
        return None


def finished(job: Job) -> list[Range]:
    """Ranges that are there and do not overlap. What is damaged, or says again what another one
    says, is removed with a notice and made anew."""
    found: list[Range] = []
    for path in sorted(job.folder.glob("*.shard")):
        at = range_in(path.read_bytes(), job)
        if at is None or any(at.chip == other.chip and at.start < other.end and
                             other.start < at.end for other in found):
            why = "is damaged" if at is None else "overlaps another one"
            print(f"{path}: {why}; it is made anew", file=sys.stderr)
            path.unlink()
        else:
            found.append(at)
    return sorted(found)


def missing(job: Job, done: list[Range], size: int) -> list[Range]:
    """What is still to be run, in ranges of this size at most."""
    todo = []
    for chip in range(job.chips):
        at = 0
        ends = [Range(chip, job.items, job.items)]
        for there in [one for one in done if one.chip == chip] + ends:
            todo += [Range(chip, start, min(start + size, there.start))
                     for start in range(at, there.start, size)]
            at = there.end
    return todo


def make_folder(job: Job) -> None:
    """Before hours of work, not after them."""
    try:
        job.folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise tables.Stop(tables.BAD_OUTPUT, f"{job.folder}: cannot be written: {error.strerror}"
                          ) from error


def keep(job: Job, name: str, data: bytes) -> None:
    """Whole or not at all."""
    tables.write_files(job.folder, {pathlib.PurePath(name).name: data})
