# SPDX-License-Identifier: Apache-2.0
"""Read what a laboratory writes down of an ADC: text tables and .npy arrays.

Every reader gives plain numbers with the place they come from; what is wrong ends in a LabError
that names file, line and field.
"""
import math

import numpy as np

MAX_BYTES = 256 << 20  # Choice: above any sweep seen; a larger file is a mistake
LAYOUTS = ("auto", "wide", "long", "samples")
COLUMN_NAMES = ("column", "col", "channel")


class LabError(Exception):
    """A wrong input file; the message names it and the place in it."""


class Sample:
    """One recorded code: array column, input, code (perhaps a mean already), and its place."""
    __slots__ = ("column", "input", "code", "place")

    def __init__(self, column, value, code, place):
        self.column, self.input, self.code, self.place = column, value, code, place


def fail(path, place, message):
    raise LabError("%s: %s%s" % (path, place + " " if place else "", message))


def _lines(path):
    """(line number, text) of lines that are neither empty nor comments."""
    try:
        if path.stat().st_size > MAX_BYTES:
            fail(path, "", "has %d bytes, must have at most %d" % (path.stat().st_size, MAX_BYTES))
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        fail(path, "", "cannot be read: %s" % error.strerror)
    except UnicodeDecodeError as error:
        fail(path, "byte %d" % error.start, "is not UTF-8 text")
    for number, line in enumerate(text.split("\n"), start=1):
        line = line.rstrip("\r").strip(" ")
        if line.strip() and not line.startswith("#"):
            yield number, line


def _separator(line):
    """The field separator of a file, from its first line; None is any white space."""
    return next((mark for mark in ";\t," if mark in line), None)


def _number(text, decimal_comma):
    """The finite number in a field, or None."""
    text = text.strip()
    if decimal_comma:
        text = text.replace(",", ".")
    if "_" in text:  # Python would read 1_000
        return None
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def read_table(path, decimal_comma=False):
    """(names or None, [(line, [numbers])]) of a text table; all rows have as many fields."""
    names, rows, separator, width = None, [], None, 0
    for number, line in _lines(path):
        if not width:
            separator = _separator(line)
            if decimal_comma and separator == ",":
                separator = None
        fields = [field.strip() for field in line.split(separator)]
        values = [_number(field, decimal_comma) for field in fields]
        if not width:
            width = len(fields)
            if width < 2:
                fail(path, "line %d" % number, "has one field, must have at least two; separators "
                     "are comma, semicolon, tab or space")
            if not any(value is not None for value in values) and not any(
                    field.lower().lstrip("+-") in ("nan", "inf", "") for field in fields):
                names = [field.strip('"') for field in fields]
                if len(set(names)) != width:
                    fail(path, "line %d" % number, "names a column twice")
                continue
        if len(fields) != width:
            fail(path, "line %d" % number, "has %d fields, must have %d" % (len(fields), width))
        if None in values:
            n = values.index(None)
            fail(path, "line %d, field %d" % (number, n + 1),
                 "is '%.40s', must be a finite number%s" % (
                     fields[n], " (--decimal-comma?)" if "," in fields[n] else ""))
        rows.append((number, values))
    if not rows:
        fail(path, "", "has no rows of numbers")
    return names, rows


def read_array(path, dimensions):
    """A numeric .npy array of finite numbers; never unpickles."""
    try:
        array = np.load(path, allow_pickle=False)
    except OSError as error:
        fail(path, "", "cannot be read: %s" % (error.strerror or error))
    except (ValueError, EOFError, SyntaxError, MemoryError) as error:
        fail(path, "", "is not an .npy array of numbers: %s" % str(error).split("\n")[0])
    if not isinstance(array, np.ndarray) or array.dtype.kind not in "iuf":
        fail(path, "", "is not an .npy array of numbers")
    if array.ndim not in dimensions or 0 in array.shape:
        fail(path, "", "has shape %s, must have %s dimensions" % (
            array.shape, " or ".join(map(str, dimensions))))
    array = array.astype(np.float64)
    wrong = np.argwhere(~np.isfinite(array))
    if len(wrong):
        fail(path, "index [%s]" % ", ".join(map(str, wrong[0])), "is not a finite number")
    return array


def _array_samples(path, inputs):
    """Samples of an array: [points x (1 + columns)], or [columns x points] with inputs [points]."""
    array = read_array(path, (1, 2) if inputs else (2,))
    if inputs is None:
        if array.shape[1] < 2:
            fail(path, "", "has shape %s, must be points x (1 + columns); or give --inputs" % (
                array.shape,))
        values, codes = array[:, 0], array[:, 1:].T
    else:
        values, codes = read_array(inputs, (1,)), np.atleast_2d(array)
        if codes.shape[1] != len(values):
            fail(path, "", "has %d points, %s has %d" % (codes.shape[1], inputs, len(values)))
    return [Sample(column, float(values[p]), float(codes[column, p]),
                   "point %d of column %d" % (p, column))
            for column in range(len(codes)) for p in range(len(values))]


def read_sweep(path, layout="auto", inputs=None, decimal_comma=False):
    """All samples of a sweep, in the order of the file.

    wide: input, code of column 0, code of column 1 ...   long: column, input, code
    samples: input, several codes of one column           auto: long if the header says column
    """
    if path.suffix == ".npy":
        return _array_samples(path, inputs)
    names, rows = read_table(path, decimal_comma)
    if layout == "auto":
        layout = "long" if names and names[0].lower() in COLUMN_NAMES else "wide"
    samples = []
    for line, values in rows:
        place = "line %d" % line
        if layout == "long":
            if len(values) != 3:
                fail(path, place, "has %d fields, must have 3: column, input, code" % len(values))
            if values[0] != int(values[0]) or values[0] < 0:
                fail(path, place, "is for column %g, must be a whole number from 0" % values[0])
            samples.append(Sample(int(values[0]), values[1], values[2], place))
        else:
            samples += [Sample(0 if layout == "samples" else n, values[0], code, place)
                        for n, code in enumerate(values[1:])]
    return samples


def read_histogram(path, codes, decimal_comma=False):
    """Counts [columns x codes]. Text: code, then the counts of each column; .npy: as returned."""
    if path.suffix == ".npy":
        counts = np.atleast_2d(read_array(path, (1, 2)))
        if counts.shape[1] != codes:
            fail(path, "", "has %d codes, must have %d (--code-bits)" % (counts.shape[1], codes))
        wrong = np.argwhere((counts < 0) | (counts != np.floor(counts)))
        if len(wrong):
            fail(path, "index [%d, %d]" % tuple(wrong[0]), "must be a whole count from 0")
        return counts
    _, rows = read_table(path, decimal_comma)
    counts, seen = np.zeros((len(rows[0][1]) - 1, codes)), {}
    for line, (code, *row) in rows:
        place = "line %d" % line
        if code != int(code) or not 0 <= code < codes:
            fail(path, place, "has code %g, must be a whole number 0 to %d" % (code, codes - 1))
        if code in seen:
            fail(path, place, "repeats code %d of line %d" % (code, seen[code]))
        if any(count < 0 or count != int(count) for count in row):
            fail(path, place, "has a count that is not a whole number from 0")
        seen[code] = line
        counts[:, int(code)] = row
    return counts
