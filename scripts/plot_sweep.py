#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Draws results.json of `sim sweep`: heat maps of figures over two axes of the sweep, the others held where the
objective is best, and all points between error and hardware with their Pareto front.

    scripts/plot_sweep.py RESULTS.json [--x AXIS] [--y AXIS] [--metric FIGURE ...] [--fix AXIS=VALUE ...]
                          [--cost FIGURE] [--out FOLDER]

Writes heat_map.png and front.png. Axes and figures are columns of results.json; the last part of a key will do.
Exit codes: 2 command line, 3 bad input, 5 cannot be written."""
from __future__ import annotations

import argparse
import io
import math
import pathlib
import sys
import textwrap

from sweep_results import BadChoice, BadInput, Sweep, best_cells, chosen_axes, held, text_of
from whole_files import write


def new_figure(width: float, height: float):
    import matplotlib
    matplotlib.use("Agg")
    from matplotlib.figure import Figure
    matplotlib.rcParams.update({"font.family": "DejaVu Sans", "font.size": 9.5})
    return Figure(figsize=(width, height), layout="constrained")


def colour_scale(values: list[float]):
    """Logarithmic where values span more than a decade."""
    from matplotlib.colors import LogNorm, Normalize
    low, high = min(values), max(values)
    if low > 0.0 and high / low > 10.0:
        return LogNorm(low, high)
    return Normalize(low, high if high > low else low + 1.0)


def number_decades(axis) -> None:
    """Plain numbers at 1, 2 and 5 of a logarithmic axis."""
    from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator
    axis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axis.set_minor_locator(NullLocator())


def short(value: float) -> str:
    """A figure that fits a cell."""
    if value == 0.0:
        return "0"
    if 0.01 <= abs(value) < 10000.0:
        return f"{value:.3g}" if abs(value) < 1000.0 else f"{value:.0f}"
    mantissa, exponent = f"{value:.1e}".split("e")
    return f"{mantissa}e{int(exponent)}"


def draw_map(figure, axes, sweep: Sweep, cells: dict, x: str, y: str, metric: str) -> None:
    xs = [v for v in sweep.values(x) if any(v == cx for cx, _ in cells)]
    ys = [v for v in sweep.values(y) if any(v == cy for _, cy in cells)]
    grid = [[cells.get((vx, vy), {}).get(metric) for vx in xs] for vy in ys]
    known = [v for line in grid for v in line if v is not None]
    better = sweep.columns[metric].get("better", "lower")
    meaning = sweep.columns[metric].get("meaning", "")
    title = sweep.label(metric) + (": " + meaning if meaning else "")
    axes.set_title("\n".join(textwrap.wrap(title, 52)), fontsize=9.5, loc="left")
    axes.set_facecolor("#e4e4e4")
    if not known:
        axes.annotate("no values", (0.5, 0.5), xycoords="axes fraction", ha="center", va="center", color="#666666")
    if known:
        norm = colour_scale(known)
        data = [[math.nan if v is None else v for v in line] for line in grid]
        shown = axes.imshow(data, norm=norm, cmap="viridis" if better == "higher" else "viridis_r", aspect="auto",
                            origin="lower")
        if min(known) < max(known):
            bar = figure.colorbar(shown, ax=axes, shrink=0.9, pad=0.02)
            if type(norm).__name__ == "LogNorm":
                number_decades(bar.ax.yaxis)
        small = len(xs) * len(ys) <= 200
        for j, line in enumerate(grid):
            for i, value in enumerate(line):
                if value is None:
                    axes.annotate("\u2013", (i, j), ha="center", va="center", color="#888888")
                elif small:
                    red, green, blue, _ = shown.cmap(norm(value))
                    dark = 0.3 * red + 0.59 * green + 0.11 * blue < 0.5
                    axes.annotate(short(value), (i, j), ha="center", va="center", fontsize=8,
                                  color="white" if dark else "black")
    axes.set_xticks(range(len(xs)), [text_of(v) for v in xs],
                    rotation=30 if max(len(text_of(v)) for v in xs) > 6 else 0, ha="right" if
                    max(len(text_of(v)) for v in xs) > 6 else "center")
    axes.set_yticks(range(len(ys)), [text_of(v) for v in ys])
    axes.set_xlabel(sweep.label(x))
    axes.set_ylabel(sweep.label(y))
    axes.tick_params(length=0)
    for side in axes.spines.values():
        side.set_visible(False)


def heat_maps(sweep: Sweep, x: str, y: str, metrics: list[str], fixes: list[str]):
    rows, fixed = held(sweep, x, y, fixes)
    cells = best_cells(sweep, rows, x, y)
    across = min(len(metrics), 2)
    down = -(-len(metrics) // across)
    wide = 1.6 + 0.62 * max(len({cx for cx, _ in cells}), 5)
    high = 1.1 + 0.42 * max(len({cy for _, cy in cells}), 5)
    figure = new_figure(max(across * wide, 7.2), down * high + 0.9)
    for axes, metric in zip(figure.subplots(down, across, squeeze=False).flat, metrics):
        draw_map(figure, axes, sweep, cells, x, y, metric)
    for axes in list(figure.axes)[len(metrics):down * across]:
        axes.set_visible(False)
    where = ", ".join(f"{name} {text_of(value)}" for name, value in fixed.items()) or "all points"
    several = " (best of several points)" if len(cells) < len(rows) else ""
    title = f"{sweep.name} on {sweep.config}{'' if sweep.complete else ' (incomplete)'}"
    figure.suptitle(title + "\n" + "\n".join(textwrap.wrap(f"at {where}{several}", int(figure.get_figwidth() * 13))), x=0.01, ha="left",
                    fontsize=10.5)
    return figure


def draw_front(sweep: Sweep, cost: str):
    """All points, and the front of each post unit as a staircase."""
    figure = new_figure(8.4, 5.4)
    axes = figure.subplots()
    good = [row for row in sweep.rows if row[cost] is not None and row[sweep.objective] is not None]
    axes.scatter([row[cost] for row in good], [row[sweep.objective] for row in good], s=9, color="#9db4c8",
                 linewidths=0, label=f"{len(good)} points", zorder=2)
    for (name, post), colour in zip([key for key in sweep.fronts if key[0] == cost], ("#c0392b", "#8e44ad")):
        front = sorted((sweep.points[i] for i in sweep.fronts[name, post]), key=lambda row: row[cost])
        axes.plot([row[cost] for row in front], [row[sweep.objective] for row in front], drawstyle="steps-post",
                  color=colour, linewidth=1.1, marker="o", markersize=4, zorder=3,
                  label=f"{post.upper()}: {len(front)} on the Pareto front")
    values = [row[sweep.objective] for row in good]
    if values and min(values) > 0.0 and max(values) / min(values) > 10.0:
        axes.set_yscale("log")
        number_decades(axes.yaxis)
    costs = [row[cost] for row in good]
    if costs and min(costs) > 0.0 and max(costs) / min(costs) > 6.0:
        axes.set_xscale("log")
        number_decades(axes.xaxis)
    axes.set_xlabel(sweep.label(cost) + (": " + sweep.columns[cost]["meaning"] if "meaning" in sweep.columns[cost]
                                         else ""))
    axes.set_ylabel(sweep.label(sweep.objective))
    axes.grid(color="#e0e0e0", linewidth=0.6, which="both")
    axes.set_axisbelow(True)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    axes.legend(frameon=False, fontsize=9)
    axes.set_title(f"{sweep.name} on {sweep.config}{'' if sweep.complete else ' (incomplete)'}", loc="left",
                   fontsize=10.5)
    return figure


def png(figure) -> bytes:
    """Without date or version: the same bytes again."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=150, metadata={"Software": None})
    return buffer.getvalue()


