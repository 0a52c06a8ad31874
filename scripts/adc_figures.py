# SPDX-License-Identifier: Apache-2.0
"""The four figures of scripts/plot_adc.py, from the JSON of `sim adc --json --full`."""
from pathlib import Path

import numpy as np
from matplotlib import pyplot
from matplotlib.collections import LineCollection
from matplotlib.lines import Line2D

COLORS = {"pos": "#0072B2", "neg": "#D55E00", "both": "#0072B2"}  # told apart by every eye
NAMES = {"pos": "positive", "neg": "negative", "both": "both polarities"}
AFTER = "#009E73"
MANY = 12        # from so many curves on, bands and thin lines
STEPS = 200      # of the percentile band


def lines(axes, curves, xy):
    """The curves, thin where they are many; rasterised then, so that an SVG stays small. In order of
    columns, so that no polarity covers the other."""
    many = len(curves) >= MANY
    axes.add_collection(LineCollection(
        [np.column_stack(xy(c)) for c in curves], colors=[COLORS[c["polarity"]] for c in curves],
        rasterized=many, linewidths=0.5 if many else 1.3,
        alpha=min(0.6, 0.15 + 20.0 / len(curves)) if many else 1.0))
    axes.autoscale_view()


def band(axes, curves, xy):
    """Median and 5 to 95 % over the curves. Where a tenth of them or more has no value they stop: the
    rest would be a choice of the curves that get so far."""
    if len(curves) < MANY:
        return
    values = [xy(c) for c in curves]
    at = np.linspace(min(x[0] for x, _ in values), max(x[-1] for x, _ in values), STEPS)
    grid = np.array([np.interp(at, x, y, left=np.nan, right=np.nan) for x, y in values])
    keep = np.isfinite(grid).sum(axis=0) > 0.9 * len(curves)
    low, middle, high = np.nanpercentile(grid[:, keep], [5, 50, 95], axis=0)
    axes.plot(at[keep], middle, color="black", linewidth=1.6)
    for edge in (low, high):
        axes.plot(at[keep], edge, color="black", linewidth=1.0, linestyle=(0, (4, 2)))


def keys_below(figure, keys):
    """A legend in one line below the panels, clear of the data. (matplotlib 3.6 has no "outside".)"""
    height = figure.get_size_inches()[1]
    figure.get_layout_engine().set(rect=(0.0, 0.35 / height, 1.0, 1.0 - 0.35 / height))
    figure.legend(handles=keys, loc="lower center", ncol=len(keys))


def legend(figure, curves, extra=()):
    keys = [Line2D([], [], color=COLORS[p], label=NAMES[p]) for p in NAMES
            if any(c["polarity"] == p for c in curves)]
    if len(curves) >= MANY:
        keys += [Line2D([], [], color="black", label="median over curves"),
                 Line2D([], [], color="black", linewidth=1.0, linestyle=(0, (4, 2)), label="5 and 95 % of curves")]
    keys_below(figure, keys + list(extra))


def start(data, what: str, mosaic: str, size):
    figure, axes = pyplot.subplot_mosaic(mosaic, figsize=size, layout="constrained")
    n = len(data["curves"])
    figure.suptitle(f"{what} of {data['kind']} ADC curves: {Path(data['file']).name} "
                    f"({n} curve{'s' if n > 1 else ''})", x=0.01, ha="left", fontweight="bold")
    return figure, axes


def panels(data, what, per_code, per_column):
    """Panels over codes and, where there are many curves, below them one over columns."""
    if len(data["curves"]) < MANY:
        return start(data, what, per_code, (10, 4))
    return start(data, what, per_code + ";" + per_column, (10, 6.4))


def transition_codes(curve):
    return np.arange(curve["first_code"] + 1, curve["last_code"] + 1)


