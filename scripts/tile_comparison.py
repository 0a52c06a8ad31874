#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the tile with NMPU and FP16 unit over read modes, counters and lanes: who waits for whom?

Every time is measured by the cycle engine, with a source that always has a vector and a sink that
always takes one; only shares, ratios and "from how many lanes on" are computed here. Times do not
depend on the physics of the tile, so the runs skip the calibration; three presets are run to check
that. Writes tile_comparison.{json,md,png}; the JSON has every measured point.

  scripts/tile_comparison.py [--sim build/release/sim] [--out out] [--check | --update]

Exit codes: 0 done, 1 README.md or its plot differs from a fresh run, 2 usage, 3 README.md without
marks, 5 output cannot be written.
"""
import concurrent.futures
import dataclasses
import hashlib
import json
import os
import pathlib
import tempfile

import readme_tables as tables

NAME = "tile comparison"
PLOT = "traces/tile_comparison.png"
READS = {"one_phase": "one phase", "four_phase": "four phases"}
UNITS = {"nmpu": "NMPU", "ldpu": "FP16"}
LANES = (1, 2, 3, 4, 8, 16, 32, 64, 100, 128, 256)  # 3 and 100 do not divide 256 columns
STATES = ("reading", "input_starved", "post_busy", "output_blocked", "drain")
BASE = "hermes_256_one_phase"
QUICK = ("calibration.method=fixed", "adc.current_ratio=1", "nmpu.scale_exponent=0")
N = 24  # MVMs: the difference between runs of 2 N and of N is the steady state


@dataclasses.dataclass(frozen=True)
class Case:
    """A tile: how it reads, whether its counters have two banks, and its post unit."""
    read: str
    double_buffered: bool
    unit: str
    lanes: int | None = None  # None: the default of the unit

    def settings(self) -> list[str]:
        lanes = [] if self.lanes is None else [f"{self.unit}.lanes={self.lanes}"]
        return [f"read.mode={self.read}", f"post={self.unit}", *lanes,
                f"controller.double_buffered={str(self.double_buffered).lower()}"]


@dataclasses.dataclass(frozen=True)
class Point:
    """What was measured of a case."""
    case: Case
    lanes: int
    read_cycles: int   # A, of the array
    post_cycles: int   # N, of the post unit
    latency: int       # of one MVM in an empty tile  [cycles]
    interval: float    # between two MVMs in the steady state  [cycles]
    states: dict       # cycles of the array per MVM in the steady state, in its five states

    @property
    def share(self) -> dict:
        return {name: cycles / self.interval for name, cycles in self.states.items()}

    @property
    def array_limits(self) -> bool:
        """The array is the bottleneck: it never waits for the post unit, or, with one bank of
        counters, where each must wait for the other, it reads for the longer part."""
        if self.case.double_buffered:
            return self.states["post_busy"] == 0
        return self.states["reading"] >= self.states["post_busy"]

    @property
    def limit(self) -> str:
        return "array" if self.array_limits else "post unit"


def same(numbers: dict) -> int:
    """The value of a spread that must have only one."""
    if numbers["min"] != numbers["max"]:
        raise tables.Stop(tables.CHECK_FAILED, f"cycles differ from MVM to MVM: {numbers}")
    return numbers["min"]


def measure(sim: str, case: Case, preset: str = BASE, quick=QUICK) -> Point:
    """Three runs of the cycle engine: one MVM, N MVMs and 2 N MVMs back to back."""
    with tempfile.TemporaryDirectory() as folder:
        def run(mvms: int, name: str = "report.json") -> dict:
            command = [tables.preset(preset), *tables.settings([*quick, *case.settings()])]
            return tables.run_sim(sim, [*command, "--engine", "cycle", "--mvms", str(mvms)], folder,
                                  name)
        one, some, more = run(1), run(N), run(2 * N)
        config = json.loads((pathlib.Path(folder) / "effective_config.json").read_text())
    cycles = [report["throughput"]["cycles_total"] for report in (some, more)]
    states = [report["throughput"]["states"] for report in (some, more)]
    steady = {name: (states[1][name] - states[0][name]) / N for name in STATES}
    interval = (cycles[1] - cycles[0]) / N
    reported = more["throughput"]["initiation_interval_cycles"]
    if interval != reported or sum(steady.values()) != interval:
        raise tables.Stop(tables.CHECK_FAILED, f"{case}: no steady state after {N} MVMs")
    stages = more["latency"]["stage_cycles"]
    return Point(case, config[case.unit]["lanes"], same(stages["read"]), same(stages["post"]),
                 same(one["latency"]["mvm_cycles"]), interval, steady)


def measure_all(pool, sim: str, cases) -> dict:
    return dict(zip(cases, pool.map(lambda case: measure(sim, case), cases)))


def check_physics(pool, sim: str) -> None:
    """The times of a calibrated tile and of an ideal one are those of the quick runs."""
    cases = [Case("one_phase", True, "nmpu"), Case("one_phase", True, "ldpu")]
    for case in cases:
        quick, calibrated, ideal = pool.map(lambda how, case=case: measure(sim, case, *how), [
            (BASE,), (BASE, ()), ("ideal_256", ())])
        if not quick == calibrated == ideal:
            raise tables.Stop(tables.CHECK_FAILED,
                              f"times depend on the physics: {quick}, {calibrated}, {ideal}")


def fewest_lanes(sim: str, points: list) -> int:
    """From how many lanes on the array is the bottleneck; by bisection inside the sweep's steps."""
    case = points[0].case
    low = max((p.lanes for p in points if not p.array_limits), default=0)
    high = min(p.lanes for p in points if p.array_limits)
    while high - low > 1:
        middle = (low + high) // 2
        point = measure(sim, dataclasses.replace(case, lanes=middle))
        low, high = (low, middle) if point.array_limits else (middle, high)
    return high


