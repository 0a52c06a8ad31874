# SPDX-License-Identifier: Apache-2.0
"""Golden traces that no run wrote: exit code 3, which is not the 1 of a run that differs."""
import subprocess

from .case import Case
from .sim import BAD_INPUT, SIM, tile

TINY = tile("tiny_4x4")


def lines_of(folder):
    """A good trace: 8 header lines and 4 affine ones, then 32 events."""
    path = folder / "good.trace"
    subprocess.run([SIM, TINY, "--trace", str(path), "--out", str(folder / "good"), "--quiet"], check=True)
    return path.read_text().split("\n")


def find(lines, start):
    return next(i for i, line in enumerate(lines) if line.startswith(start))


def edited(edit):
    """A file g.trace: the good one after edit(lines)."""
    def make(folder):
        lines = lines_of(folder)
        (folder / "g.trace").write_text("\n".join(edit(lines) or lines))
    return make


def swap(lines):
    lines[-2], lines[-3] = lines[-3], lines[-2]


def replace(start, old, new):
    def edit(lines):
        at = find(lines, start)
        assert old in lines[at], lines[at]
        lines[at] = lines[at].replace(old, new, 1)
    return edit


def without(start):
    return lambda lines: lines.pop(find(lines, start)) and None


#: name, edit of the lines, words on stderr
TABLE = [
    ("not a trace", lambda lines: ["hello", ""], ["line 1", '"# aimc-trace/1"']),
    ("empty trace", lambda lines: [""], ["line 1", '"# aimc-trace/1"']),
    ("another version", replace("# aimc", "/1", "/2"), ["line 1", '"# aimc-trace/1"']),
    ("cut header", lambda lines: lines[:3] + [""], ["line 4", "is missing", "# seed"]),
    ("cut affine lines", lambda lines: lines[:7] + [""], ["line 8", "is missing", "# affine"]),
    ("cut line", lambda lines: lines[:-1], ["is cut", "line feed"]),
    ("no widths", without("# widths"), ["line 6", "# widths"]),
    ("no seeds", without("# seed"), ["line 4", "# seed"]),
    ("seed is not a number", replace("# seed", "device=1", "device=x"), ["line 4", '"x"', "decimal"]),
    ("mvms is not a number", replace("# mvms", "8", "8.5"), ["line 3", '"8.5"', "decimal"]),
    ("width of 99 bits", replace("# widths", "count=24", "count=99"), ["line 6", "1 to 32 bits"]),
    ("unknown branch", replace("# nmpu", "polarity", "twig"), ["line 7", '"twig"', "branch"]),
    ("affine columns not in order", replace("# affine 2", "affine 2", "affine 3"), ["line 10", "columns must be"]),
    ("affine word is not a number", replace("# affine 2", "128", "0x80"), ["line 10", '"0x80"', "decimal"]),
    ("not sorted", swap, ["line 43", "out of order", "sorted by cycle"]),
    ("upper-case hex", replace("0 dac 0", "30640edd", "30640EDD"), ["line 12", "x=", "lower-case hex"]),
    ("not hex", replace("0 dac 0", "30640edd", "30640edg"), ["line 12", "x=", "lower-case hex"]),
    ("a digit is missing", replace("0 dac 0", "30640edd", "30640ed"), ["line 12", "x=", "2 digits per value"]),
    ("a column is missing", replace("138 nmpu 0", "y=81", "y="), ["y= has 3 values, must have 4"]),
    ("unknown stage", replace("0 dac 0", "dac", "pwm"), ["line 12", 'unknown stage "pwm"']),
    ("a word is missing", replace("138 out 0", "out 0 ", ""), ["is no event", "<cycle> <stage> <mvm> <payload>"]),
    ("CR LF", lambda lines: [line + "\r" for line in lines[:-1]] + [""], ["line 1", "CR LF"]),
    ("interrupted", lambda lines: lines[:-1] + ["# incomplete", ""], ["line 44", "interrupted"]),
    ("override of an unknown key", replace("# config_sha256", "# ", "# set tile.rowz=4\n# "), ["--set tile.rowz"]),
]


def cases():
    check = ["check", TINY, "--golden", "g.trace"]
    found = []
    for name, edit, says in TABLE:
        is_override = "--set" in says[0]  # CONFIG with this override is what is wrong
        found.append(Case(name, edited(edit), check, 2 if is_override else BAD_INPUT,
                          says if is_override else ["g.trace: line"] + says))
    return found
