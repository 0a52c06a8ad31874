#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Draws an error budget: budget.json of `sim budget` -> budget.png and budget.svg.

One row of panels per layer. Left: the error that each source makes by itself; right: its share of the squared
error with everything on. The same file gives the same bytes.

Exit codes: 0 done, 2 usage, 3 budget.json missing or wrong, 5 a picture cannot be written.
"""
import argparse
import io
import json
import pathlib
import sys

from whole_files import write

FORMAT = "aimc-budget/1"
LABELS = {"programming": "programming", "read_noise": "read noise", "drift": "drift", "ir_drop": "IR drop",
          "faults": "faults", "polarity": "polarity asymmetry", "adc_fixed": "ADC fixed error",
          "adc_noise": "ADC noise", "quantisation": "quantisation", "nmpu_rounding": "NMPU rounding",
          "ldpu_rounding": "LDPU rounding"}
# Colours by where a source sits: array, converters, digital. Safe for colour-blind readers (Okabe and Ito).
ARRAY, CONVERTER, DIGITAL, REST = "#0072B2", "#E69F00", "#009E73", "#999999"
GROUPS = {"device and array": ARRAY, "converters": CONVERTER, "digital": DIGITAL, "in no switch": REST}
COLOURS = {"adc_fixed": CONVERTER, "adc_noise": CONVERTER, "quantisation": DIGITAL, "nmpu_rounding": DIGITAL,
           "ldpu_rounding": DIGITAL}


class BadInput(Exception):
    """budget.json is not what it should be."""


def read_budget(path: pathlib.Path) -> dict:
    try:
        budget = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadInput(f"{path}: {error.strerror}") from error
    except ValueError as error:
        raise BadInput(f"{path}: is no JSON: {error}") from error
    if not isinstance(budget, dict) or budget.get("format") != FORMAT:
        raise BadInput(f'{path}: must have "format": "{FORMAT}", as `sim budget` writes it')
    try:
        if not budget["layers"]:
            raise BadInput(f"{path}: has no layers")
        for layer in budget["layers"]:
            bars_of(layer)
        budget["config"]["name"], budget["workload"]["mvms"], budget["seed"]["device"], budget["age_s"]
    except (KeyError, TypeError) as error:
        raise BadInput(f"{path}: is not a whole budget, {error} is missing or wrong") from error
    return budget


def bars_of(layer: dict) -> list[tuple[str, str, float | None, float | None]]:
    """(label, colour, error alone in LSB, share in %) from the top down; None: nothing to draw."""
    def percent(share: float | None) -> float | None:
        return None if share is None else 100.0 * share
    bars = []
    for source in layer["sources"]:
        if source["present"]:
            bars.append((LABELS[source["name"]], COLOURS.get(source["name"], ARRAY), float(source["alone"]["rmse_lsb"]),
                         percent(source["share"])))
    bars.append(("grid, ceiling, clips", REST, float(layer["none"]["rmse_lsb"]), percent(layer["residue"])))
    bars.append(("interaction", REST, None, percent(layer["interaction"])))
    float(layer["all"]["rmse_lsb"]), float(layer["all"]["rel_l2"] or 0.0), str(layer["name"])
    return bars


def figure_of(value: float, decimals: int) -> str:
    text = f"{value:.{decimals}f}"
    return text if float(text) != 0.0 else text.lstrip("-")  # a zero has no sign


def shortened(name: str, most: int = 18) -> str:
    return name if len(name) <= most else name[:most - 1] + "\u2026"


def draw_bars(axes, bars, column: int, decimals: int) -> None:
    """Horizontal bars with their figures at the end."""
    places = range(len(bars))
    values = [bar[column] for bar in bars]
    known = [0.0 if value is None else value for value in values]
    axes.barh(places, known, color=[bar[1] for bar in bars], height=0.68)
    span = max(max(known), 0.0) - min(min(known), 0.0) or 1.0
    for place, value in zip(places, values):
        if value is None:
            continue
        axes.annotate(figure_of(value, decimals), (max(value, 0.0), place), xytext=(4, 0), textcoords="offset points",
                      va="center", fontsize=8.5)
    axes.set_yticks(list(places), [bar[0] for bar in bars])
    axes.set_ylim(len(bars) - 0.4, -0.6)
    low = min(min(known), 0.0)
    if any(known):
        axes.set_xlim(low - (0.04 * span if low < 0.0 else 0.0), max(max(known), 0.0) + 0.16 * span)
    else:
        axes.set_xlim(0.0, 1.0)
    if all(value is None for value in values):
        axes.annotate("no error, nothing to share", (0.5, 0.5), xycoords="axes fraction", ha="center", va="center",
                      color="#666666")
    axes.axvline(0.0, color="black", linewidth=0.8)
    axes.grid(axis="x", color="#dddddd", linewidth=0.6)
    axes.set_axisbelow(True)
    axes.tick_params(axis="y", length=0)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)


def draw(budget: dict):
    import matplotlib
    matplotlib.use("Agg")
    from matplotlib.figure import Figure
    from matplotlib.patches import Patch
    matplotlib.rcParams.update({"svg.hashsalt": "aimc", "svg.fonttype": "none", "font.family": "DejaVu Sans",
                                "font.size": 9.5})
    rows = [bars_of(layer) for layer in budget["layers"]]
    heights = [0.29 * len(bars) + 0.95 for bars in rows]
    head, foot = 0.62, 0.42  # inches
    figure = Figure(figsize=(9.6, sum(heights) + head + foot), layout="constrained")
    total = figure.get_figheight()
    figure.get_layout_engine().set(rect=(0.005, foot / total, 0.985, 1.0 - (head + foot) / total), wspace=0.06,
                                   hspace=0.06)
    grid = figure.subplots(len(rows), 2, squeeze=False, gridspec_kw={"height_ratios": heights})
    for layer, bars, (left, right) in zip(budget["layers"], rows, grid):
        draw_bars(left, bars, 2, 3)
        draw_bars(right, bars, 3, 1)
        right.set_yticklabels([])
        every = layer["all"]
        name = f'{shortened(layer["name"])}: sources alone' if len(rows) > 1 else "Each source alone"
        relative = "" if every["rel_l2"] is None else f', {100.0 * every["rel_l2"]:.2f} %'
        left.set_title(f'{name} (all on: {every["rmse_lsb"]:.2f} LSB{relative})', loc="left", fontsize=10)
        right.set_title("Share of the squared error with all on", loc="left", fontsize=10)
        left.set_xlabel("rms error of y [LSB]")
        right.set_xlabel("share [%]")
    seed = budget["seed"]
    figure.text(0.012, 1.0 - 0.24 / total, f'Error budget of {budget["config"]["name"]}', fontsize=12.5, weight="bold",
                va="center")
    figure.text(0.012, 1.0 - 0.48 / total, f'{budget["workload"]["mvms"]} vectors, age {budget["age_s"]:g} s, seeds: '
                f'device {seed["device"]}, read {seed["read"]}', fontsize=9, color="#444444", va="center")
    used = {bar[1] for bars in rows for bar in bars}
    figure.legend(handles=[Patch(color=colour, label=name) for name, colour in GROUPS.items() if colour in used],
                  loc="lower center", ncols=4, frameon=False, fontsize=9)
    return figure


def pictures(figure) -> dict[str, bytes]:
    """Both as bytes, without date or version."""
    made = {}
    for kind, metadata in (("png", {"Software": None}), ("svg", {"Date": None, "Creator": None})):
        buffer = io.BytesIO()
        figure.savefig(buffer, format=kind, dpi=150, metadata=metadata)
        made[f"budget.{kind}"] = buffer.getvalue()
    return made


def main() -> int:
    parser = argparse.ArgumentParser(description="Draws budget.json of `sim budget` as PNG and SVG.")
    parser.add_argument("budget", type=pathlib.Path, metavar="budget.json")
    parser.add_argument("--out", type=pathlib.Path, metavar="FOLDER", help="default: beside budget.json")
    given = parser.parse_args()
    folder = given.out or given.budget.parent
    try:
        budget = read_budget(given.budget)
        write(folder, pictures(draw(budget)))
    except BadInput as error:
        print(error, file=sys.stderr)
        return 3
    except ImportError as error:
        print(f"plot_budget.py: {error.name} is missing; Debian has it as python3-{error.name}", file=sys.stderr)
        return 3
    except OSError as error:
        print(f"{folder}: cannot be written: {error.strerror}", file=sys.stderr)
        return 5
    print(f'{folder / "budget.png"}, {folder / "budget.svg"}')
    return 0


if __name__ == "__main__":
    sys.exit(main())