def groups():
    return [(read, double, unit) for read in READS for double in (True, False) for unit in UNITS]


def measured(sim: str) -> dict:
    """All points: group -> {"default": Point, "sweep": [Point], "array_limits_from": lanes}."""
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        check_physics(pool, sim)
        points = measure_all(pool, sim, [Case(*group, lanes) for group in groups()
                                         for lanes in (None, *LANES)])
        sweeps = {group: [points[Case(*group, lanes)] for lanes in LANES] for group in groups()}
        lanes = dict(zip(sweeps, pool.map(lambda sweep: fewest_lanes(sim, sweep), sweeps.values())))
    return {group: {"default": points[Case(*group)], "sweep": sweeps[group],
                    "array_limits_from": lanes[group]} for group in groups()}


def gain(all_points: dict, read: str, double: bool) -> float:
    interval = {unit: all_points[read, double, unit]["default"].interval for unit in UNITS}
    return interval["ldpu"] / interval["nmpu"]


def as_json(all_points: dict) -> dict:
    def entry(point: Point) -> dict:
        return {"lanes": point.lanes, "read_cycles": point.read_cycles,
                "post_cycles": point.post_cycles, "latency_cycles": point.latency,
                "initiation_interval_cycles": point.interval, "state_shares": point.share,
                "limit": point.limit}
    comparisons = [{"read": read, "double_buffered": double, "unit": unit,
                    "default": entry(group["default"]),
                    "array_limits_from": group["array_limits_from"],
                    "gain_nmpu_over_ldpu": gain(all_points, read, double),
                    "sweep": [entry(point) for point in group["sweep"]]}
                   for (read, double, unit), group in all_points.items()]
    return {"format": "aimc-tile-comparison/1", "engine": "cycle",
            "command": "scripts/tile_comparison.py",
            "runs": " ".join(["build/release/sim", f"configs/tile/{BASE}.json",
                              *tables.settings(QUICK), "--engine cycle"]),
            "comparisons": comparisons}


def as_text(all_points: dict) -> str:
    """The table of the default lanes, and where the bottleneck goes with the lanes."""
    rows = []
    for (read, double, unit), group in all_points.items():
        point = group["default"]
        first = unit == "nmpu"
        rows.append([READS[read] if first else "", ("two" if double else "one") if first else "",
                     f"{UNITS[unit]}, {point.lanes} lanes", point.post_cycles, point.latency,
                     f"{point.interval:g}", f"{100 * point.share['reading']:.1f}",
                     f"{100 * point.share['post_busy']:.1f}", point.limit,
                     f"{gain(all_points, read, double):.1f}x" if first else "",
                     group["array_limits_from"]])
    head = ["read", "banks of counters", "post unit", "post [cycles]", "latency [cycles]",
            "initiation interval [cycles]", "array reads [%]", "waits for post unit [%]",
            "bottleneck", "NMPU faster by", "array-bound from [lanes]"]
    return tables.table(head, rows)


def digest(all_points: dict) -> str:
    """Of the measured points; the plot carries it, so that a stale plot shows."""
    return "points " + hashlib.sha256(json.dumps(as_json(all_points)).encode()).hexdigest()


def main() -> int:
    parser = tables.parser_for(__doc__)
    parser.add_argument("--out", type=pathlib.Path, default=tables.ROOT / "out",
                        help="folder of the results (default: out)")
    options = parser.parse_args()
    if not options.check:
        import tile_comparison_plot  # here: comparing does without matplotlib
    points = measured(options.sim)
    text, mark = as_text(points), digest(points)
    if options.check:
        shown = options.readme.parent / PLOT
        if not shown.is_file() or mark.encode() not in shown.read_bytes():
            raise tables.Stop(tables.CHECK_FAILED, f"{shown}: does not show what a fresh run gives "
                              "(--update draws it again)")
        return tables.hold_to(options.readme, NAME, text, False)
    picture = tile_comparison_plot.png(points, mark)
    tables.write_files(options.out, {
        "tile_comparison.json": (json.dumps(as_json(points), indent=1) + "\n").encode(),
        "tile_comparison.md": text.encode(), "tile_comparison.png": picture})
    print(text, end="")
    if options.update:
        tables.write_files(options.readme.parent / "traces", {pathlib.Path(PLOT).name: picture})
        return tables.hold_to(options.readme, NAME, text, True)
    return 0


if __name__ == "__main__":
    raise SystemExit(tables.main_of(main))