def transfer(data):
    curves, nominal, unit = data["curves"], data["nominal_counts_per_input"], data["input_unit"]
    half = 0.5 if data["rounding"] == "nearest" else 0.0

    def points(c):
        return c["arrays"]["point_inputs"], c["arrays"]["point_codes"]

    def error(c, scale=1.0, offset=0.0):
        t = np.array(c["arrays"]["transition_inputs"])
        return t, scale * (transition_codes(c) - half) + offset - nominal * t

    def error_after(c):
        return error(c, c["correction"]["scale"], c["correction"]["offset_counts"])

    figure, axes = start(data, "Transfer", "ab;ac", (10, 5.4))
    lines(axes["a"], curves, points)
    end = max(c["arrays"]["point_inputs"][-1] for c in curves)
    top = max(max(c["arrays"]["point_codes"]) for c in curves)
    axes["a"].plot([0, min(end, 1.08 * top / nominal)], [0, nominal * min(end, 1.08 * top / nominal)],
                   color="black", linestyle=":", linewidth=1.5)
    axes["a"].set(xlabel=f"input [{unit}]", ylabel="code [counts]", title="recorded points, before correction")
    for name, xy, title in (("b", error, "error against nominal, before correction"),
                            ("c", error_after, "after each curve's own affine correction")):
        lines(axes[name], curves, xy)
        band(axes[name], curves, xy)
        axes[name].axhline(0.0, color="black", linewidth=1.0, linestyle=":")
        axes[name].set(xlabel=f"input [{unit}]", ylabel="error [counts]", title=title, xlim=(0, None))
    axes["b"].sharex(axes["c"])
    legend(figure, curves, [Line2D([], [], color="black", linestyle=":", linewidth=1.5,
                                   label=f"nominal, {nominal:.5g} counts/{unit}")])
    return figure


def over_columns(axes, curves, label, title):
    """An axis of whole columns."""
    columns = [c["column"] for c in curves]
    axes.set(xlabel="column", ylabel=label, title=title, xlim=(min(columns) - 0.5, max(columns) + 0.5))
    if len(curves) < MANY:
        axes.set_xticks(sorted(set(columns)))


def worst_by_column(axes, curves, key, label):
    """The two extremes of every curve against its column."""
    for end, marker in (("min", "v"), ("max", "^")):
        axes.scatter([c["column"] for c in curves], [c["best_fit"][key][end]["value"] for c in curves],
                     s=9 if len(curves) >= MANY else 40, marker=marker, alpha=0.6, linewidths=0,
                     c=[COLORS[c["polarity"]] for c in curves])
    axes.axhline(0.0, color="black", linewidth=0.7)
    over_columns(axes, curves, label, "best fit, least and largest of each curve")


def inl(data):
    curves = data["curves"]
    figure, axes = panels(data, "INL", "ab", "cc")
    for name, line, title in (("a", "best_fit", "best fit; the affine correction leaves it as it is"),
                              ("b", "end_point", "end point")):
        def values(c, line=line):
            return transition_codes(c), c["arrays"][line + "_inl_lsb"]
        lines(axes[name], curves, values)
        band(axes[name], curves, values)
        axes[name].axhline(0.0, color="black", linewidth=0.7)
        axes[name].set(xlabel="code", ylabel="INL [LSB]", title=title)
    if "c" in axes:
        worst_by_column(axes["c"], curves, "inl_lsb", "INL [LSB]")
    legend(figure, curves)
    return figure


def dnl(data):
    curves = data["curves"]

    def values(c):
        return transition_codes(c)[:-1], c["arrays"]["best_fit_dnl_lsb"]

    figure, axes = panels(data, "DNL", "a", "c")
    lines(axes["a"], curves, values)
    band(axes["a"], curves, values)
    axes["a"].axhline(0.0, color="black", linewidth=0.7)
    missing = sum(c["missing_codes"] for c in curves)
    axes["a"].set(xlabel="code", ylabel="DNL [LSB]",
                  title=f"best fit; the affine correction leaves it as it is; {missing} missing codes "
                        f"(DNL at or below {data['missing_code_dnl']:g})")
    if "c" in axes:
        worst_by_column(axes["c"], curves, "dnl_lsb", "DNL [LSB]")
    legend(figure, curves)
    return figure


