# SPDX-License-Identifier: Apache-2.0
"""results.json of `sim sweep`, and cuts through it."""
from __future__ import annotations

import json
import pathlib


class BadInput(Exception):
    """Of the results file: exit 3."""


class BadChoice(Exception):
    """Of the command line: exit 2."""


class Sweep:
    """results.json, checked, with its rows as dictionaries."""

    def __init__(self, path: pathlib.Path):
        try:
            document = json.loads(path.read_text(encoding="utf-8"))
        except OSError as error:
            raise BadInput(f"{path}: cannot be read: {error.strerror}") from error
        except ValueError as error:
            raise BadInput(f"{path}: is not JSON: {error}") from error
        if not isinstance(document, dict) or document.get("format") != "aimc-sweep-results/1":
            raise BadInput(f'{path}: is not a file of the format "aimc-sweep-results/1"')
        try:
            self.name, self.config = document["name"], document["config"]["name"]
            self.complete, self.objective = document["complete"], document["objective"]
            self.columns = {column["name"]: column for column in document["columns"]}
            self.rows = [dict(zip(self.columns, row, strict=True)) for row in document["rows"]]
            self.fronts = {(front["name"], front["post"]): front["points"] for front in document["fronts"]}
            self.kinds = {name: column["kind"] for name, column in self.columns.items()}
            sign = -1.0 if self.columns[self.objective].get("better") == "higher" else 1.0
        except (KeyError, TypeError, ValueError) as error:
            raise BadInput(f"{path}: is not whole: {error!r}") from error
        self.points = {row["index"]: row for row in self.rows}
        judged = [row for row in self.rows if row[self.objective] is not None]
        if not judged:
            raise BadInput(f"{path}: has no point with a value of {self.objective}")
        self.judge = lambda row: (row[self.objective] is None, sign * (row[self.objective] or 0.0), row["index"])
        self.best = min(judged, key=self.judge)

    def values(self, name: str) -> list:
        """All values of a column, numbers by size, texts as they first come."""
        found = list(dict.fromkeys(row[name] for row in self.rows))
        is_number = all(isinstance(v, (int, float)) and not isinstance(v, bool) for v in found if v is not None)
        return sorted((v for v in found if v is not None), key=float) if is_number else found

    def find(self, given: str, kinds: tuple[str, ...], what: str) -> str:
        """The column of this name, or the only one whose last part it is."""
        known = [name for name, kind in self.kinds.items() if kind in kinds]
        if given in known:
            return given
        short = [name for name in known if name.rsplit(".", 1)[-1] == given]
        if len(short) == 1:
            return short[0]
        raise BadChoice(f"{what} {given}: must be one of " + ", ".join(short or known))

    def label(self, name: str) -> str:
        """With its unit, and the keys that walk along with the same values."""
        axis, unit = self.columns[name].get("axis"), self.columns[name].get("unit", "")
        along = [other for other, column in self.columns.items() if other != name and axis is not None and
                 column.get("axis") == axis and all(row[other] == row[name] for row in self.rows)]
        return " = ".join([name] + along) + (f" [{unit}]" if unit else "")


def text_of(value) -> str:
    if value is None or isinstance(value, bool):
        return {None: "-", True: "true", False: "false"}[value]
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def chosen_axes(sweep: Sweep, given_x: str | None, given_y: str | None) -> tuple[str, str]:
    """What was asked for, else the two axes along which the objective moves most."""
    swept = [name for name, kind in sweep.kinds.items() if kind == "swept"]
    order = sorted(swept, key=lambda name: -moved_along(sweep, name))
    x, y = (sweep.find(given, ("swept", "derived"), flag) if given else None
            for given, flag in ((given_x, "--x"), (given_y, "--y")))
    for name in order:
        used = {axis_of(sweep, one) for one in (x, y) if one}
        if len(sweep.values(name)) < 2 or axis_of(sweep, name) in used:
            continue
        if x is None:
            x = name
        elif y is None:
            y = name
    if x is None or y is None:
        raise BadChoice("a heat map needs two axes with at least two values; this sweep has "
                        f"{'one' if x or y else 'none'} (--heat-map no draws the front alone)")
    if x == y or (axis_of(sweep, x) == axis_of(sweep, y) and sweep.kinds[x] == "swept"):
        raise BadChoice(f"--x {x} and --y {y} are one axis")
    return x, y


def moved_along(sweep: Sweep, name: str) -> float:
    """How far apart the means of the objective are over the values of an axis."""
    means = []
    for value in sweep.values(name):
        found = [row[sweep.objective] for row in sweep.rows if row[name] == value and row[sweep.objective] is not None]
        means += [sum(found) / len(found)] if found else []
    return max(means) - min(means) if means else 0.0


def axis_of(sweep: Sweep, name: str):
    """Columns that walk together have the same; a derived one has its own."""
    return sweep.columns[name].get("axis", name)


def same(value, text: str) -> bool:
    """Whether a value is what was written on the command line."""
    try:
        return value == json.loads(text)
    except ValueError:
        return str(value) == text


def held(sweep: Sweep, x: str, y: str, fixes: list[str]) -> tuple[list[dict], dict]:
    """The rows of a map, and what is the same in all of them."""
    asked = {}
    for fix in fixes:
        name, equals, text = fix.partition("=")
        if not equals:
            raise BadChoice(f"--fix {fix}: must be AXIS=VALUE")
        name = sweep.find(name, ("swept", "derived"), "--fix")
        values = sweep.values(name)
        found = [value for value in values if same(value, text)]
        if not found:
            raise BadChoice(f"--fix {name}={text}: must be one of " + ", ".join(map(text_of, values)))
        asked[name] = found[0]
    rows = [row for row in sweep.rows if all(row[name] == value for name, value in asked.items())]
    if not rows:
        raise BadChoice("--fix: no point has all these values")
    best = min(rows, key=sweep.judge)
    free = {axis_of(sweep, x), axis_of(sweep, y)}
    fixed = dict(asked)
    for name, kind in sweep.kinds.items():
        # with a derived axis on the map, an axis that it follows from has to move
        moves = "derived" in (sweep.kinds[x], sweep.kinds[y])
        if kind == "swept" and axis_of(sweep, name) not in free and not moves and len(sweep.values(name)) > 1:
            free.add(axis_of(sweep, name))  # the others of that axis say the same
            fixed.setdefault(name, best[name])
    rows = [row for row in rows if all(row[name] == value for name, value in fixed.items())]
    return rows, fixed


def best_cells(sweep: Sweep, rows: list[dict], x: str, y: str) -> dict:
    """(value of x, value of y) -> the row there; the best one if there are several."""
    cells: dict = {}
    for row in sorted(rows, key=sweep.judge, reverse=True):
        cells[row[x], row[y]] = row
    return cells
