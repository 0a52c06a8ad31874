# SPDX-License-Identifier: Apache-2.0
"""Tables of ADC curve files for bad_curves.py: broken ones, broken descriptions, and odd ones that mean the same."""
import hashlib
import json
import random

HEAD = "column,polarity,input,code\n"
ROWS = ["%d,%s,%d,%d\n" % (c, p, x, 4 * x + c) for c in range(4) for p in ("pos", "neg") for x in (0, 47, 94)]
GOOD = HEAD + "".join(ROWS)  # 25 lines, four columns
TWO = HEAD + "0,both,0,0\n0,both,94,400\n"
ABOUT = {"format": "aimc-adc-curves/1", "kind": "synthetic", "chip": "none", "input_unit": "uA", "full_scale": 94.0,
         "full_scale_current_uA": 94.0, "code_bits": 9, "t_window_ns": 128, "temperature_C": None,
         "date": "2026-01-01", "source": "a test", "licence": "Apache-2.0"}

#: name, text of k.csv, words on stderr; k.json has its checksum
TABLES = [
    ("empty", "", ["k.csv: has no header"]),
    ("only a line end", "\n", ["k.csv: has no header"]),
    ("only comments", "# x\n# y\n", ["k.csv: has no header"]),
    ("only a header", HEAD, ["k.csv: has no points"]),
    ("cut in a number's field", GOOD[:-5], ["k.csv: line 25, column 1 has 3 fields, must have 4"]),
    ("cut before the code", GOOD + "4,both,1,", ["k.csv: line 26, column 10 code is ''"]),
    ("cut in the polarity", GOOD + "4,bo", ["k.csv: line 26, column 1 has 2 fields"]),
    ("cut in the header", "column,polarity,inp", ["k.csv: line 1, column 1 is 'column,polarity,inp'"]),
    ("input NaN", TWO + "0,both,nan,5\n", ["k.csv: line 4, column 8 input is 'nan', must be a finite number"]),
    ("code NaN", TWO + "0,both,5,NaN\n", ["k.csv: line 4, column 10 code is 'NaN', must be a whole number 0 to 511"]),
    ("input infinite", TWO + "0,both,inf,5\n", ["k.csv: line 4, column 8 input is 'inf'"]),
    ("input minus infinite", TWO + "0,both,-Infinity,5\n", ["k.csv: line 4, column 8"]),
    ("code infinite", TWO + "0,both,5,inf\n", ["k.csv: line 4, column 10 code is 'inf'"]),
    ("input beyond double", TWO + "0,both,1e999,5\n", ["k.csv: line 4, column 8 input is '1e999'"]),
    ("input beyond 1 A", TWO + "0,both,1e300,511\n", ["k.csv: line 4, column 8 input is '1e300', must be at most"]),
    ("hexadecimal", TWO + "0,both,0x10,5\n", ["k.csv: line 4, column 8 input is '0x10'"]),
    ("plus sign", TWO + "0,both,+1,5\n", ["k.csv: line 4, column 8 input is '+1'"]),
    ("decimal comma", TWO + "0,both,1,5,7\n", ["k.csv: line 4, column 1 has 5 fields"]),
    ("semicolons", GOOD.replace(",", ";"), ["k.csv: line 1, column 1", "must be the header"]),
    ("spaces around", TWO + "0, both ,5,7\n", ["k.csv: line 4, column 3 polarity is ' both '"]),
    ("quotes", TWO + '0,"both",5,7\n', ["k.csv: line 4, column 3 polarity is '\"both\"'"]),
    ("a point twice", TWO + "0,both,94,400\n", ["k.csv: line 4 repeats line 3: column 0, both, input 94"]),
    ("a point twice in other words", TWO + "0,both,9.4e1,9\n", ["k.csv: line 4 repeats line 3"]),
    ("code beyond code_bits", TWO + "0,both,95,512\n", ["k.csv: line 4, column 11 code is '512'", "0 to 511"]),
    ("code below zero", TWO + "0,both,95,-1\n", ["k.csv: line 4, column 11 code is '-1'"]),
    ("code beyond 64 bits", TWO + "0,both,95,99999999999999999999\n", ["k.csv: line 4, column 11"]),
    ("column gap", GOOD + "5,both,0,0\n5,both,9,9\n", ["k.csv: has no column 4, but a column 5"]),
    ("column beyond 32 bits", TWO + "4294967296,both,0,0\n", ["k.csv: line 4, column 1 column is '4294967296'"]),
    ("last column of 32 bits", TWO + "4294967295,both,0,0\n", ["k.csv: has no column 1, but a column 4294967295"]),
    ("one point", HEAD + "0,both,0,0\n", ["k.csv: line 2 column 0 both has one point, must have at least two"]),
    ("one polarity", HEAD + "0,neg,0,0\n0,neg,9,9\n", ["k.csv: has no pos curve for column 0"]),
    ("both beside neg", TWO + "0,neg,0,0\n", ["k.csv: line 4 column 0 neg has one point"]),
    ("a curve that falls", TWO + "0,both,95,399\n",
     ["k.csv: line 4 column 0 both falls from code 400 (line 3) to 399"]),
    ("header twice", TWO + HEAD, ["k.csv: line 4, column 1 column is 'column'"]),
    ("no header", TWO[len(HEAD):], ["k.csv: line 1, column 1 is '0,both,0,0'", "must be the header"]),
    ("column names twice", "column,polarity,input,input\n0,both,0,0\n", ["k.csv: line 1, column 1"]),
    ("header in another order", "column,polarity,code,input\n0,both,0,0\n", ["k.csv: line 1, column 1"]),
    ("header in another case", HEAD.title() + TWO[len(HEAD):], ["k.csv: line 1, column 1 is 'Column,Polarity"]),
    ("header with a fifth name", HEAD.replace("\n", ",note\n"), ["k.csv: line 1, column 1"]),
    ("byte-order mark", "\ufeff" + TWO, ["k.csv: line 1, column 1", "without a byte-order mark"]),
    ("UTF-16", TWO.encode("utf-16"), ["k.csv: line 1, column 1", "must be the header"]),
    ("lone CR as line end", TWO.replace("\n", "\r"), ["k.csv: line 1, column 1"]),
    ("zero bytes", b"\0" * 5000, ["k.csv: line 1, column 1 is '???"]),
    ("zero byte in a number", TWO + "0,both,5\0,7\n", ["k.csv: line 4, column 8 input is '5?'"]),
    ("random bytes", random.Random(1).randbytes(100000), ["k.csv: line", "column 1"]),
    ("random bytes after the header", HEAD.encode() + random.Random(2).randbytes(100000), ["k.csv: line 2"]),
    ("a thousand wrong lines", HEAD + "x\n" * 1000, ["k.csv: is not checked further after 20 problems"]),
    ("10 MB of digits", TWO + "0,both,0.%s,7\n" % ("1" * 10_000_000 + "x"), ["k.csv: line 4, column 8", "..."]),
    ("10 million fields", HEAD + "," * 10_000_000, ["k.csv: line 2, column 1 has 10000001 fields"]),
    ("10 MB header", "column" * 1_700_000, ["k.csv: line 1, column 1 is 'columncolumn", "..."]),
    ("10^6 points", HEAD + "".join("0,both,%d,7\n" % x for x in range(10**6)),
     ["k.csv: line 65538 column 0 both has more than 65536 points"]),
    ("10^5 columns", HEAD + "".join("%d,both,0,7\n" % x for x in range(10**5)), ["has one point"]),
]

