#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the tile over its device models, ages, wires and noise modes and prints the tables of README.md.

Every number comes out of `sim`; nothing here computes. `--check` compares with what README.md shows.

  scripts/physics_tables.py [--sim build/release/sim] [--check | --update]
"""
import sys
import tempfile

from readme_tables import hold_to, main_of, parser_for, preset, run_sim, settings, table

NAME = "physics tables"
ONE_PHASE, FOUR_PHASE = "hermes_256_one_phase", "hermes_256_four_phase"
AGES = [(0, "t_0"), (3600, "1 h"), (86400, "1 day"), (2592000, "30 days")]


class Runner:
    def __init__(self, sim: str, folder: str):
        self.sim, self.folder = sim, folder

    def run(self, config: str, *sets: str) -> dict:
        return run_sim(self.sim, [preset(config), "--engine", "function", "--mvms", "256", *settings(sets)],
                       self.folder)

    def budget(self, config: str, *sets: str) -> dict:
        return run_sim(self.sim, ["budget", preset(config), "--mvms", "256", *settings(sets)], self.folder,
                       "budget.json")


def error(report: dict) -> str:
    return "%.2f" % (100.0 * report["accuracy"]["mvm"]["rel_l2"])


def percent(share: float) -> str:
    return "%.1f" % (round(100.0 * share, 1) + 0.0)  # never "-0.0"


def devices(run: Runner) -> str:
    kinds = [("ideal", ["device.model=ideal"]),
             ("`hermes`, two devices", []),
             ("`hermes`, one device", ["device.devices_per_polarity=1"]),
             ("`hermes`, two, `write_verify`", ["device.programming=write_verify"]),
             ("`hermes`, two, faulty", ["device.faults.stuck_reset_rate=0.0019", "device.faults.stuck_set_rate=0.0001"]),
             ("`pcm_like`, 25 uS", ["device.model=pcm_like", "device.devices_per_polarity=1"])]
    rows = []
    for name, sets in kinds:
        fresh = run.run(ONE_PHASE, *sets)
        day = run.run(ONE_PHASE, *sets, "device.age_s=86400")
        programming = fresh["crossbar"]["programming"]
        cycles = "%.1f M" % (programming["cycles"] / 1e6)
        bound = "" if programming["mode"] == "write_verify" else "at most "
        rows.append([name, error(fresh), error(day), bound + cycles if programming["cycles"] else "-"])
    return table(["device", "error at t_0 [%]", "calibrated after a day [%]", "programming [cycles]"], rows)


def ageing(run: Runner) -> str:
    schedule = ["ageing.schedule_s=%s" % [age for age, _ in AGES[1:]]]
    kinds = [("nothing", []),
             ("one factor for the tile", ["ageing.compensation=global"]),
             ("one factor per column", ["ageing.compensation=per_column"]),
             ("calibrated anew", ["ageing.recalibrate_s=%s" % [age for age, _ in AGES[1:]]])]
    rows = []
    for name, sets in kinds:
        ages = run.run(ONE_PHASE, *schedule, *sets)["ageing"]
        cost = "%d vectors, %d cycles" % (ages[-1]["vectors"], ages[-1]["cycles"]) if ages[-1]["vectors"] else "-"
        rows.append([name, *("%.2f" % (100.0 * age["layers"][0]["error"]["rel_l2"]) for age in ages), cost])
    return table(["done about drift", *("%s [%%]" % name for _, name in AGES), "cost each time"], rows)


def wires(run: Runner) -> str:
    rows = []
    for ohm in (0.15, 1.0):
        for model in ("none", "first_order", "ladder"):
            report = run.run(ONE_PHASE, "crossbar.ir_drop=" + model, "crossbar.wire_ohm=%g" % ohm)
            drop = report["crossbar"].get("ir_drop", {"least": 1.0, "mean": 1.0})
            rows.append(["%g" % ohm, "`%s`" % model, "%.2f" % (100.0 * drop["least"]), "%.2f" % (100.0 * drop["mean"]),
                         error(report)])
    return table(["ohm per row", "model", "least share [%]", "mean share [%]", "error [%]"], rows)


def noise(run: Runner) -> str:
    rows = []
    for mode in ("none", "per_column", "per_segment", "per_cell"):
        setting = "device.read_noise=" + mode
        rows.append(["`%s`" % mode, *(error(run.run(config, setting)) for config in (ONE_PHASE, FOUR_PHASE)),
                     error(run.run(ONE_PHASE, setting, "adc.integration=charge"))])
    return table(["read noise", "one phase [%]", "four phases [%]", "one phase, `charge` [%]"], rows)


def budgets(run: Runner) -> str:
    runs = [run.budget(ONE_PHASE), run.budget(ONE_PHASE, "device.age_s=86400"), run.budget(FOUR_PHASE)]
    layers = [one["layers"][0] for one in runs]
    rows = []
    for i, source in enumerate(layers[0]["sources"]):
        cells = [layer["sources"][i] for layer in layers]
        if any(cell["present"] for cell in cells):
            rows.append([source["name"], *(percent(cell["share"]) if cell["present"] else "-" for cell in cells)])
    rows.append(["all on, rel. L2 [%]", *("%.2f" % (100.0 * layer["all"]["rel_l2"]) for layer in layers)])
    return table(["share of the squared MVM error [%]", "one phase, t_0", "one phase, a day", "four phases, t_0"], rows)


def text(run: Runner) -> str:
    parts = [("Devices", devices), ("Ageing", ageing), ("IR drop", wires), ("Read noise", noise),
             ("Error budget", budgets)]
    return "\n".join("%s:\n\n%s" % (name, make(run)) for name, make in parts)


def main() -> int:
    options = parser_for(__doc__).parse_args()
    with tempfile.TemporaryDirectory() as folder:
        fresh = text(Runner(options.sim, folder))
    if options.check or options.update:
        return hold_to(options.readme, NAME, fresh, options.update)
    print(fresh, end="")
    return 0


if __name__ == "__main__":
    sys.exit(main_of(main))
