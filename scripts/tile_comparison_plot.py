# SPDX-License-Identifier: Apache-2.0
"""The picture of scripts/tile_comparison.py: initiation interval against lanes."""
import io

try:
    import matplotlib
    matplotlib.use("Agg")
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D
except ImportError as error:
    from readme_tables import USAGE, Stop
    raise Stop(USAGE, f"{error.name} is missing: apt install python3-matplotlib") from error

TITLES = {"one_phase": "one-phase read", "four_phase": "four-phase read"}
NAMES = {"nmpu": "NMPU (fixed point)", "ldpu": "FP16 unit (LDPU)"}
SHORT = {"nmpu": "NMPU", "ldpu": "FP16"}
TICKS_LANES = (1, 2, 4, 8, 16, 32, 64, 128, 256)
TICKS_CYCLES = (100, 200, 500, 1000, 2000, 5000)
DASHES = (0, (4, 2))
# Safe for colour-blind readers (Okabe and Ito).
COLOURS = {"nmpu": "#0072B2", "ldpu": "#D55E00"}
WIDTHS = {"nmpu": 4.0, "ldpu": 1.8}  # where both are bound by the array, both can be seen
ARRAY = "#555555"
STYLE = {"font.family": "DejaVu Sans", "font.size": 10.5, "axes.titlesize": 11.5,
         "axes.titlelocation": "left", "axes.spines.top": False, "axes.spines.right": False}


def draw_lines(axes, groups: dict) -> None:
    """Interval against lanes; a diamond at the default lanes, a ring where the array takes over."""
    for (double, unit), group in groups.items():
        axes.plot([point.lanes for point in group["sweep"]],
                  [point.interval for point in group["sweep"]], color=COLOURS[unit],
                  linewidth=WIDTHS[unit] if double else 1.2, linestyle="-" if double else DASHES,
                  marker="o", markersize=WIDTHS[unit] + 2.5 if double else 2.5,
                  zorder=3 if double else 4)
        if double:
            default = group["default"]
            axes.plot(default.lanes, default.interval, marker="D", markersize=8.5, zorder=5,
                      color=COLOURS[unit], markeredgecolor="white")
            axes.plot(group["array_limits_from"], default.read_cycles, marker="o", markersize=13,
                      markerfacecolor="none", markeredgecolor=COLOURS[unit], markeredgewidth=1.8,
                      zorder=6)


def draw_words(axes, groups: dict) -> None:
    """What the lines cannot say: the array's own time, and from which lanes on it is longest."""
    array = groups[True, "nmpu"]["default"].read_cycles
    axes.axhline(array, color=ARRAY, linewidth=1.2, linestyle=":", zorder=1)
    axes.annotate(f"array alone: A = {array} cycles", (256, array), xytext=(4, -9), color=ARRAY,
                  textcoords="offset points", ha="right", va="top")
    for unit, place in (("nmpu", (-6, -10)), ("ldpu", (4, 50))):
        lanes = groups[True, unit]["array_limits_from"]
        axes.annotate(f"{SHORT[unit]}: array-bound\nfrom {lanes} lane{'s' * (lanes > 1)} on",
                      (lanes, array), xytext=place, textcoords="offset points",
                      va="bottom" if place[1] > 0 else "top", color=COLOURS[unit])


def draw_panel(axes, groups: dict, title: str) -> None:
    """One read mode. groups: (double_buffered, unit) -> what was measured."""
    draw_lines(axes, groups)
    draw_words(axes, groups)
    axes.set_title(title)
    axes.set_xscale("log", base=2)
    axes.set_yscale("log")
    axes.set_ylim(60, 6500)
    axes.set_xticks(TICKS_LANES, [str(lanes) for lanes in TICKS_LANES])
    axes.set_yticks(TICKS_CYCLES, [str(cycles) for cycles in TICKS_CYCLES])
    axes.minorticks_off()
    axes.grid(color="#e4e4e4", linewidth=0.6)
    axes.set_axisbelow(True)
    axes.set_xlabel("lanes of the post unit")


def legend_of(figure) -> None:
    lines = [Line2D([], [], color=COLOURS[unit], linewidth=WIDTHS[unit], label=name)
             for unit, name in NAMES.items()]
    lines += [Line2D([], [], color=ARRAY, linewidth=2.0, label="two banks of counters"),
              Line2D([], [], color=ARRAY, linewidth=1.2, linestyle=DASHES, label="one bank"),
              Line2D([], [], color=ARRAY, linewidth=0, marker="D", markersize=8, label="default")]
    figure.legend(handles=lines, loc="lower center", ncols=5, frameon=False,
                  handlelength=2.2, columnspacing=1.6)


def png(all_points: dict, description: str) -> bytes:
    """The picture, without date or version; `description` goes into it as text."""
    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(9.6, 4.7), layout="constrained")
        figure.get_layout_engine().set(rect=(0.0, 0.08, 1.0, 0.92))  # the legend is below
        panels = figure.subplots(1, 2, sharey=True)
        for axes, (read, title) in zip(panels, TITLES.items()):
            groups = {key[1:]: group for key, group in all_points.items() if key[0] == read}
            draw_panel(axes, groups, title)
        panels[0].set_ylabel("initiation interval [cycles per MVM]")
        legend_of(figure)
        buffer = io.BytesIO()
        figure.savefig(buffer, format="png", dpi=150,
                       metadata={"Software": None, "Description": description})
    return buffer.getvalue()