#: name, k.json: changes of the description (None removes), or its text; words on stderr
DESCRIPTIONS = [
    ("no keys", "{}", ["k.json: /format is missing"]),
    ("empty description", "", ["k.json: line 1, column 1 is not JSON"]),
    ("cut description", '{"format": "aimc-adc-curves/1", "ki', ["k.json: line 1, column", "is not JSON"]),
    ("a list", "[]", ["k.json:", "must be an object"]),
    ("deep description", "[" * 100_000, ["k.json:", "nested deeper"]),
    ("binary description", random.Random(3).randbytes(5000), ["k.json: line 1, column", "is not JSON"]),
    ("description of zeros", b"\0" * 5000, ["k.json: line 1, column 1 is not JSON: a zero byte"]),
    ("JSON's missing NaN", json.dumps(dict(ABOUT, full_scale=float("nan"))), ["k.json: line 1", "is not JSON"]),
    ("full scale too small", {"full_scale": 1e-310}, ["k.json: /full_scale is 1e-310"]),
    ("full scale negative", {"full_scale": -94.0}, ["k.json: /full_scale is -94.0"]),
    ("full scale beyond 1 A", {"full_scale_current_uA": 1e7}, ["k.json: /full_scale_current_uA is 10000000.0"]),
    ("no window", {"t_window_ns": 0}, ["k.json: /t_window_ns is 0"]),
    ("no bits", {"code_bits": 0}, ["k.json: /code_bits is 0, must be a whole number 1 to 16"]),
    ("wrong checksum", {"sha256": "0" * 64}, ["k.csv: has sha256", "k.json says 0000"]),
    ("checksum in capitals", {"sha256": "A" * 64}, ["k.json: /sha256 must be 64 lower-case hex digits"]),
    ("checksum too short", {"sha256": "abc"}, ["k.json: /sha256 must be 64"]),
] + [("without " + key, {key: None}, ["k.json: /%s is missing" % key]) for key in [*ABOUT, "sha256"]
     if key != "temperature_C"] + [
         ("without temperature_C", "-temperature_C", ["k.json: /temperature_C is missing"])]

#: name, text of k.csv with the meaning of GOOD
SAME = [
    ("no line end at the end", GOOD[:-1]),
    ("CRLF", GOOD.replace("\n", "\r\n")),
    ("comments and blank lines", "# a\n\n" + GOOD.replace("\n", "\n# b,c\n  \t\n")),
    ("rows backwards", HEAD + "".join(ROWS[::-1])),
    ("rows shuffled", HEAD + "".join(random.Random(4).sample(ROWS, len(ROWS)))),
    ("numbers in other words", GOOD.replace(",47,", ",4.7e1,").replace(",0,", ",-0.000,")),
    ("a comment of 1 MB", "#" + "x" * 1_000_000 + "\n" + GOOD),
]


def describe(text, changes):
    """What k.json says of k.csv."""
    raw = text if isinstance(text, bytes) else text.encode()
    about = dict(ABOUT, sha256=hashlib.sha256(raw).hexdigest())
    if isinstance(changes, dict):
        about.update(changes)
        return json.dumps({key: value for key, value in about.items() if value is not None or key == "temperature_C"})
    if changes == "-temperature_C":
        del about["temperature_C"]
        return json.dumps(about)
    return changes
