# SPDX-License-Identifier: Apache-2.0
"""Result files of scripts/bench.sh: what Google Benchmark writes, with more rows of the same shape.

A row is all repetitions of one name. Its rate by the wall clock is what a user waits for; its rate by
processor time does not mind what else the machine does. Ratios to the plain product are by processor
time for one thread and by wall time for several; rows that time whole jobs carry the rate that the
plain product had just before and after each job.
"""
import dataclasses
import json
import pathlib
import re
import statistics

import readme_tables

PLAIN = "plain_product/avx2"
ROOMS = ("plain_product", "crossbar", "adc", "normals", "post", "read_batch", "reads",
         "function_engine", "size", "cycle_engine", "network", "memory")
SUFFIX = re.compile(r"(/(iterations|repeats|threads):\d+|/real_time|/manual_time)+$")
SHORT_S = 0.05  # a job shorter than this says little on a shared machine


@dataclasses.dataclass
class Row:
    """Medians of the repetitions; rates are MVM/s."""
    name: str
    wall: float
    cpu: float
    ratio: float | None        # to the plain product of the same run
    counters: dict[str, float]
    short: bool                # its jobs end before they can be timed well
    spread: float              # of the ratios: the largest over the smallest, less 1

    @property
    def several_threads(self) -> bool:
        """Whether processor time says nothing about how long it takes."""
        return self.name.endswith("_threads")

    @property
    def rate(self) -> float:
        """What ratios are made of."""
        return self.wall if self.several_threads else self.cpu


def median(values) -> float | None:
    """None of nothing."""
    values = [v for v in values if v is not None]
    return statistics.median(values) if values else None


def _counters(runs) -> dict[str, float]:
    taken = {"family_index", "per_family_instance_index", "repetitions", "repetition_index", "threads",
             "iterations", "real_time", "cpu_time", "items_per_second"}
    numbers = [key for key, value in runs[0].items()
               if key not in taken and isinstance(value, (int, float))]
    return {key: statistics.median(run[key] for run in runs) for key in numbers}


def _rates(run) -> tuple[float, float]:
    wall = run["items_per_second"]
    busy = run["cpu_time"] / run["real_time"] if run["real_time"] > 0 and run["cpu_time"] > 0 else 1.0
    return wall, run.get("mvms_per_cpu_s", wall / busy)


def _row(name, runs, plain) -> Row:
    rates = [_rates(run) for run in runs]
    row = Row(name, median(r[0] for r in rates), median(r[1] for r in rates), None, _counters(runs),
              "plain_per_cpu_s" in runs[0] and max(run["real_time"] for run in runs) < SHORT_S * 1e9,
              0.0)
    pick = 0 if row.several_threads else 1
    if name.startswith("memory/"):  # whole programs, and few vectors
        return row
    held = [(rate[pick], run.get("plain_per_cpu_s", plain)) for rate, run in zip(rates, runs)]
    ratios = [rate / base for rate, base in held if base]
    row.ratio = median(ratios)
    row.spread = max(ratios) / min(ratios) - 1 if ratios else 0.0
    return row


def rows_of(report) -> dict[str, Row]:
    """Name -> row, in the order of the table."""
    runs = {}
    for run in report["benchmarks"]:
        if run.get("run_type") == "iteration" and not run.get("error_occurred"):
            runs.setdefault(SUFFIX.sub("", run["name"]), []).append(run)
    plain = median(_rates(run)[1] for run in runs.get(PLAIN, []))
    return {name: _row(name, runs[name], plain) for name in sorted(runs, key=order)}


def order(name: str):
    """The walk of the data; sizes by size; the run itself is in random order."""
    room = next((i for i, room in enumerate(ROOMS) if name.startswith(room)), len(ROOMS))
    return room, [int(part) if part.isdigit() else part for part in re.split(r"(\d+)", name)]


def load(path) -> dict:
    """Reads a result file. Throws Stop: it cannot be read, or is not one."""
    path = pathlib.Path(path)
    try:
        report = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not text"
        raise readme_tables.Stop(readme_tables.BAD_INPUT, f"{path}: cannot be read: {reason}") from error
    except json.JSONDecodeError as error:
        raise readme_tables.Stop(readme_tables.BAD_INPUT, f"{path}: not JSON: {error}") from error
    problem = _problem(report)
    if problem:
        raise readme_tables.Stop(readme_tables.BAD_INPUT,
                                 f"{path}: not a result of scripts/bench.sh: {problem}")
    return report


def _problem(report) -> str | None:
    if not isinstance(report, dict) or not isinstance(report.get("context"), dict):
        return "no object \"context\""
    runs = report.get("benchmarks")
    if not isinstance(runs, list):
        return "no list \"benchmarks\""
    for i, run in enumerate(runs):
        if not isinstance(run, dict) or not isinstance(run.get("name"), str):
            return f"benchmarks[{i}] has no name"
        if run.get("run_type") != "iteration" or run.get("error_occurred"):
            continue
        for key in ("items_per_second", "real_time", "cpu_time"):
            value = run.get(key)
            if not isinstance(value, (int, float)) or isinstance(value, bool):
                return f"{run['name']}: \"{key}\" is not a number"
        if run["items_per_second"] <= 0:
            return f"{run['name']}: \"items_per_second\" is {run['items_per_second']}, not above 0"
    if not any(run.get("run_type") == "iteration" for run in runs):
        return "no row was measured"
    return None


def made_row(name: str, items: float, wall_s: float, cpu_s: float, **counters) -> dict:
    """A row of another program, as Google Benchmark would have written it."""
    return {"name": name, "run_name": name, "run_type": "iteration", "iterations": 1, "time_unit": "ns",
            "real_time": wall_s * 1e9, "cpu_time": cpu_s * 1e9, "items_per_second": items / wall_s,
            **counters}
