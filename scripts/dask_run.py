# SPDX-License-Identifier: Apache-2.0
"""Runs shards on Dask workers, here or on a cluster, and has the program put them together.

Shared by sweep_dask.py and network_dask.py; CLUSTER.md is their page.
"""
import argparse
import collections
import concurrent.futures
import math
import os
import pathlib
import re
import signal
import sys

import dask_client
import readme_tables as tables
import shard_progress
import shard_task
import shards

try:
    import cloudpickle
    import distributed
except ImportError:
    distributed = None

INTERNAL, INTERRUPTED = 4, 130
OURS = {"--out", "--shard", "--shards", "--merge", "--threads", "--workers", "--fresh", "--plan"}
PER_WORKER = 4    # Choice: shards of a sweep per worker, so that nobody waits long for the last one
MOST_PORT = 65535
MOST_POINTS = 256  # Choice: more would be much to lose with a worker


def parser_for(doc: str, what: str, out: str) -> argparse.ArgumentParser:
    head, _, rest = doc.partition("\n")
    parser = argparse.ArgumentParser(description=head, epilog=rest,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", metavar=what.upper(), help=f"the {what}, JSON")
    parser.add_argument("--sim", default=str(tables.ROOT / "build/release/sim"),
                        help="the program, at this path on every machine (default: %(default)s)")
    parser.add_argument("--out", type=pathlib.Path, help=f"folder of the results (default: {out})")
    parser.add_argument("--workers", type=int, default=os.cpu_count(), metavar="N",
                        help="processes on this machine (default: one per core)")
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--scheduler", metavar="ADDRESS", help="tcp://HOST:PORT of a Dask scheduler")
    where.add_argument("--scheduler-file", type=pathlib.Path, metavar="FILE",
                       help="the file that a Dask scheduler wrote")
    parser.add_argument("--wait", type=float, default=300.0, metavar="SECONDS",
                        help="for the first worker of a scheduler (default: 300)")
    parser.add_argument("--shard-size", type=int, metavar="N", help="points or images per shard")
    parser.add_argument("--retries", type=int, default=3, metavar="N",
                        help="how often a shard may be run again whose worker was lost, or whose "
                        "program was killed (default: 3)")
    parser.add_argument("--dashboard", default="127.0.0.1:8787", metavar="ADDRESS",
                        help="where Dask shows its work, on this machine (default: %(default)s)")
    parser.add_argument("--quiet", action="store_true", help="print nothing but errors")
    return parser


def arguments(parser: argparse.ArgumentParser) -> tuple[argparse.Namespace, list[str]]:
    """Ours, and those behind `--`, which are the program's."""
    words = sys.argv[1:]
    at = words.index("--") if "--" in words else len(words)
    args, more = parser.parse_args(words[:at]), words[at + 1:]
    for word in more:
        if word.partition("=")[0] in OURS:
            raise tables.Stop(tables.USAGE, f"{word} behind --: that is for this script to decide")
    size = 1 if args.shard_size is None else args.shard_size
    if args.workers < 1 or args.retries < 0 or size < 1:
        raise tables.Stop(tables.USAGE, "--workers and --shard-size must be at least 1, --retries 0")
    if not re.fullmatch(r"([^:]*:)?\d{1,5}", args.dashboard) or \
            int(args.dashboard.rpartition(":")[2]) > MOST_PORT:
        raise tables.Stop(tables.USAGE, f"--dashboard {args.dashboard}: must be HOST:PORT or PORT, "
                          f"with a port of 0 to {MOST_PORT}")
    if distributed is None:
        raise tables.Stop(tables.USAGE, "needs Dask: apt-get install python3-distributed, or run "
                          "`sim` itself, which uses all cores of one machine")
    return args, more


def shard_size(args, job: shards.Job, workers: int) -> int:
    """Choice: of a network, a chip in one piece if there are enough chips, for each piece calibrates
    the chip anew."""
    if args.shard_size:
        return args.shard_size
    if job.kind == "network":
        return max(1, math.ceil(job.items / math.ceil(workers / job.chips)))
    return max(1, min(MOST_POINTS, math.ceil(job.items / (PER_WORKER * workers))))


class Runner:
    """Hands out shards and keeps what comes back."""

    def __init__(self, client, job: shards.Job, args, progress):
        self.client, self.job, self.args, self.progress = client, job, args, progress
        self.prefix = f"aimc-{job.key[:16]}-"
        self.killed: collections.Counter = collections.Counter()  # how often the program was

    def on_event(self, event) -> None:
        """Says which shards went down with a worker."""
        _, message = event
        if message.get("action") != "remove-worker":
            return
        for key in message.get("processing-tasks", ()):
            if str(key).startswith(self.prefix):
                text = str(key)[len(self.prefix):].partition("/")[0]
                self.progress.note(f"worker {message['worker']} was lost; shard {text} goes to "
                                   "another one")

    def threads(self) -> int:
        return sum(w["nthreads"] for w in self.client.scheduler_info()["workers"].values())

    def submit(self, one: shards.Range):
        text = one.text(self.job.kind)
        return self.client.submit(shard_task.run, self.job.command, os.getcwd(), text,
                                  key=f"{self.prefix}{text}/{self.killed[one]}", pure=False)

    def run(self, todo: list[shards.Range]) -> None:
        """All of them, no more under way than there are workers for, and one: those that wait for a
        worker that is lost would count as its victims. The first that fails ends it."""
        waiting, under_way = list(reversed(todo)), {}
        self.client.subscribe_topic("all", self.on_event)
        done = distributed.as_completed(loop=self.client.loop)
        try:
            while waiting or under_way:
                while waiting and len(under_way) < max(1, self.threads()) + 1:
                    one = waiting.pop()
                    future = self.submit(one)
                    under_way[future] = one
                    done.add(future)
                future = next(done)
                one = under_way.pop(future)
                if not self.take(one, future):
                    waiting.append(one)
        finally:
            for future in under_way:
                future.cancel()
            self.client.unsubscribe_topic("all")

    def take(self, one: shards.Range, future) -> bool:
        """Keeps what came back; False: it is to be run again."""
        name = f"shard {one.text(self.job.kind)}"
        try:
            result = future.result()
        except concurrent.futures.CancelledError as error:
            raise tables.Stop(INTERNAL, f"{name}: the scheduler was lost; finished shards are kept"
                              ) from error
        except distributed.KilledWorker as error:
            raise tables.Stop(INTERNAL, f"{name}: {error.allowed_failures + 1} workers were lost "
                              f"while they ran it ({self.limit(error.allowed_failures)}); is there "
                              "memory enough? Finished shards are kept") from error
        finally:
            future.release()
        if result["code"] < 0:
            self.count_killed(one, f"{name}: the program on {result['host']} was killed by signal "
                              f"{-result['code']}")
            return False
        if result["code"] != 0:
            raise tables.Stop(result["code"], f"{name} on {result['host']}: {result['text']}")
        if shards.range_in(result["file"], self.job) != one:
            raise tables.Stop(tables.BAD_INPUT, f"{name} on {result['host']}: was made of other "
                              "files or by another program than those of this machine")
        shards.keep(self.job, result["name"], result["file"])
        self.progress.add(one.size)
        return True

    def limit(self, losses: int) -> str:
        """What to change for more losses: a scheduler that was there has its own setting."""
        theirs = self.args.scheduler or self.args.scheduler_file
        return f"{'distributed.scheduler.allowed-failures' if theirs else '--retries'} {losses}"

    def count_killed(self, one: shards.Range, what: str) -> None:
        """Says so, and ends the run when it was once too often."""
        self.killed[one] += 1
        times = self.killed[one]
        if times > self.args.retries:
            raise tables.Stop(INTERNAL, f"{what}, as in each of {times} tries (--retries "
                              f"{self.args.retries}); is there memory enough? Finished shards are "
                              "kept")
        self.progress.note(f"{what}; it is run again ({times} of {self.args.retries})")


def run_missing(args, job: shards.Job, done: list[shards.Range]) -> None:
    with dask_client.client_of(args) as client:
        try:
            client.wait_for_workers(1, timeout=args.wait)
        except (TimeoutError, distributed.TimeoutError) as error:
            raise tables.Stop(tables.USAGE, f"the scheduler has no workers after {args.wait:g} s"
                              ) from error
        shards.make_folder(job)
        workers = sum(w["nthreads"] for w in client.scheduler_info()["workers"].values())
        todo = shards.missing(job, done, shard_size(args, job, workers))
        progress = shard_progress.Progress(sum(one.size for one in todo),
                                           "points" if job.kind == "sweep" else "images", args.quiet)
        progress.note(f"{len(todo)} shards to run, {len(done)} there, {workers} workers"
                      + dask_client.dashboard(client))
        with progress:
            Runner(client, job, args, progress).run(todo)


def merge(args, job: shards.Job) -> int:
    """By the program, so that the results are written as those of a run in one process."""
    quiet = ["--quiet"] if args.quiet else []
    return shards.call([*job.command, *quiet, "--merge", str(job.folder), "--out", str(job.out)]
                       ).returncode


def interrupt(*_) -> None:
    raise KeyboardInterrupt


def work(kind: str, one_thread: str, doc: str) -> int:
    """@param one_thread  the option with which a shard keeps to one core"""
    args, more = arguments(parser_for(doc, kind, f"out/<{kind} name>"))
    command = [os.path.abspath(args.sim), kind, args.file, *more, one_thread, "1"]
    signal.signal(signal.SIGTERM, interrupt)
    job = None
    try:
        job = shards.job_of(command, args.out)
        done = shards.finished(job)
        if shards.missing(job, done, job.items):
            cloudpickle.register_pickle_by_value(shard_task)  # the workers do not have our scripts
            run_missing(args, job, done)
        return merge(args, job)
    except KeyboardInterrupt:
        kept = (f"{len(shards.finished(job))} finished shards are kept in {job.folder}; the same "
                "command goes on from there") if job else "nothing was run"
        print(f"\ninterrupted: {kept}", file=sys.stderr)
        return INTERRUPTED
