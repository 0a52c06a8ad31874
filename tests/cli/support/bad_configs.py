# SPDX-License-Identifier: Apache-2.0
"""Configs that cannot be meant: exit code 2, before anything is simulated or written."""
from .case import Case, writes
from .sim import BAD_CONFIG

START = '{"format": "aimc-config/1"'

#: name, text of c.json, words on stderr, further arguments
TABLE = [
    ("empty file", "", ["c.json: is empty"]),
    ("cut in an object", START + ',\n "tile": {', ["c.json: line 2, column", "end of input"]),
    ("text after the end", START + "} x", ["c.json: line 1, column 29", "end of input"]),
    ("comment without an end", START + "} /* no", ["c.json: line 1", "comment"]),
    ("not UTF-8", b'{"format": "aimc-config/1", "name": "\xff"}', ["c.json: line 1", "UTF-8"]),
    ("a zero byte", START + "}\0", ["c.json: is not a text file", "byte 28"]),
    ("not a number", START + ', "device": {"g_max_uS": NaN}}', ["c.json: line 1, column", "invalid literal"]),
    ("number overflow", START + ', "device": {"g_max_uS": 1e999}}', ["c.json: line 1", "number overflow", "1e999"]),
    ("a list", "[1, 2]", ["c.json: holds a list, must hold an object"]),
    ("too deep", "[" * 100000, ["c.json: /0/0", "nested deeper than 64 levels"]),
    ("a bomb of objects", '{"a":' * 100000, ["c.json: /a/a", "nested deeper than 64 levels"]),
    ("no format", "{}", ["c.json: /format is missing", '"aimc-config/1"']),
    ("another format", '{"format": "aimc-config/2"}', ['c.json: /format is "aimc-config/2"', 'must be "aimc-config/1"']),
    ("a key twice", START + ', "post": "nmpu", "post": "ldpu"}', ["c.json: /post is given twice"]),
    ("unknown section", START + ', "nmpuu": {}}', ["c.json: /nmpuu is not a known", 'did you mean "nmpu"']),
    ("unknown key", START + ', "tile": {"rowss": 4}}', ["c.json: /tile/rowss is not a known key", 'did you mean "rows"']),
    ("text for a number", START + ', "tile": {"rows": "4"}}', ['c.json: /tile/rows is "4"', "whole number 1 to 1024"]),
    ("fraction for a whole number", START + ', "tile": {"rows": 4.5}}', ["/tile/rows is 4.5", "whole number 1 to"]),
    ("below the range", START + ', "tile": {"rows": 0}}', ["c.json: /tile/rows is 0", "whole number 1 to 1024"]),
    ("above 64 bits", START + ', "tile": {"rows": 99999999999999999999}}', ["/tile/rows is", "whole number 1 to 1024"]),
    ("negative quantity", START + ', "device": {"g_max_uS": -1}}', ["/device/g_max_uS is -1", "0.001 to 1000", "[uS]"]),
    ("null", START + ', "read": {"mode": null}}', ["c.json: /read/mode is null", "one of one_phase, four_phase"]),
    ("unknown word", START + ', "read": {"mode": "three"}}', ['/read/mode is "three"', "one_phase, four_phase"]),
    ("a folder as a name", START + ', "name": "../x"}', ['c.json: /name is "../x"', "without '/'"]),
    ("part is missing", START + ', "device": "no.json"}', ["c.json: /device names no.json", "No such file"]),
    ("part is the file itself", START + ', "device": "c.json"}', ["c.json: /device names c.json"]),
    ("keys that do not fit", START + ', "nmpu": {"cut": 9}}', ["c.json: /nmpu/cut is 9", "-2, must be 0 or more"]),
    ("curves without a file", START + ', "adc": {"curves": "file"}}', ["/adc/curve_file is missing", "name of a curve"]),
    ("all at once", START + ', "tile": {"rows": 0, "colls": 4}, "post": "x"}',
     ["c.json: /tile/rows is 0", 'c.json: /tile/colls is not a known key, did you mean "cols"', 'c.json: /post is "x"']),
    ("override of an unknown key", START + "}", ["c.json: --set tile.rowz", 'did you mean "tile.rows"'],
     "--set", "tile.rowz=4"),
    ("override without a value", START + "}", ["c.json: --set tile.rows must be path.to.key=value"], "--set", "tile.rows"),
    ("override of a wrong type", START + "}", ['/tile/rows (from --set) is "abc"', "whole number"],
     "--set", "tile.rows=abc"),
    ("no vectors", START + "}", ["/workload/mvms (from --set) is 0, must be a whole number 1 to"], "--mvms", "0"),
    ("vectors below zero", START + "}", ["/workload/mvms (from --set) is -3, must be a whole number"], "--mvms=-3"),
    ("vectors above 64 bits", START + "}", ["/workload/mvms (from --set) is", "whole number 1 to"], "--mvms", "9" * 23),
    ("seed below zero", START + "}", ["/seed/device (from --set) is -1, must be a whole number 0 to"], "--seed=-1"),
]


def cases():
    """Each by `sim run`, and what needs no override by `sim validate`, too."""
    found = []
    for name, text, says, *more in TABLE:
        make = writes(c_json=text)
        found.append(Case(name, make, ["c.json", "--out", "o", "--trace", "t.trace"] + more, BAD_CONFIG, says))
        if not more:
            found.append(Case(name + ", validate", make, ["validate", "c.json"], BAD_CONFIG, says))
    return found