def pictures(given: argparse.Namespace) -> dict[str, bytes]:
    sweep = Sweep(given.results)
    made = {}
    metrics = [sweep.find(name, ("figure",), "--metric") for name in given.metric or
               dict.fromkeys([sweep.objective, "post_rmse_lsb"])]
    cost = sweep.find(given.cost, ("figure",), "--cost")
    if cost not in {name for name, _ in sweep.fronts}:
        raise BadChoice(f"--cost {cost}: must be one of " + ", ".join(dict.fromkeys(
            name for name, _ in sweep.fronts if name != "all")))
    if given.heat_map == "yes":
        x, y = chosen_axes(sweep, given.x, given.y)
        made["heat_map.png"] = png(heat_maps(sweep, x, y, metrics, given.fix or []))
    made["front.png"] = png(draw_front(sweep, cost))
    return made


def main() -> int:
    parser = argparse.ArgumentParser(description="Draws results.json of `sim sweep` as PNG.")
    parser.add_argument("results", type=pathlib.Path, metavar="results.json")
    parser.add_argument("--x", metavar="AXIS", help="default: the axis along which the objective moves most")
    parser.add_argument("--y", metavar="AXIS", help="default: the next")
    parser.add_argument("--metric", action="append", metavar="FIGURE",
                        help="of a heat map (repeatable; default: the objective and post_rmse_lsb)")
    parser.add_argument("--fix", action="append", metavar="AXIS=VALUE",
                        help="of the axes that are not on the map (default: where the objective is best)")
    parser.add_argument("--cost", default="hardware_bits", metavar="FIGURE", help="of the front")
    parser.add_argument("--heat-map", choices=("yes", "no"), default="yes", help="no: the front alone")
    parser.add_argument("--out", type=pathlib.Path, metavar="FOLDER", help="default: beside results.json")
    given = parser.parse_args()
    folder = given.out or given.results.parent
    try:
        made = pictures(given)
        write(folder, made)
    except BadInput as error:
        print(error, file=sys.stderr)
        return 3
    except BadChoice as error:
        print(f"plot_sweep.py: {error}", file=sys.stderr)
        return 2
    except ImportError as error:
        print(f"plot_sweep.py: {error.name} is missing; Debian has it as python3-{error.name}", file=sys.stderr)
        return 3
    except OSError as error:
        print(f"{folder}: cannot be written: {error.strerror}", file=sys.stderr)
        return 5
    print(", ".join(str(folder / name) for name in made))
    return 0


if __name__ == "__main__":
    sys.exit(main())