def of_polarities(axes, curves, key, label):
    """Positive against negative of each column."""
    by_column = {}
    for c in curves:
        by_column.setdefault(c["column"], {})[c["polarity"]] = c["best_fit"][key]
    pairs = np.array([(v["pos"], v["neg"]) for v in by_column.values() if len(v) == 2])
    if len(pairs) < 3:
        axes.scatter([c["column"] for c in curves], [c["best_fit"][key] for c in curves], s=12, alpha=0.7,
                     linewidths=0, c=[COLORS[c["polarity"]] for c in curves])
        over_columns(axes, curves, label, "per column, before correction")
        return
    axes.scatter(*pairs.T, s=12, alpha=0.6, color="#555555", linewidths=0)
    margin = 0.04 * (pairs.max() - pairs.min())
    ends = (pairs.min() - margin, pairs.max() + margin)
    axes.plot(ends, ends, color="black", linewidth=0.7, linestyle="--")
    axes.set(xlabel=f"positive: {label}", ylabel=f"negative: {label}", xlim=ends, ylim=ends,
             title=f"the two polarities before correction, correlation {np.corrcoef(pairs.T)[0, 1]:.2f}")


def histogram(axes, curves, key, label, digits):
    """Before the correction, one colour per polarity; behind it what is left after it."""
    groups = [p for p in NAMES if any(c["polarity"] == p for c in curves)]
    before = [[c["best_fit"][key] for c in curves if c["polarity"] == p] for p in groups]
    after = [c["after_correction"]["best_fit"][key] for c in curves]
    axes.hist(before, bins=24, stacked=True, color=[COLORS[p] for p in groups], alpha=0.8)
    axes.axvspan(min(after), max(after), color=AFTER, linewidth=2.5)
    every = np.concatenate(before)
    axes.set(xlabel=label, ylabel="curves", title=f"before correction: mean {every.mean():.{digits}f}, "
                                                  f"sd {every.std():.{digits}f}")
    axes.yaxis.get_major_locator().set_params(integer=True)


def dots(axes, curves, key, label):
    """Few curves: each before and after, instead of a histogram."""
    columns = [c["column"] for c in curves]
    axes.scatter(columns, [c["best_fit"][key] for c in curves], s=50, linewidths=0,
                 c=[COLORS[c["polarity"]] for c in curves])
    axes.scatter(columns, [c["after_correction"]["best_fit"][key] for c in curves], s=50, linewidths=1.8,
                 edgecolors=AFTER, facecolors="none", zorder=4)
    over_columns(axes, curves, label, "before and after correction")


def spread(data):
    curves = data["curves"]
    many = len(curves) >= MANY
    figure, axes = start(data, "Gain and offset", "ab;cd" if many else "ab", (10, 7 if many else 4))
    for key, label, digits, top, bottom in (("gain", "gain relative to nominal", 4, "a", "c"),
                                            ("offset_counts", "offset [counts]", 2, "b", "d")):
        if many:
            histogram(axes[top], curves, key, label, digits)
            of_polarities(axes[bottom], curves, key, label)
        else:
            dots(axes[top], curves, key, label)
    dot = dict(linestyle="", marker="s" if many else "o", markersize=8)
    keys = [Line2D([], [], color=COLORS[p], label=f"{NAMES[p]}, before correction", **dot)
            for p in NAMES if any(c["polarity"] == p for c in curves)]
    keys.append(Line2D([], [], color=AFTER, linewidth=2.5, label="after correction, all curves") if many else
                Line2D([], [], color=AFTER, fillstyle="none", label="after correction", **dot))
    keys_below(figure, keys)
    return figure


ALL = (transfer, inl, dnl, spread)
