# SPDX-License-Identifier: Apache-2.0
"""How the time per MVM grows with the tile: a + b cols + c rows cols, fitted to the rows size/..."""
import dataclasses
import re

import bench_rows
import readme_tables

try:
    import numpy as np
except ImportError:
    np = None

SIZE = re.compile(r"size/(\w+)/(\d+)x(\d+)$")
TERMS = 3


@dataclasses.dataclass
class Fit:
    """Microseconds; `residuals` are relative to what was measured: (rows, cols, measured, relative)."""
    case: str
    a: float
    b: float
    c: float
    residuals: list[tuple[int, int, float, float]]

    @property
    def worst(self) -> float:
        """The largest residual, without its sign."""
        return max(abs(r[3]) for r in self.residuals)

    @property
    def worst_of_squares(self) -> float:
        """The same of a fit to the square sizes alone, which cannot tell rows from columns."""
        squares = [r for r in self.residuals if r[0] == r[1]]
        return fitted(self.case, [r[:3] for r in squares]).worst


def least_squares(sizes, times):
    """a, b, c of the smallest sum of squared relative residuals. @param sizes  [(rows, cols)]"""
    if np is None:
        raise readme_tables.Stop(readme_tables.USAGE, "numpy is missing: apt install python3-numpy")
    sizes, times = np.asarray(sizes, float), np.asarray(times, float)
    terms = np.stack([np.ones(len(times)), sizes[:, 1], sizes[:, 0] * sizes[:, 1]], axis=1)
    # Columns of one size: rows x cols is a million times the constant.
    scale = np.abs(terms / times[:, None]).max(axis=0)
    found, *_ = np.linalg.lstsq(terms / times[:, None] / scale, np.ones(len(times)), rcond=None)
    return found / scale


def fits(rows) -> list[Fit]:
    """One per case that was measured at more sizes than there are unknowns. Times come from ratios to
    the plain product next to each job, at the median speed of the plain product: a machine that slows
    down for a while bends no fit."""
    plain = bench_rows.median(row.counters.get("plain_per_cpu_s") for row in rows.values())
    cases = {}
    for row in rows.values():
        match = SIZE.match(row.name)
        if match:
            per_s = row.ratio * plain if row.ratio and plain else row.cpu
            case, n_rows, n_cols = match.groups()
            cases.setdefault(case, []).append((int(n_rows), int(n_cols), 1e6 / per_s))
    return [fitted(case, measured) for case, measured in cases.items() if len(measured) > TERMS]


def fitted(case: str, measured) -> Fit:
    """@param measured  [(rows, cols, us)]"""
    a, b, c = least_squares([m[:2] for m in measured], [m[2] for m in measured])
    return Fit(case, a, b, c, [(n_rows, n_cols, time, (a + b * n_cols + c * n_rows * n_cols) / time - 1)
                               for n_rows, n_cols, time in measured])


def text(fit: Fit) -> str:
    """The fit and what it leaves at each size."""
    lines = [f"growth, {fit.case}, one-phase, avx2, 1 thread: time per MVM = {fit.a:.3f} us "
             f"+ {fit.b * 1e3:.3f} ns cols + {fit.c * 1e6:.2f} ps rows cols"]
    for n_rows, n_cols, time, relative in fit.residuals:
        lines.append(f"    {f'{n_rows} x {n_cols}':>12}  {time:10.2f} us measured  "
                     f"{time * (1 + relative):10.2f} us fitted  {relative:+7.1%}")
    return "\n".join(lines)
