# SPDX-License-Identifier: Apache-2.0
"""ADC curve files that are wrong: exit code 3, from `sim adc` and from a run that uses them."""
import hashlib
import json

from .case import Case
from .sim import BAD_INPUT

HEAD = "column,polarity,input,code\n"
GOOD = HEAD + "0,both,0,0\n0,both,94,400\n"
ABOUT = {"format": "aimc-adc-curves/1", "kind": "synthetic", "chip": "none", "input_unit": "uA", "full_scale": 94.0,
         "full_scale_current_uA": 94.0, "code_bits": 9, "t_window_ns": 128, "temperature_C": None,
         "date": "2026-01-01", "source": "a test", "licence": "Apache-2.0"}

#: name, text of k.csv, words on stderr
TABLES = [
    ("empty curve file", "", ["k.csv: has no header", HEAD.strip()]),
    ("columns in another order", "polarity,column,input,code\n", ["k.csv: line 1, column 1", "must be the header"]),
    ("a field is missing", GOOD + "1,both,0\n", ["k.csv: line 4, column 1 has 3 fields, must have 4"]),
    ("input is not a number", GOOD + "1,both,zero,0\n", ["k.csv: line 4, column 8 input is 'zero'", "finite number"]),
    ("input below zero", GOOD + "1,both,-1,0\n", ["k.csv: line 4, column 8 input is '-1'", "at least 0"]),
    ("code too large", GOOD + "1,both,0,512\n", ["k.csv: line 4, column 10 code is '512'", "0 to 511"]),
    ("code with a fraction", GOOD + "1,both,0,1.5\n", ["k.csv: line 4, column 10 code is '1.5'", "whole number"]),
    ("unknown polarity", GOOD + "1,up,0,0\n", ["k.csv: line 4, column 3 polarity is 'up'", "pos, neg or both"]),
    ("column below zero", GOOD + "-1,both,0,0\n", ["k.csv: line 4, column 1 column is '-1'", "whole number from 0"]),
    ("a point twice", GOOD + "0,both,94,401\n", ["k.csv: line 4 repeats line 3"]),
    ("a single point", HEAD + "0,both,0,0\n", ["k.csv: line 2 column 0 both has one point", "at least two"]),
    ("a curve that falls", GOOD + "0,both,50,401\n", ["k.csv: line 3", "falls from code 401", "isotonic"]),
    ("a column is missing", GOOD + "2,both,0,0\n2,both,94,9\n", ["k.csv: has no column 1", "numbered from 0"]),
    ("one polarity", HEAD + "0,pos,0,0\n0,pos,94,9\n", ["k.csv: has no neg curve for column 0"]),
]

#: name, changes of k.json, words on stderr
DESCRIPTIONS = [
    ("unknown kind", {"kind": "guessed"}, ['k.json: /kind is "guessed"', '"measured" or "synthetic"']),
    ("another curve format", {"format": "aimc-adc-curves/0"}, ["k.json: /format is", '"aimc-adc-curves/1"']),
    ("17 bits", {"code_bits": 17}, ["k.json: /code_bits is 17", "1 to 16"]),
    ("no full scale", {"full_scale": 0}, ["k.json: /full_scale is 0", "1e-12 to"]),
    ("unknown key of the description", {"kinds": 1}, ["k.json: /kinds is not a known key"]),
    ("another checksum", {"sha256": "0" * 64}, ["k.csv: has sha256", "k.json says 0000"]),
]


#: a tile of 4 columns with these curves
CONFIG = {"format": "aimc-config/1", "tile": {"rows": 4, "cols": 4}, "adc": {"curves": "file", "curve_file": "k.csv"}}
RUN = ["c.json", "--out", "o", "--trace", "t.trace"]


def maker(text, changes):
    def make(folder):
        (folder / "c.json").write_text(json.dumps(CONFIG))
        (folder / "k.csv").write_text(text)
        about = dict(ABOUT, sha256=hashlib.sha256(text.encode()).hexdigest())
        (folder / "k.json").write_text(json.dumps(dict(about, **changes)))
    return make


def no_description(folder):
    (folder / "c.json").write_text(json.dumps(CONFIG))
    (folder / "k.csv").write_text(GOOD)


def cases():
    wrong = [(name, maker(text, {}), says) for name, text, says in TABLES]
    wrong += [(name, maker(GOOD, changes), says) for name, changes, says in DESCRIPTIONS]
    wrong += [("no description", no_description, ["k.csv: needs its description", "k.json"])]
    found = []
    for name, make, says in wrong:
        found += [Case(name, make, ["adc", "k.csv"], BAD_INPUT, says),
                  Case(name + ", in a run", make, RUN, BAD_INPUT, says)]
    few = ["k.csv", "1 column", "4"]
    return found + [Case("too few columns", maker(GOOD, {}), RUN, BAD_INPUT, few)]
