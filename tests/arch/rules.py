# SPDX-License-Identifier: Apache-2.0
"""The rules. Each takes (path from the root, text) and gives [(line, what is wrong)]."""
import re

from systemc_names import OLD_NAMES

# In the order the data walks through them. A room includes only rooms before it, and itself.
ROOMS = ["base", "config", "device", "crossbar", "converters", "schemes", "digital", "nmpu", "ldpu", "mvm", "cost",
         "calibration", "network", "budget", "report", "sweep", "sim", "tile", "testbench", "apps"]
SYSTEMC_LINE = ROOMS.index("sim")
DOOR = "include/aimc/sim/systemc.h"
SOURCES = (".h", ".cpp", ".h.in")
BUILD_FILES = ("CMakeLists.txt", ".cmake", ".cmake.in", "CMakePresets.json", ".sh")
# Split, so that this file keeps its own rules.
WORDS = ["TO" "DO", "FIX" "ME", "X" "XX", "HA" "CK", "TB" "D"]
FOLDERS = ["ho" "me", "wo" "rk", "t" "mp", "ro" "ot", "Us" "ers", "mn" "t"]

NOT_CODE = re.compile(r'R"(\w*)\(.*?\)\1"|//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])\'',
                      re.S)
OBJECT = re.compile(r"\b(?:sc_core::sc_|tlm::|tlm_utils::|sc_)(\w+)(?:<[^;{}]*>)?\s+(\w+)\s*\{\s*\"(\w*)\"")


def code(text):
    """Without comments and with empty strings; the lines stay where they are."""
    def blank(match):
        quote = '""' if match.group(0)[0] in "\"R" else " "
        return quote + "\n" * match.group(0).count("\n")
    return NOT_CODE.sub(blank, text)


def find(pattern, text, what):
    return [(text.count("\n", 0, m.start()) + 1, what.format(m.group(0).strip()))
            for m in re.finditer(pattern, text, re.M)]


def room_of(path):
    match = re.match(r"(?:include/aimc|src)/([^/]+)/", path)
    return match.group(1) if match else None


def is_source(path):
    return path.endswith(SOURCES)


def is_above_the_line(path):
    return room_of(path) in ROOMS[:SYSTEMC_LINE]


def rooms_in_order(path, text):
    room = room_of(path)
    if room is None:
        return []
    if room not in ROOMS:
        return [(1, f"room {room} is not in the list of tests/arch/rules.py")]
    used = r'^\s*#\s*include\s*["<]aimc/(\w+)/' if is_source(path) else r"\baimc::(\w+)"
    found = []
    for match in re.finditer(used, text, re.M):
        other = {"simulation": "sim"}.get(match.group(1), match.group(1))
        if other not in ROOMS or ROOMS.index(other) > ROOMS.index(room):
            if is_source(path) or other in ROOMS:
                line = text.count("\n", 0, match.start(1)) + 1
                found.append((line, f"room {room} uses {other}, which is not before it"))
    if is_source(path):
        found += find(r'^\s*#\s*include\s*"[^"\n]*\.\./.*', text, "{} leaves its folder")
    return found


def no_kernel_above_the_line(path, text):
    if not (is_source(path) and is_above_the_line(path)):
        return []
    return find(r"\b(sc_[a-z]\w*|tlm(_\w+)?\s*::|tlm_[a-z]\w*|SC_(METHOD|THREAD|MODULE|CTOR|REPORT_\w+))",
                code(text), "{} above the SystemC line")


def one_door_to_the_kernel(path, text):
    if not is_source(path) or path == DOOR:
        return []
    return find(r'^\s*#\s*include\s*["<](systemc|tlm|sysc/|tlm_core/|tlm_utils/)[^">]*[">]', text,
                "{}: only " + DOOR + " may")


def no_old_systemc_names(path, text):
    if not is_source(path) or path == DOOR:
        return []
    found = []
    for pattern, reason in OLD_NAMES:
        found += find(pattern, code(text), "{} " + reason)
    return found


def objects_are_named_like_their_variables(path, text):
    """sc_out<bool> irq_o{"irq_o"}. A private member's last underscore may be left out."""
    if not is_source(path):
        return []
    return [(text.count("\n", 0, m.start()) + 1, f'{m.group(2)}{{"{m.group(3)}"}}')
            for m in OBJECT.finditer(text) if m.group(2).rstrip("_") != m.group(3).rstrip("_")]


def banned_forms(path, text):
    found = []
    if is_source(path):
        plain = code(text)
        if path.endswith((".h", ".h.in")):
            found += find(r"\busing\s+namespace\b.*", plain, "{} in a header")
        found += find(r"\bstd\s*::\s*(normal|lognormal)_distribution\b", plain,
                      "{} differs between standard libraries: base/random.h")
        found += find(r"\bstd\s*::\s*s?rand\b|(?<![\w:.>])s?rand\s*\(|\brandom_device\b", plain,
                      "{} is hidden state: base/random.h")
        if room_of(path):
            found += find(r"\bstd\s*::\s*(cout|cerr|clog)\b|#\s*include\s*<iostream>", plain,
                          "{} in a room: report, or sc_report")
        if path.startswith("include/"):
            found += find(r"#\s*include\s*<nlohmann.*", plain, "{} in a public header")
    if path.endswith(BUILD_FILES):
        found += find(r"-march=native|-ffast-math|-Ofast|\bxtensor::optimize\b",
                      re.sub(r"(?m)#.*$", "", text), "{} changes numbers from machine to machine")
    return found


def no_machine_paths(path, text):
    return find(r"(?<![\w.}/\]-])/(" + "|".join(FOLDERS) + r")/\w+", text, "{} is a path of one machine")


def no_loose_ends(path, text):
    return find(r"\b(" + "|".join(WORDS) + r")\b", text, "{}: do it or say it in words")


def first_lines(path, text):
    found = []
    if is_source(path) or path.endswith((".py", ".cmake", ".cmake.in", ".sh", "CMakeLists.txt")):
        lines = text.splitlines()
        first = lines[1:2] if lines and lines[0].startswith("#!") else lines[:1]
        if not first or "SPDX-License-Identifier: Apache-2.0" not in first[0]:
            found.append((1, "no SPDX line on top"))
    if path.endswith((".h", ".h.in")) and not re.search(r"^#pragma once$", text, re.M):
        found.append((1, "no #pragma once"))
    return found


ALL = [rooms_in_order, no_kernel_above_the_line, one_door_to_the_kernel, no_old_systemc_names,
       objects_are_named_like_their_variables, banned_forms, no_machine_paths, no_loose_ends,
       first_lines]
